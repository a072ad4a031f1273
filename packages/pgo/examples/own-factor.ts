import { type Factor, readG2o, solve } from "@slam/pgo";

/** Where a receiver says that a pose is, whichever way it is turned: e = t - z. A step moves the pose in its own frame, so de/dxi = [R 0]. */
const gps: Factor = {
  tag: "GPS",
  dimension: 2,
  variables: ["pose"],
  rows: 2,
  measurement: 2,
  error([[x, y]], [east, north], e) {
    e.set([x - east, y - north]);
  },
  jacobians([[, , theta]], _, [J]) {
    const [c, s] = [Math.cos(theta), Math.sin(theta)];
    J.set([c, -s, 0, s, c, 0]);
  },
};

// Two poses 1 m apart, a tree that both see, and two fixes: nothing is held, they say where it all is.
const text = `
EDGE_SE2 0 1       1 0 0     100 0 0 100 0 400
EDGE_SE2_XY 0 9    0.5 2     25 0 25
EDGE_SE2_XY 1 9    -0.5 2.1  25 0 25
GPS 0              10 20     4 0 4
GPS 1              10 21     4 0 4`;
const { graph } = readG2o(new TextEncoder().encode(text), "fixes.g2o", [gps]);
const { graph: solved, report } = await solve(graph);
const [x, y] = solved.landmarks?.positions ?? [];
console.log(`${report.termination}: the tree is at ${x?.toFixed(2)} ${y?.toFixed(2)}, chi2 ${report.cost.final.toFixed(4)}`);
