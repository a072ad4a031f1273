import type { AnyPrecision, OperationFormat } from "@slam/float";

/**
 * A problem min |r(x)|^2 whose residuals are whitened: each has unit variance. X is the problem's own kind of point; J what it linearises
 * to.
 */
export interface LeastSquaresProblem<X, J extends Jacobian> {
  readonly rows: number;
  readonly cols: number;
  /**
   * The cost at x in fp64 where it is another than |r|^2, as a robust one is. r and J are then weighed at x such that 2 J'r is its gradient. Default: it is
   * |r|^2.
   */
  cost?(x: X): number;
  /** What the cost is multiplied with where it is shown: in reports, records and messages. Default 1. */
  readonly costScale?: number;
  /** r <- the residuals at x, every operation rounded to the format's arithmetic and each result to its storage. r has length rows. */
  residual(x: X, format: OperationFormat, r: Float64Array): void;
  /** dr/d(xi) at x for x retracted by xi, evaluated and stored in the format. */
  jacobian(x: X, format: OperationFormat): J;
  /** x moved by dx (length cols), in the format; x is not changed. */
  retract(x: X, dx: Float64Array, format: OperationFormat): X;
  /** x, which `retract` gave, is no longer used by whoever asked for it: its memory may become another point's. Default: it is left to the collector. */
  discard?(x: X): void;
}

/** A Jacobian as evaluated. What crosses is fp64; all sums are in fp64, those of a gradient in the arithmetic asked for. */
export interface Jacobian {
  /** y <- J x */
  multiply(x: Float64Array, y: Float64Array): void;
  /** g <- J'r, every operation rounded to the arithmetic. */
  gradient(r: Float64Array, arithmetic: AnyPrecision, g: Float64Array): void;
  /** The diagonal of J'J; the next call may overwrite it. */
  columnSquares(): Float64Array;
}
