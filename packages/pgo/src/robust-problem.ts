import { type Loss, RobustProblem } from "@slam/nlls";
import type { BsrJacobian } from "./jacobian.ts";
import type { PoseGraphProblem } from "./problem.ts";

/** The problem with a loss on each edge, or with none where `lossOf` gives none; other factors have none. */
export function robustProblem(
  problem: PoseGraphProblem,
  lossOf: (edge: number) => Loss | undefined,
): RobustProblem<Float64Array, BsrJacobian> {
  const edges = problem.graph.from.length;
  const { blockRows, r } = problem.blocks.pattern;
  const start = Int32Array.from({ length: blockRows + 1 }, (_, row) => row * r);
  // The rows of edges come first.
  return new RobustProblem(
    problem,
    start,
    Array.from({ length: blockRows }, (_, row) => (row < edges ? lossOf(row) : undefined)),
  );
}
