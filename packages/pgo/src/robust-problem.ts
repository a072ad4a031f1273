import { type Loss, RobustProblem } from "@slam/nlls";
import type { BsrJacobian } from "./jacobian.ts";
import type { PoseGraphProblem } from "./problem.ts";

/** The problem with a loss on each edge, or with none where `lossOf` gives none. */
export function robustProblem(
  problem: PoseGraphProblem,
  lossOf: (edge: number) => Loss | undefined,
): RobustProblem<Float64Array, BsrJacobian> {
  const edges = problem.graph.from.length;
  const rows = edges === 0 ? 0 : problem.rows / edges;
  const start = Int32Array.from({ length: edges + 1 }, (_, edge) => edge * rows);
  return new RobustProblem(
    problem,
    start,
    Array.from({ length: edges }, (_, edge) => lossOf(edge)),
  );
}
