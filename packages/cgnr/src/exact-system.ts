import type { AnyPrecision, Storage, Vec } from "@slam/float";
import type { LinearOperator } from "@slam/linop";

/** (A'A + diag(d)) x = g in a format wider than the iteration's. */
export interface ExactSystem<Q extends AnyPrecision> {
  readonly A: LinearOperator<Q>;
  /** Length cols. */
  readonly g: Vec<Q>;
  readonly damping?: Vec<Q> | undefined;
}

/**
 * Makes the function that computes s <- g - A'(A x) - d .* x in the exact system's format. x is widened, s rounded once to the format
 * of the iteration.
 */
export function residualReplacement<P extends AnyPrecision>(
  iteration: LinearOperator<P>,
  exact: ExactSystem<AnyPrecision>,
): (x: Vec<P>, s: Vec<P>) => void {
  const P: AnyPrecision = iteration.space.format.storage;
  const { A, g, damping } = exact;
  const { space } = A;
  const Q = space.format.storage;
  const wide = space.zeros(A.cols);
  const residual = space.zeros(A.cols);
  const row = space.zeros(A.rows);
  const product = space.zeros(A.cols);
  return (x, s) => {
    for (let j = 0; j < A.cols; j++) Q.store(wide as Storage, j, P.load(x as Storage, j));
    A.multiply(wide, row);
    A.multiplyTransposed(row, product);
    if (damping !== undefined) space.diagonalAxpy(damping, wide, product);
    (residual as Float64Array).set(g as Float64Array);
    space.axpy(-1, product, residual);
    for (let j = 0; j < A.cols; j++) P.store(s as Storage, j, Q.load(residual as Storage, j));
  };
}
