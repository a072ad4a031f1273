import { newArrays, type Scratch } from "@slam/linop";
import { type Loss, RobustProblem } from "@slam/nlls";
import type { BsrJacobian } from "./jacobian.ts";
import type { PoseGraphProblem } from "./problem.ts";

/**
 * What a landmark's measurement still weighs where its loss leaves nothing: with all of its measurements rejected, a landmark would be free, and its equations singular, where
 * a pose still hangs on odometry.
 */
const LEAST_WEIGHT = 1e-6;

/**
 * The problem with a loss on each measurement, or with none where `lossOf` gives none for its block row. One that is no edge costs (1 - 1e-6) rho(s) + 1e-6 s.
 *
 * @param scratch what its vectors are taken from. Default new arrays.
 */
export function robustProblem(
  problem: PoseGraphProblem,
  lossOf: (row: number) => Loss | undefined,
  scratch: Scratch = newArrays,
): RobustProblem<Float64Array, BsrJacobian> {
  const edges = problem.graph.from.length;
  const { blockRows, r } = problem.blocks.pattern;
  const start = scratch.integers(blockRows + 1);
  for (let row = 0; row <= blockRows; row++) start[row] = row * r;
  const losses = Array.from({ length: blockRows }, (_, row) => {
    const loss = lossOf(row);
    // The rows of edges come first.
    return loss === undefined || row < edges ? loss : holdingOn(loss);
  });
  return new RobustProblem(problem, start, losses, scratch);
}

function holdingOn(loss: Loss): Loss {
  const between = (loose: number, tight: number): number => (1 - LEAST_WEIGHT) * loose + LEAST_WEIGHT * tight;
  return { rho: (s) => between(loss.rho(s), s), weight: (s) => between(loss.weight(s), 1) };
}
