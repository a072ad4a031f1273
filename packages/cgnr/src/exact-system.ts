import { checkLength } from "@slam/errors";
import { type AnyPrecision, type Storage, storeCounted, type Vec } from "@slam/float";
import type { LinearOperator } from "@slam/linop";

/** (A'A + diag(d)) x = g in the format that residuals are computed in, as a rule a wider one than the iteration's. */
export interface ExactSystem<Q extends AnyPrecision> {
  readonly A: LinearOperator<Q>;
  /** Length cols. */
  readonly g: Vec<Q>;
  /** Length cols. Default none. */
  readonly damping?: Vec<Q> | undefined;
}

/** @throws DimensionError unless the exact system has the iteration's shape. */
export function checkExactSystem(exact: ExactSystem<AnyPrecision>, iteration: LinearOperator<AnyPrecision>): void {
  checkLength("cgnr: exact.A rows", exact.A.rows, iteration.rows);
  checkLength("cgnr: exact.A cols", exact.A.cols, iteration.cols);
  checkLength("cgnr: exact.g", (exact.g as Storage).length, iteration.cols);
  if (exact.damping !== undefined) checkLength("cgnr: exact.damping", (exact.damping as Storage).length, iteration.cols);
}

/**
 * Makes the function that computes s <- g - A'(A x) - d .* x in the exact system's format, into which x is converted and from which s is,
 * each entry rounded once; their spaces count what that overflows or flushes. It returns whether s was zero before.
 */
export function residualReplacement<P extends AnyPrecision>(
  iteration: LinearOperator<P>,
  exact: ExactSystem<AnyPrecision>,
): (x: Vec<P>, s: Vec<P>) => boolean {
  const P: AnyPrecision = iteration.space.format.storage;
  const { A, g, damping } = exact;
  const { space } = A;
  const Q = space.format.storage;
  const wide = space.zeros(A.cols);
  const row = space.zeros(A.rows);
  const residual = space.zeros(A.cols);
  return (x, s) => {
    for (let j = 0; j < A.cols; j++) storeCounted(Q, wide as Storage, j, P.load(x as Storage, j), space.events);
    A.multiply(wide, row);
    A.multiplyTransposed(row, residual);
    if (damping !== undefined) space.diagonalAxpy(damping, wide, residual);
    space.xpby(g, -1, residual);
    let isZero = true;
    for (let j = 0; j < A.cols; j++) {
      const value = Q.load(residual as Storage, j);
      isZero &&= value === 0;
      storeCounted(P, s as Storage, j, value, iteration.space.events);
    }
    return isZero;
  };
}
