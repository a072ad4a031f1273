import type { LinearSolver, Scratch, Termination } from "@slam/linop";
import { type ExactEquations, exactEquations, isExact } from "./exact-equations.ts";
import type { NormalEquations } from "./normal-equations.ts";
import type { Policy } from "./policy.ts";
import type { Jacobian, LeastSquaresProblem } from "./problem.ts";

/** How much of ftol of the cost the rounding of the gradient may leave undone. */
const ROUNDED_AWAY = 0.1;
/** Each round of the check tightens the inner tolerance by ten. */
const MOST_REFINEMENTS = 4;

/** A point and what it costs. */
export interface Landing<X> {
  readonly x: X;
  readonly cost: number;
}

/** A step that settles the cost: dx from a point at which J and r were evaluated, as the policy has them; dx is refined in place. */
export interface LastStep<X, J> {
  readonly from: Landing<X>;
  readonly J: J;
  readonly r: Float64Array;
  readonly dx: Float64Array;
  readonly to: Landing<X>;
}

export interface Ending<X> {
  readonly termination: Extract<Termination, "converged" | "stagnated">;
  readonly message: string;
  readonly cgIterations: number;
  /** The lowest of where the step led and where its refinements did. */
  readonly best: Landing<X>;
}

export interface EndingOptions<X, J extends Jacobian> {
  readonly problem: LeastSquaresProblem<X, J>;
  readonly policy: Policy;
  readonly solver: Pick<LinearSolver<J>, "norm">;
  readonly equations: NormalEquations<J>;
  readonly ftol: number;
  readonly eta: number;
  /** In fp64. */
  readonly costAt: (x: X) => number;
  readonly scratch: Scratch;
}

/** The check that a solve ends with, in fp64, whose quantities never feed back into a step. */
export class EndingCheck<X, J extends Jacobian> {
  readonly #options: EndingOptions<X, J>;
  /** What the ending asks of the last step, however loose the steps before it. */
  readonly #eta: number;
  /** Length cols. */
  readonly #difference: Float64Array;

  constructor(options: EndingOptions<X, J>) {
    this.#options = options;
    this.#eta = Math.min(options.eta, 0.1);
    this.#difference = options.scratch.numbers(options.problem.cols);
  }

  /** r, J and g = J'r at x in fp64. @param J, r as the policy has evaluated them there. */
  exactly(x: X, J: J, r: Float64Array): ExactEquations {
    const { problem, policy, scratch } = this.#options;
    return exactEquations(problem, x, isExact(policy.jacobian) ? J : undefined, isExact(policy.residual) ? r : undefined, scratch);
  }

  /** Holds the step to the gradient in fp64 and, where it fails, lets the inner solve go on. */
  verify({ from, J, r, dx, to }: LastStep<X, J>): Ending<X> {
    const { problem, policy, equations, ftol, eta, costAt } = this.#options;
    const exact = this.exactly(from.x, J, r);
    let best = to;
    let cgIterations = 0;
    let error = this.#relativeResidual(exact, dx, from.cost);
    for (let round = 1; error > this.#eta && round <= MOST_REFINEMENTS; round++) {
      cgIterations += equations.resume(dx, eta * 0.1 ** round).iterations;
      const refined = this.#relativeResidual(exact, dx, from.cost);
      if (!(refined < error)) break;
      error = refined;
      const x = problem.retract(from.x, dx, policy.update);
      const cost = costAt(x);
      if (cost <= best.cost) best = { x, cost };
    }
    const change = Math.abs(from.cost - to.cost) / from.cost;
    // Beyond ftol a change settles the cost only where both are rounding: of residuals that can all be zero.
    const rounding = change > ftol ? " (rounding)" : "";
    const changed = `the last step changed the cost by ${change.toExponential(1)} of itself${rounding}`;
    if (error <= this.#eta) {
      const message = `${changed} and solves its equations in fp64 to ${error.toExponential(1)}`;
      return { termination: "converged", message, cgIterations, best };
    }
    const left = `${error.toExponential(1)} of the fp64 gradient, more than ${this.#eta}`;
    const message = `${changed}, but leaves ${left}, and solving on gains nothing`;
    return { termination: "stagnated", message, cgIterations, best };
  }

  /** What the step leaves of its equations in fp64, but for rounding, over the size it should not exceed eta times; in the solver's norm. */
  #relativeResidual(exact: ExactEquations, dx: Float64Array, cost: number): number {
    const { solver, equations, ftol } = this.#options;
    const size = Math.max(solver.norm(exact.g), Math.sqrt(ftol * cost));
    return Math.max(0, solver.norm(exact.residual(dx, equations.d)) - this.#roundingOf(exact, cost)) / size;
  }

  /** What J in fp32 makes of the gradient, if that is within what ftol allows; in the solver's norm. A narrower J is given no allowance. */
  #roundingOf(exact: ExactEquations, cost: number): number {
    const { policy, solver, equations, ftol } = this.#options;
    if (policy.jacobian.arithmetic.significandBits < 24) return 0;
    writeDifference(this.#difference, exact.g, equations.g);
    const rounding = solver.norm(this.#difference);
    return rounding ** 2 <= ROUNDED_AWAY * ftol * cost ? rounding : 0;
  }
}

/** out <- x - y; a loop that ends its function, which engines optimise once. */
function writeDifference(out: Float64Array, x: Float64Array, y: Float64Array): void {
  for (let j = 0; j < out.length; j++) out[j] = x[j] - y[j];
}
