import type { AnyPrecision, Storage, Vec } from "@slam/float";
import type { LinearOperator, Preconditioner } from "@slam/linop";
import { piece } from "./side-by-side.ts";

/** What a reduced operator needs besides its parts; all vectors of its space. */
export interface SchurWorkspace {
  /** Of J's rows. */
  readonly row: Vec<AnyPrecision>;
  /** Of the points' columns. */
  readonly right: Vec<AnyPrecision>;
  readonly point: Vec<AnyPrecision>;
}

/**
 * A with A'A = U - W V^-1 W', the Schur complement of V in J'J + D: conjugate gradients on its normal equations solve the reduced camera system without forming it.
 * With J = [Jc Jp], B = [Jp; sqrt(Dp)] and V = B'B, A is [Jc; 0] less its projection on the columns of B: rows are J's, then the points' columns.
 *
 * @param V the inverse of Jp'Jp + Dp, for the Jp that `points` multiplies with.
 * @param roots sqrt(Dp); undefined for no damping.
 * @see Demmel, Sumin, Usenko, Cremers et al., Square root bundle adjustment for large-scale reconstruction, CVPR 2021: the same projection by QR.
 */
export function schurOperator(
  cameras: LinearOperator<AnyPrecision>,
  points: LinearOperator<AnyPrecision>,
  V: Preconditioner<AnyPrecision>,
  roots: Vec<AnyPrecision> | undefined,
  { row, right, point }: SchurWorkspace,
): LinearOperator<AnyPrecision> {
  const { space, cols, storage } = cameras;
  const top = (y: Vec<AnyPrecision>): Vec<AnyPrecision> => piece(y, [0, cameras.rows]);
  const bottom = (y: Vec<AnyPrecision>): Vec<AnyPrecision> => piece(y, [cameras.rows, cameras.rows + points.cols]);

  /** upper <- upper - Jp v, v = V^-1 `right`, which is left in `point`. */
  function project(upper: Vec<AnyPrecision>): void {
    V.apply(right, point);
    points.multiply(point, row);
    space.axpy(-1, row, upper);
  }

  function multiply(x: Vec<AnyPrecision>, y: Vec<AnyPrecision>): void {
    const upper = top(y);
    const lower = bottom(y);
    cameras.multiply(x, upper);
    points.multiplyTransposed(upper, right);
    project(upper);
    clear(lower);
    if (roots === undefined) return;
    space.diagonalAxpy(roots, point, lower);
    space.xpby(lower, -2, lower);
  }

  function multiplyTransposed(y: Vec<AnyPrecision>, x: Vec<AnyPrecision>): void {
    points.multiplyTransposed(top(y), right);
    if (roots !== undefined) space.diagonalAxpy(roots, bottom(y), right);
    V.apply(right, point);
    points.multiply(point, row);
    // row <- upper - Jp v, without changing y.
    space.xpby(top(y), -1, row);
    cameras.multiplyTransposed(row, x);
  }

  return {
    rows: cameras.rows + points.cols,
    cols,
    space,
    storage,
    multiply,
    multiplyTransposed,
    multiplyNormal(x, q, w) {
      multiply(x, q);
      // A projection projects no further.
      cameras.multiplyTransposed(top(q), w);
    },
  };
}

function clear(x: Vec<AnyPrecision>): void {
  (x as Storage).fill(0);
}
