import { isMarginals, mahalanobis, readG2o, recoverMarginals, solve } from "@slam/pgo";

// A robot drives 4 x 2 m straight on, then wonders whether it sees its first pose again.
const edges = [0, 1, 2, 3].map((k) => `EDGE_SE2 ${k} ${k + 1}  2 0 0  400 0 0 400 0 10000`);
const { graph } = readG2o(new TextEncoder().encode(edges.join("\n")), "straight.g2o");
const marginals = recoverMarginals((await solve(graph)).graph);
if (!isMarginals(marginals)) throw new Error(`nothing determines ${marginals.kind} ${marginals.id}`);

// Of the last pose in its own frame, relative to the first: along, across, angle.
const covariance = marginals.block(4, 4);
const deviations = [0, 4, 8].map((k) => Math.sqrt(covariance[k]).toFixed(3));
console.log(`along ${deviations[0]} m, across ${deviations[1]} m, angle ${deviations[2]} rad`);

// Two candidate loops of equal precision: 99 % of true ones are below 11.3, the quantile of chi-square with 3 degrees of freedom.
const information = Float64Array.of(400, 0, 0, 400, 0, 10000);
for (const [x, y] of [
  [8.1, 0.3],
  [8.6, 0],
]) {
  const { squared, dof } = mahalanobis(marginals, 0, 4, Float64Array.of(x, y, 0.01), information);
  console.log(`${x} m ahead, ${y} m aside: ${squared.toFixed(1)} with ${dof} degrees of freedom`);
}
