import { exp, log } from "@slam/float";
import type { PoseGraphProblem } from "../problem.ts";
import { leastSquares } from "./least-squares.ts";

/** Relative to the largest: what says less of a scale is taken to say so much, so that no scale is left open. */
const LEAST_WEIGHT = 1e-6;

/**
 * Scales of similarities by min sum w (log s_j - log s_i - log s_z)^2 with the information w of sigma: scales multiply along edges whatever the rotations and
 * translations are, so the problem is linear and has no other minimum. Weights are held above 1e-6 of the largest.
 *
 * @param problem with a held pose in each component: those keep their scales.
 * @param poses n x 8; their scales are replaced.
 */
export function relaxScales(problem: PoseGraphProblem, poses: Float64Array): void {
  const { graph, structure, arenas, counters, column, blocks } = problem;
  const { from, to, measurements, information } = graph;
  // The last of 28 entries is that of sigma.
  let largest = 0;
  for (let at = 27; at < information.length; at += 28) largest = Math.max(largest, information[at]);
  const floor = largest > 0 ? LEAST_WEIGHT * largest : 1;
  const write = (A: Float64Array, [b]: readonly Float64Array[]): void => {
    for (let e = 0; e < from.length; e++) {
      const root = Math.sqrt(Math.max(information[e * 28 + 27], floor));
      let right = log(measurements[e * 8 + 7]);
      if (blocks.ofFrom[e] >= 0) A[blocks.ofFrom[e]] = -root;
      else right += log(poses[from[e] * 8 + 7]);
      if (blocks.ofTo[e] >= 0) A[blocks.ofTo[e]] = root;
      else right -= log(poses[to[e] * 8 + 7]);
      b[e] = root * right;
    }
  };
  const read = ([logScales]: readonly Float64Array[]): void => {
    for (let pose = 0; pose < column.length; pose++) if (column[pose] >= 0) poses[pose * 8 + 7] = exp(logScales[column[pose]]);
  };
  leastSquares(structure, { r: 1, c: 1, rightSides: 1, bytes: 0, write, read }, arenas, counters?.work);
}
