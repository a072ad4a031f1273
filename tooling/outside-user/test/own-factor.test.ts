import { presetPolicy } from "@slam/nlls";
import { type Factor, type PoseGraph, readG2o, solve, writeG2o } from "@slam/pgo";
import { describe, expect, test } from "vitest";
import { laps } from "./laps.ts";

/** The distance from a pose to a beacon. */
const range: Factor = {
  tag: "EDGE_RANGE",
  dimension: 2,
  variables: ["pose", "landmark"],
  rows: 1,
  measurement: 1,
  error([X, beacon], [z], e) {
    e[0] = Math.sqrt((beacon![0]! - X![0]!) ** 2 + (beacon![1]! - X![1]!) ** 2) - z!;
  },
  jacobians([X, beacon], _, [ofPose, ofBeacon]) {
    const [dx, dy] = [beacon![0]! - X![0]!, beacon![1]! - X![1]!];
    const distance = Math.sqrt(dx * dx + dy * dy);
    const [c, s] = [Math.cos(X![2]!), Math.sin(X![2]!)];
    ofPose!.set([-(c * dx + s * dy) / distance, -(c * dy - s * dx) / distance, 0]);
    ofBeacon!.set([dx / distance, dy / distance]);
  },
};

/** What GPS says: where a pose is in the world, but not how it is turned. */
const gps: Factor = {
  tag: "GPS",
  dimension: 2,
  variables: ["pose"],
  rows: 2,
  measurement: 2,
  error([X], z, e) {
    e[0] = X![0]! - z[0]!;
    e[1] = X![1]! - z[1]!;
  },
  // A step moves the pose in its own frame: R
  jacobians([X], _, [J]) {
    const [c, s] = [Math.cos(X![2]!), Math.sin(X![2]!)];
    J!.set([c, -s, 0, s, c, 0]);
  },
};

/** Three poses in a row, the second half way between the others: constant velocity. */
const halfWay: Factor = {
  tag: "HALF_WAY",
  dimension: 2,
  variables: ["pose", "pose", "pose"],
  rows: 2,
  measurement: 0,
  error([a, b, c], _, e) {
    for (let k = 0; k < 2; k++) e[k] = a![k]! - 2 * b![k]! + c![k]!;
  },
  jacobians(x, _, J) {
    [1, -2, 1].forEach((weight, v) => {
      const [c, s] = [Math.cos(x[v]![2]!), Math.sin(x[v]![2]!)];
      J[v]!.set([weight * c, -weight * s, 0, weight * s, weight * c, 0]);
    });
  },
};

/** Poses at x = 0, 1, ... with estimates a little off, and no edges. */
function row(n: number): PoseGraph {
  const lines = Array.from({ length: n }, (_, k) => `VERTEX_SE2 ${k} ${k + 0.2 * Math.sin(k)} ${0.3 * Math.cos(k)} 0.1`);
  return readG2o(new TextEncoder().encode(lines.join("\n")), "row.g2o").graph;
}

const fp64 = presetPolicy("fp64");

test("ranges to beacons, a factor written outside, correct the drift of three laps", async () => {
  const driven = await solve(laps());
  const beacons = [
    [5, 3],
    [-4, 6],
    [1, 9],
  ] as const;
  const n = driven.graph.ids.length;
  const pairs = [...driven.graph.ids.keys()].flatMap((k) => beacons.map((beacon, b) => ({ k, beacon, b })));
  // True to the optimum without them: with them it stays the optimum.
  const graph: PoseGraph = {
    ...laps(),
    landmarks: {
      ids: Float64Array.of(n, n + 1, n + 2),
      positions: Float64Array.from(beacons.flat(), (x) => x + 0.3),
      known: Uint8Array.of(1, 1, 1),
      fixed: new Int32Array(0),
    },
    factors: [
      {
        factor: range,
        variables: Int32Array.from(pairs.flatMap(({ k, b }) => [k, b])),
        measurements: Float64Array.from(pairs, ({ k, beacon }) =>
          Math.hypot(beacon[0] - driven.graph.poses[3 * k]!, beacon[1] - driven.graph.poses[3 * k + 1]!),
        ),
        information: Float64Array.from(pairs, () => 100),
      },
    ],
  };

  const { graph: solved, report } = await solve(graph);

  expect([report.termination, report.undetermined]).toEqual(["converged", []]);
  expect(Math.abs(report.cost.final / driven.report.cost.final - 1)).toBeLessThan(1e-6);
  solved.landmarks?.positions.forEach((x, at) => {
    expect(x).toBeCloseTo(beacons.flat()[at]!, 2);
  });
});

describe("factors of one and of three poses", () => {
  const poses = 7;
  const graph: PoseGraph = {
    ...row(poses),
    factors: [
      {
        factor: gps,
        variables: Int32Array.of(0, poses - 1),
        measurements: Float64Array.of(0, 0, poses - 1, 3),
        information: Float64Array.of(1, 0, 1, 1, 0, 1),
      },
      {
        factor: halfWay,
        variables: Int32Array.from(Array.from({ length: poses - 2 }, (_, k) => [k, k + 1, k + 2]).flat()),
        measurements: new Float64Array(0),
        information: Float64Array.from(Array.from({ length: poses - 2 }, () => [1, 0, 1]).flat()),
      },
    ],
  };

  test("a row between two places known from GPS is straight and evenly spaced", async () => {
    const { graph: solved, report } = await solve(graph, { policy: fp64 });

    expect(report.termination).toBe("converged");
    for (let k = 0; k < poses; k++) {
      expect(solved.poses[3 * k]).toBeCloseTo(k, 6);
      expect(solved.poses[3 * k + 1]).toBeCloseTo(k / 2, 6);
    }
  });

  test("are written to a file and read from it, where the reader is told", async () => {
    const bytes = Buffer.concat([...writeG2o(graph)]);

    const { graph: back, unknown } = readG2o(bytes, "row.g2o", [gps, halfWay]);

    expect(unknown).toEqual([]);
    expect(back).toEqual(graph);
  });
});
