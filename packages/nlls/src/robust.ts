import { checkLength } from "@slam/errors";
import { fp64, type OperationFormat } from "@slam/float";
import { newArrays, type Scratch } from "@slam/linop";
import { EXACT } from "./exact-equations.ts";
import type { Loss } from "./loss.ts";
import type { Jacobian, LeastSquaresProblem } from "./problem.ts";

/** A Jacobian whose rows can be weighed. */
export interface WeighableJacobian extends Jacobian {
  /** J <- diag(factors) J in place, each entry rounded once to how it is stored; factors has length rows. */
  scaleRows(factors: Float64Array): void;
}

/**
 * min sum over blocks b of rho_b(s_b), s_b = costScale |r_b|^2, for a problem whose residuals come in blocks: one loss on each, or none.
 *
 * At a point x the residuals and the Jacobian are those of the problem, their rows scaled by the square root of rho'_b(s_b): |r + J dx|^2 then has the
 * gradient of the robust cost at x, and, since rho is concave, changes by no less than it does, to first order in r. Weights are functions of x,
 * evaluated in fp64 whatever the format.
 *
 * @see Triggs, McLauchlan, Hartley and Fitzgibbon, Bundle adjustment: a modern synthesis, 2000, section 4.3, whose second-order term is left out here: with
 *   it a step is no longer one that cannot overshoot.
 */
export class RobustProblem<X, J extends WeighableJacobian> implements LeastSquaresProblem<X, J> {
  readonly rows: number;
  readonly cols: number;
  readonly costScale: number;
  readonly #problem: LeastSquaresProblem<X, J>;
  readonly #start: Int32Array;
  readonly #losses: readonly (Loss | undefined)[];
  readonly #row: Float64Array;
  /** The square root of the weight of each row at `#at`, and s of each block. */
  readonly #roots: Float64Array;
  readonly #squares: Float64Array;
  #at: X | undefined;
  #cost = 0;

  /**
   * @param start rows start[b] ... start[b + 1] - 1 are block b; one number more than there are blocks.
   * @param losses of each block.
   * @param scratch what vectors are taken from. Default new ones.
   * @throws DimensionError where blocks do not cover the rows, or losses not the blocks.
   */
  constructor(problem: LeastSquaresProblem<X, J>, start: Int32Array, losses: readonly (Loss | undefined)[], scratch: Scratch = newArrays) {
    checkLength("robust: losses", losses.length, start.length - 1);
    checkLength("robust: rows of the blocks", start[start.length - 1], problem.rows);
    this.rows = problem.rows;
    this.cols = problem.cols;
    this.costScale = problem.costScale ?? 1;
    this.#problem = problem;
    this.#start = start;
    this.#losses = losses;
    this.#row = scratch.numbers(problem.rows);
    this.#roots = scratch.numbers(problem.rows);
    this.#squares = scratch.numbers(losses.length);
  }

  /** sum rho_b(s_b) / costScale, in fp64; not finite where a residual is not, bounded though its loss may be. */
  cost(x: X): number {
    this.#weigh(x);
    return this.#cost;
  }

  /** s of each block, in fp64; the next evaluation overwrites it. */
  squaredNorms(x: X): Float64Array {
    this.#weigh(x);
    return this.#squares;
  }

  residual(x: X, format: OperationFormat, r: Float64Array): void {
    this.#weigh(x);
    this.#problem.residual(x, format, r);
    const { storage, arithmetic } = format;
    const roots = this.#roots;
    if (storage === fp64 && arithmetic === fp64) for (let i = 0; i < r.length; i++) r[i] *= roots[i];
    else for (let i = 0; i < r.length; i++) r[i] = storage.round(arithmetic.mul(arithmetic.round(roots[i]), r[i]));
  }

  jacobian(x: X, format: OperationFormat): J {
    this.#weigh(x);
    const J = this.#problem.jacobian(x, format);
    J.scaleRows(this.#roots);
    return J;
  }

  retract(x: X, dx: Float64Array, format: OperationFormat): X {
    return this.#problem.retract(x, dx, format);
  }

  discard(x: X): void {
    this.#problem.discard?.(x);
  }

  /** Of the point evaluated last, which the minimiser linearises at next, nothing is evaluated again. */
  #weigh(x: X): void {
    if (x === this.#at) return;
    const r = this.#row;
    this.#problem.residual(x, EXACT, r);
    // Fields are read once: of a window each observation is a block, and this is a tenth of its solve.
    const [start, losses, squares, roots, scale] = [this.#start, this.#losses, this.#squares, this.#roots, this.costScale];
    let cost = 0;
    for (let b = 0; b < losses.length; b++) {
      const loss = losses[b];
      const end = start[b + 1];
      let square = 0;
      for (let i = start[b]; i < end; i++) square += r[i] * r[i];
      const s = scale * square;
      squares[b] = s;
      cost += loss === undefined || !Number.isFinite(s) ? s : loss.rho(s);
      const root = loss === undefined ? 1 : Math.sqrt(loss.weight(s));
      // A typed array's `fill` of so few takes longer than all the rest.
      for (let i = start[b]; i < end; i++) roots[i] = root;
    }
    this.#cost = cost / this.costScale;
    this.#at = x;
  }
}
