import { type AnyPrecision, fp64, operationFormat } from "@slam/float";
import type { LinearSolver } from "@slam/linop";
import { type PoseGraphWorld, sphere } from "@slam/sim";
import type { BsrJacobian } from "../src/jacobian.ts";
import { PoseGraphProblem } from "../src/problem.ts";
import { worldGraph } from "./world-graph.ts";

/** A world linearised where its odometry ends up: J, and g = J'r. */
export function linearized(
  world: PoseGraphWorld = sphere({ poses: 50 }),
  P: AnyPrecision = fp64,
): { readonly J: BsrJacobian; readonly g: Float64Array } {
  const graph = worldGraph(world);
  const problem = new PoseGraphProblem(graph, [0]);
  const r = new Float64Array(problem.rows);
  problem.residual(graph.poses, operationFormat(fp64), r);
  const J = problem.jacobian(graph.poses, operationFormat(P));
  const g = new Float64Array(problem.cols);
  J.gradient(r, fp64, g);
  return { J, g };
}

/** (J'J + diag(d)) x */
export function normalTimes(J: BsrJacobian, d: Float64Array | undefined, x: Float64Array): Float64Array {
  const { blockRows, r } = J.matrix.pattern;
  const row = new Float64Array(blockRows * r);
  const y = new Float64Array(x.length);
  J.multiply(x, row);
  J.gradient(row, fp64, y);
  return d === undefined ? y : y.map((yj, j) => yj + d[j] * x[j]);
}

/** |g + (J'J + diag(d)) dx| / |g| in the solver's norm. */
export function relativeResidual(
  solver: LinearSolver<BsrJacobian>,
  J: BsrJacobian,
  d: Float64Array | undefined,
  g: Float64Array,
  dx: Float64Array,
): number {
  const left = normalTimes(J, d, dx).map((y, j) => y + g[j]);
  return solver.norm(left) / solver.norm(g);
}
