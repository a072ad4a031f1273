import { fp64, operationFormat } from "@slam/float";
import { identityMatrix, inverse, product } from "@slam/testing";
import { type PoseGraph, poseGroup } from "../src/graph.ts";
import { PoseGraphProblem } from "../src/problem.ts";

/** (J'WJ)^-1 of all poses, zeros where they are held: J by central differences of the residual along X Exp(xi), nothing sparse. */
export function denseCovariance(graph: PoseGraph, held: readonly number[]): Float64Array {
  const problem = new PoseGraphProblem(graph, []);
  const group = poseGroup(graph);
  const { size, dof } = group;
  const n = graph.ids.length;
  const free = Array.from({ length: n }, (_, k) => k).filter((k) => !held.includes(k));
  const columns = free.flatMap((pose) => Array.from({ length: dof }, (_, a) => ({ pose, a })));
  // The residual is smooth on a scale of 1: a third derivative of order 1 leaves h^2, rounding u / h.
  const h = 2 ** -17;
  const residualAt = (pose: number, a: number, step: number): Float64Array => {
    const xi = new Float64Array(dof);
    xi[a] = step;
    const moved = graph.poses.slice();
    group.retract(moved, pose * size, xi, 0, moved, pose * size);
    const r = new Float64Array(problem.rows);
    problem.residual(moved, operationFormat(fp64), r);
    return r;
  };
  const J = columns.map(({ pose, a }) => {
    const behind = residualAt(pose, a, -h);
    return residualAt(pose, a, h).map((x, k) => (x - behind[k]) / (2 * h));
  });
  const m = columns.length;
  const H = Float64Array.from({ length: m * m }, (_, at) => {
    const other = J[at % m];
    return problem.costScale * J[Math.floor(at / m)].reduce((sum, x, k) => sum + x * other[k], 0);
  });
  const Z = inverse(H, m);
  const all = new Float64Array((n * dof) ** 2);
  columns.forEach((row, i) => {
    columns.forEach((column, j) => {
      all[(row.pose * dof + row.a) * n * dof + column.pose * dof + column.a] = Z[i * m + j];
    });
  });
  return all;
}

/** J S J' for J rows x n. */
export function propagated(J: Float64Array, S: Float64Array, n: number): Float64Array {
  const rows = J.length / n;
  const transpose = Float64Array.from({ length: J.length }, (_, at) => J[(at % rows) * n + Math.floor(at / rows)]);
  return product(product(J, S, n), transpose, n);
}

/** A matrix from its upper triangle, row by row. */
export function symmetric(upper: ArrayLike<number>, n: number): Float64Array {
  const full = identityMatrix(n);
  for (let i = 0, at = 0; i < n; i++) for (let j = i; j < n; j++, at++) full[i * n + j] = full[j * n + i] = upper[at];
  return full;
}
