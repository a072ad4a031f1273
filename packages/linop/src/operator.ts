import type { AnyPrecision, Vec } from "@slam/float";
import type { VectorSpace } from "./vector-space.ts";

/** A linear map of vectors in the format P. How it stores itself is its own affair, told by `storage`. */
export interface LinearOperator<P extends AnyPrecision> {
  readonly rows: number;
  readonly cols: number;
  /** The space its vectors live in: who makes an operator chooses the kernels that a solver uses with it. */
  readonly space: VectorSpace<P>;
  /** The format its entries are stored in, for reports. */
  readonly storage: string;
  /** y <- A x. Lengths cols and rows; x and y must not overlap. */
  multiply(x: Vec<P>, y: Vec<P>): void;
  /** y <- A' x. Lengths rows and cols; x and y must not overlap. */
  multiplyTransposed(x: Vec<P>, y: Vec<P>): void;
  /**
   * q <- A x and w <- A' q, with the bits of the two products, where an operator can have both in one pass over its entries. Lengths cols, rows, cols; none
   * overlap.
   */
  multiplyNormal?(x: Vec<P>, q: Vec<P>, w: Vec<P>): void;
  /**
   * w <- (A'A + diag(d)) x, where an operator can have that in one pass over its entries without storing A x; d undefined for none. Lengths cols; none overlap.
   *
   * @returns |A x|^2 + x'(d .* x), which cannot be negative; summed in fp64.
   */
  applyNormal?(x: Vec<P>, d: Vec<P> | undefined, w: Vec<P>): number;
}

/** q <- A x and w <- A' q, in one pass where A has one. */
export function multiplyNormal<P extends AnyPrecision>(A: LinearOperator<P>, x: Vec<P>, q: Vec<P>, w: Vec<P>): void {
  if (A.multiplyNormal !== undefined) A.multiplyNormal(x, q, w);
  else {
    A.multiply(x, q);
    A.multiplyTransposed(q, w);
  }
}

/** z = M^-1 r for a symmetric positive definite M of the given size. */
export interface Preconditioner<P extends AnyPrecision> {
  readonly size: number;
  readonly space: VectorSpace<P>;
  readonly storage: string;
  /** z <- M^-1 r. Both of length size; r and z must not overlap. */
  apply(r: Vec<P>, z: Vec<P>): void;
}
