import { fp64 } from "@slam/float";
import { betweenSe2 } from "../src/between-se2.ts";
import type { Factor } from "../src/factors/factor.ts";
import type { PoseGraph } from "../src/graph.ts";
import { withoutEdges } from "../src/loop-check/without-edges.ts";
import { isLoop } from "../src/loops.ts";

/** s e of a loop, e = betweenSe2's: s is the first coordinate of a landmark that stands for the switch. */
const switched: Factor = {
  tag: "SWITCHED",
  dimension: 2,
  variables: ["pose", "pose", "landmark"],
  rows: 3,
  measurement: "pose",
  error([xi, xj, [s]], z, e) {
    betweenSe2.error(fp64, Float64Array.of(...xi, ...xj), 0, 3, z, 0, e);
    for (let k = 0; k < 3; k++) e[k] *= s;
  },
  jacobians([xi, xj, [s]], z, [Ji, Jj, Js]) {
    const poses = Float64Array.of(...xi, ...xj);
    const e = new Float64Array(3);
    betweenSe2.error(fp64, poses, 0, 3, z, 0, e);
    betweenSe2.jacobians(fp64, poses, 0, 3, z, 0, Ji, Jj);
    for (let k = 0; k < 9; k++) {
      Ji[k] *= s;
      Jj[k] *= s;
    }
    for (let k = 0; k < 3; k++) Js[2 * k] = e[k];
  },
};

/** (s - 1, and what holds the landmark's other coordinate). */
const prior: Factor = {
  tag: "SWITCH_PRIOR",
  dimension: 2,
  variables: ["landmark"],
  rows: 2,
  measurement: 2,
  error([l], z, e) {
    e[0] = l[0] - z[0];
    e[1] = l[1] - z[1];
  },
  jacobians(_, __, [J]) {
    J.set([1, 0, 0, 1]);
  },
};

/**
 * The planar graph with a switch for each loop, as Sünderhauf and Protzel have it: chi2 is the sum of e'We over odometry, and of s^2 e'We + C^2 (1 - s)^2
 * over loops. Switches are landmarks, in the order of loops, and begin at 1.
 */
export function withSwitches(graph: PoseGraph, C: number): PoseGraph {
  const loops = Array.from(graph.from.keys()).filter((edge) => isLoop(graph, edge));
  const rows = (values: Float64Array, size: number): Float64Array =>
    Float64Array.from(loops.flatMap((edge) => [...values.subarray(edge * size, (edge + 1) * size)]));
  const ones = new Float64Array(2 * loops.length).map((_, k) => (k % 2 === 0 ? 1 : 0));
  return {
    ...withoutEdges(graph, loops),
    landmarks: {
      ids: Float64Array.from(loops, (_, k) => 1e6 + k),
      positions: ones,
      known: new Uint8Array(loops.length).fill(1),
      fixed: new Int32Array(0),
    },
    factors: [
      {
        factor: switched,
        variables: Int32Array.from(loops.flatMap((edge, k) => [graph.from[edge], graph.to[edge], k])),
        measurements: rows(graph.measurements, 3),
        information: rows(graph.information, 6),
      },
      {
        factor: prior,
        variables: Int32Array.from(loops, (_, k) => k),
        measurements: ones,
        information: Float64Array.from(loops.flatMap(() => [C * C, 0, 1])),
      },
    ],
  };
}
