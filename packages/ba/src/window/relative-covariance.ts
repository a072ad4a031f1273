import { fp64, operationFormat } from "@slam/float";
import { se3 } from "@slam/lie";
import type { LeastSquaresProblem } from "@slam/nlls";
import { POSE_SIZE } from "../bundle.ts";
import type { BundleJacobian } from "../jacobian.ts";
import { POSE_DOF } from "../unknowns.ts";
import type { DenseSchur } from "./dense-schur.ts";

/** Of the diagonal of J'J, added to it: a direction that nothing measures gets a variance that says so, and all others keep ten digits. */
const DAMPING = 1e-10;

/**
 * A Sigma A', 6 x 6, the covariance of the xi of T Exp(xi), T = X_i^-1 X_j: xi = xi_j - Ad(T^-1) xi_i, Sigma = (J'J)^-1 with J at x in fp64, rows weighed as their loss has them.
 *
 * @param x poses first, those of i and j among them.
 * @param columns of poses i and j: block columns of J, -1 of one that is held.
 * @param solver a new one.
 * @returns undefined where J'J has no factor: a number in it is not finite.
 */
export function relativeCovariance(
  problem: LeastSquaresProblem<Float64Array, BundleJacobian>,
  x: Float64Array,
  [i, j]: readonly [number, number],
  columns: readonly [number, number],
  solver: DenseSchur,
): Float64Array | undefined {
  const J = problem.jacobian(x, operationFormat(fp64));
  solver.analyze(J);
  const damping = J.columnSquares().map((square) => DAMPING * square);
  if (solver.factor(J, damping) !== undefined) return undefined;
  const A = relativeStep(x, i, j, columns);
  const covariance = new Float64Array(POSE_DOF * POSE_DOF);
  const column = new Float64Array(POSE_DOF * J.parts[0].pattern.blockCols);
  for (let r = 0; r < POSE_DOF; r++) {
    column.fill(0);
    for (const { at, block } of A) for (let k = 0; k < POSE_DOF; k++) column[at + k] = block[r * POSE_DOF + k];
    // The poses' part of (J'J)^-1 A_r': A is zero in columns of points.
    solver.solvePoses(column);
    for (let s = 0; s < POSE_DOF; s++) {
      let sum = 0;
      for (const { at, block } of A) for (let k = 0; k < POSE_DOF; k++) sum += block[s * POSE_DOF + k] * column[at + k];
      covariance[s * POSE_DOF + r] = sum;
    }
  }
  return covariance.every(Number.isFinite) ? covariance : undefined;
}

/** The blocks of A: -Ad(T^-1) in the columns of pose i, the identity in those of j. */
function relativeStep(x: Float64Array, i: number, j: number, columns: readonly [number, number]) {
  const inverse = new Float64Array(POSE_SIZE);
  const adjoint = new Float64Array(POSE_DOF * POSE_DOF);
  se3.relative(x, POSE_SIZE * j, x, POSE_SIZE * i, inverse, 0);
  se3.adjoint(inverse, 0, adjoint, 0);
  const identity = adjoint.map((_, k) => (k % (POSE_DOF + 1) === 0 ? 1 : 0));
  const blocks = [
    { column: columns[0], block: adjoint.map((value) => -value) },
    { column: columns[1], block: identity },
  ];
  return blocks.filter(({ column }) => column >= 0).map(({ column, block }) => ({ at: POSE_DOF * column, block }));
}
