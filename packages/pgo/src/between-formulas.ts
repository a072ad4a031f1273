import type { AnyPrecision } from "@slam/float";

/** What a formula needs of numbers T: those of a format, each operation rounded to it, or a kernel's expressions, each operation emitted. */
export interface Arithmetic<T> {
  /** x, rounded. */
  constant(x: number): T;
  add(a: T, b: T): T;
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  sqrt(a: T): T;
  neg(a: T): T;
  /** -x where w < 0, otherwise x. */
  flipped(x: T, w: T): T;
}

/** A between-factor as formulas on numbers T: one text for the reference and for the kernel. */
export interface BetweenFormulas {
  readonly dof: 3 | 6;
  /**
   * out <- the pose at x[xo], or the measurement, as the formulas take it, rounded to A: [x y cos sin] of its angle or of half of it, or
   * [x y z qx qy qz qw]. Sines and cosines are the formulas' arguments because kernels do not compute them.
   */
  coordinates(A: AnyPrecision, x: Float64Array, xo: number, out: Float64Array | Float32Array, o: number): void;
  /** How many coordinates there are. */
  readonly size: 4 | 7;
  /** In the plane: cosines and sines are of half the angles, halved before they are rounded. */
  readonly halfAngles?: true;
  /** In the plane, unless half angles give it: the angle by which the error turns, at poses[i], poses[j], z[zo]. */
  turn?(A: AnyPrecision, poses: Float64Array, i: number, j: number, z: Float64Array, zo: number): number;
  /** e. `turn` is [angle], or empty without one. */
  error<T>(A: Arithmetic<T>, xi: readonly T[], xj: readonly T[], z: readonly T[], turn: readonly T[]): readonly T[];
  /** de/dxi_i and de/dxi_j: dof x dof, row-major. `turn` is [cos, sin], or empty without one. */
  jacobians<T>(
    A: Arithmetic<T>,
    xi: readonly T[],
    xj: readonly T[],
    z: readonly T[],
    turn: readonly T[],
  ): { readonly Ji: readonly T[]; readonly Jj: readonly T[] };
}

/** a0 b0 + a1 b1 + a2 b2, summed in this order. */
export function dot3<T>(A: Arithmetic<T>, a0: T, b0: T, a1: T, b1: T, a2: T, b2: T): T {
  return A.add(A.add(A.mul(a0, b0), A.mul(a1, b1)), A.mul(a2, b2));
}

/** How many numbers `whitened` takes of an upper triangular matrix of n rows. */
export function upperSize(n: number): number {
  return (n * (n + 1)) / 2;
}

/**
 * W X, where W is upper triangular: its rows from the diagonal on, one after another. X has as many columns as are given. Sums start from 0 and
 * ascend.
 */
export function whitened<T>(A: Pick<Arithmetic<T>, "constant" | "add" | "mul">, W: readonly T[], X: ArrayLike<T>, columns: number): T[] {
  const rows = X.length / columns;
  const product: T[] = [];
  for (let a = 0, row = 0; a < rows; row += rows - a, a++) {
    for (let b = 0; b < columns; b++) {
      let sum = A.constant(0);
      for (let k = a; k < rows; k++) sum = A.add(sum, A.mul(W[row + k - a], X[k * columns + b]));
      product.push(sum);
    }
  }
  return product;
}
