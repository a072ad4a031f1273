import { newArrays, type Scratch } from "@slam/linop";
import { type Loss, RobustProblem } from "@slam/nlls";
import type { BsrJacobian } from "./jacobian.ts";
import type { PoseGraphProblem } from "./problem.ts";

/**
 * The problem with a loss on each edge, or with none where `lossOf` gives none; other factors have none.
 *
 * @param scratch what its vectors are taken from. Default new arrays.
 */
export function robustProblem(
  problem: PoseGraphProblem,
  lossOf: (edge: number) => Loss | undefined,
  scratch: Scratch = newArrays,
): RobustProblem<Float64Array, BsrJacobian> {
  const edges = problem.graph.from.length;
  const { blockRows, r } = problem.blocks.pattern;
  const start = scratch.integers(blockRows + 1);
  for (let row = 0; row <= blockRows; row++) start[row] = row * r;
  // The rows of edges come first.
  return new RobustProblem(
    problem,
    start,
    Array.from({ length: blockRows }, (_, row) => (row < edges ? lossOf(row) : undefined)),
    scratch,
  );
}
