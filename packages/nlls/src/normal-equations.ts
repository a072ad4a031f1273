import type { LinearReport, LinearSolver, Scratch } from "@slam/linop";
import type { PrecisionEvents } from "./counters.ts";
import type { PhaseClock } from "./phases.ts";
import type { Jacobian } from "./problem.ts";
import { dot } from "./vector.ts";

/** What the equations of one solve are made with. */
export interface EquationsOptions<J> {
  readonly solver: LinearSolver<J>;
  /** The linear solves' forcing tolerance. */
  readonly eta: number;
  readonly events: PrecisionEvents;
  readonly clock: PhaseClock;
  readonly scratch: Scratch;
}

/** (J'J + lambda diag(J'J)) dx = -g at one linearisation after another, solved by a linear solver: timed, and what fell short counted. */
export class NormalEquations<J extends Jacobian> {
  readonly #options: EquationsOptions<J>;
  readonly #row: Float64Array;
  #J: J | undefined;
  #g: Float64Array = new Float64Array(0);
  #d: Float64Array | undefined;
  /** Where d lies, once there was one. */
  #damping: Float64Array | undefined;
  #analyzed = false;

  /** @param row overwritten, of the length of the residual. */
  constructor(row: Float64Array, options: EquationsOptions<J>) {
    this.#options = options;
    this.#row = row;
  }

  /** J'r; not copied. */
  get g(): Float64Array {
    return this.#g;
  }

  /** What `factor` added to the diagonal of J'J; undefined for nothing. */
  get d(): Float64Array | undefined {
    return this.#d;
  }

  /** Takes a linearisation; neither is copied. */
  set(J: J, g: Float64Array): void {
    this.#J = J;
    this.#g = g;
  }

  /** A new vector of all unknowns, of zeros. */
  vector(): Float64Array {
    return this.#options.scratch.numbers(this.#g.length);
  }

  /** w <- lambda diag(J'J), with lambda where no residual depends on an unknown, which damping then holds where it is. @returns w. */
  diagonal(lambda: number, w: Float64Array): Float64Array {
    const squares = this.#J!.columnSquares();
    for (let j = 0; j < w.length; j++) w[j] = lambda * (squares[j] === 0 ? 1 : squares[j]);
    return w;
  }

  /** @returns undefined, or why there is no factorisation to solve with. */
  factor(lambda: number): LinearReport | undefined {
    const { solver, clock } = this.#options;
    return clock.during("factorize", () => {
      if (lambda === 0) this.#d = undefined;
      else {
        this.#damping ??= this.vector();
        this.#d = this.diagonal(lambda, this.#damping);
      }
      if (!this.#analyzed) solver.analyze(this.#J!);
      this.#analyzed = true;
      return solver.factor(this.#J!, this.#d);
    });
  }

  /** dx <- the solution, inexactly. */
  solve(dx: Float64Array): LinearReport {
    const { solver, eta, events, clock } = this.#options;
    const linear = clock.during("linearSolve", () => solver.solve(this.#g, dx, eta, false));
    if (linear.termination !== "tolerance-met" && linear.termination !== "verified") events.fallbacks++;
    return linear;
  }

  /** dx <- a better solution, from the one that it is. */
  resume(dx: Float64Array, rtol: number): LinearReport {
    const { solver, clock } = this.#options;
    return clock.during("linearSolve", () => solver.solve(this.#g, dx, rtol, true));
  }

  /** |J dx|^2 */
  curvature(dx: Float64Array): number {
    this.#J!.multiply(dx, this.#row);
    return dot(this.#row, this.#row);
  }

  /** -2 (g'dx + |J dx|^2 / 2): what the linear model says of |r|^2. */
  predictedDecrease(dx: Float64Array): number {
    return -2 * dot(this.#g, dx) - this.curvature(dx);
  }
}
