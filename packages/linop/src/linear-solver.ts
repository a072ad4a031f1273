import type { LinearReport } from "./report.ts";

/**
 * Solves the damped normal equations (J'J + diag(d)) dx = -g of a sequence of linearisations with one structure.
 * J is whatever the problem linearises to; the numbers that cross are fp64.
 */
export interface LinearSolver<J> {
  /** As shown in a report: "cgnr". */
  readonly name: string;
  /** Structure only; called once, before the first `factor`. */
  analyze(J: J): void;
  /**
   * Takes J's values, and makes or keeps a factorisation.
   * @param d the damping, length cols, or undefined for none; copied.
   * @returns undefined, or why there is no factorisation to solve with.
   */
  factor(J: J, d: Float64Array | undefined): LinearReport | undefined;
  /**
   * dx <- an approximate solution with |g + (J'J + diag(d)) dx| <= rtol |g| in the norm below.
   * @param g length cols. @param dx length cols; with `warm`, the guess on entry. Must not alias g.
   */
  solve(g: Float64Array, dx: Float64Array, rtol: number, warm: boolean): LinearReport;
  /**
   * |v| = sqrt(v'M^-1 v), M the solver's approximation of J'J + diag(d): the square of a residual's norm is close to the decrease of |r|^2
   * that it leaves undone. Valid after `factor`.
   */
  norm(v: Float64Array): number;
}
