import { checkLength } from "@slam/errors";
import type { AnyPrecision, Storage, Vec } from "@slam/float";
import { convertInto, type LinearOperator, multiplyNormal } from "@slam/linop";
import { isZero } from "./is-zero.ts";

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

/** Vectors of the exact system's space. */
export interface ExactWorkspace<Q extends AnyPrecision> {
  /** The iterate, length cols. */
  readonly x: Vec<Q>;
  /** Length rows. */
  readonly q: Vec<Q>;
  /** Length cols. */
  readonly s: Vec<Q>;
}

export function exactWorkspace<Q extends AnyPrecision>({ space, rows, cols }: LinearOperator<Q>): ExactWorkspace<Q> {
  return { x: space.zeros(cols), q: space.zeros(rows), s: space.zeros(cols) };
}

/** @throws DimensionError unless the workspace fits the exact operator. */
export function checkExactWorkspace({ x, q, s }: ExactWorkspace<AnyPrecision>, { rows, cols }: LinearOperator<AnyPrecision>): void {
  checkLength("cgnr: workspace.exact.x", (x as Storage).length, cols);
  checkLength("cgnr: workspace.exact.q", (q as Storage).length, rows);
  checkLength("cgnr: workspace.exact.s", (s as Storage).length, cols);
}

/**
 * Makes the function that computes s <- g - A'(A x) - d .* x in the exact system's format, into which x is converted and from which s is,
 * each entry rounded once; their spaces count what that overflows or flushes. It returns whether s was zero before.
 */
export function residualReplacement<P extends AnyPrecision>(
  { space: narrow }: LinearOperator<P>,
  { A, g, damping }: ExactSystem<AnyPrecision>,
  { x: wide, q, s: residual }: ExactWorkspace<AnyPrecision> = exactWorkspace(A),
): (x: Vec<P>, s: Vec<P>) => boolean {
  const { space } = A;
  const P = narrow.format.storage;
  const Q = space.format.storage;
  return (x, s) => {
    convertInto(P, x, Q, wide, space.events);
    if (A.applyNormal !== undefined) A.applyNormal(wide, damping, residual);
    else {
      multiplyNormal(A, wide, q, residual);
      if (damping !== undefined) space.diagonalAxpy(damping, wide, residual);
    }
    space.xpby(g, -1, residual);
    convertInto(Q, residual, P, s, narrow.events);
    return isZero(Q, residual);
  };
}
