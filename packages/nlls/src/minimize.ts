import { checkChoice, checkInteger, checkNumber } from "@slam/errors";
import { fp64, tolerance, wider } from "@slam/float";
import { type LinearReport, type LinearSolver, type Termination, Work } from "@slam/linop";
import { EXACT, type ExactEquations, exactEquations } from "./exact-equations.ts";
import { METHODS, type Method, stepControl } from "./method.ts";
import { NormalEquations } from "./normal-equations.ts";
import type { Policy } from "./policy.ts";
import type { Jacobian, LeastSquaresProblem } from "./problem.ts";
import type { IterationRecord, PhaseSeconds, PrecisionEvents, SolveReport } from "./report.ts";
import { roundingNoise } from "./rounding-noise.ts";
import type { StepControl, Trial } from "./step-control.ts";
import { dot, isZero, norm } from "./vector.ts";

export interface Counters {
  readonly events: PrecisionEvents;
  readonly work: Work;
}

export function newCounters(): Counters {
  return { events: { overflows: 0, flushed: 0, shifts: 0, fallbacks: 0, rejectedSteps: 0 }, work: new Work() };
}

export interface MinimizeOptions<J extends Jacobian> {
  readonly policy: Policy;
  readonly solver: LinearSolver<J>;
  /** What the solver counts into, so that the report holds it. Default new ones. */
  readonly counters?: Counters;
  /**
   * "lm": Gauss-Newton under a watchdog, which lets the cost rise if it is below its lowest again within five steps, and otherwise goes
   * back to the lowest and on with damping. "gn": never damped. "dogleg": within a trust region, the cost never rises; to be tried from bad starts.
   * Default "lm".
   */
  readonly method?: Method;
  /**
   * Of "lm", lambda at the start, from when on every step is damped: for problems that need it, as those with a free gauge do. Default 0: steps are undamped where
   * they can be.
   */
  readonly firstDamping?: number;
  /** Default 50. */
  readonly maxIterations?: number;
  /** Ends where an accepted step lowers the cost by at most this, relatively. Default 1e-6. */
  readonly ftol?: number;
  /** The linear solves' forcing tolerance. Default 1e-2. */
  readonly eta?: number;
  /** Called after each outer iteration. */
  readonly onIteration?: (record: IterationRecord, index: number) => void;
}

/** Of a problem that knows a cheap way down besides. */
export interface Refinement<X> {
  /**
   * A point near x that costs less, as by moving some variables with the others held; x itself where there is none. x is not changed. Asked where a step brings less than three
   * quarters of what the linear model promised and less than a tenth of the cost; the step is then judged by what both bring. Default none.
   */
  readonly refine?: (x: X) => X;
}

/** A solve in steps: `while (!run.done) run.step()`. */
export interface Run<X> {
  readonly done: boolean;
  /** The best point so far. */
  readonly x: X;
  readonly report: SolveReport;
  /** One outer iteration. */
  step(): void;
  /** Ends the run; x stays the best point. */
  cancel(message: string): void;
}

/** How much of ftol of the cost the rounding of the gradient may leave undone. */
const ROUNDED_AWAY = 0.1;
/** A step that brings less than this of its promise has left the linear model, and one that brings less than this of the cost too creeps along a valley. */
const SHORT = 0.75;
const CREEPING = 0.1;
/** Each round of the check that ends a solve tightens the inner tolerance by ten. */
const MOST_REFINEMENTS = 4;

/**
 * Minimises |r(x)|^2 by Gauss-Newton, Levenberg-Marquardt or dogleg steps: (J'J + lambda diag(J'J)) dx = -J'r, inexactly, to eta.
 *
 * Costs that decide anything are evaluated in fp64. "converged" needs a step from the lowest point that no trust region cut short, that changes the cost, and
 * should by the linear model, by at most ftol of it or by no more than rounding, and |g + (J'J + D) dx| <= min(eta, 0.1) max(|g|, sqrt(ftol |r|^2)) for it,
 * with r, J and g evaluated anew in fp64, in the solver's norm, in which |g|^2 is about the decrease a full step brings; or a zero
 * gradient. The left side may exceed that by what rounding J to fp32 made of g, if its square is at most a tenth of ftol |r|^2. Where only the first holds, the
 * inner solve goes on from its replaced residual; where that gains nothing the run ends "stagnated". A step that was cut short counts where the whole one, with
 * its promise of at most ftol, has just failed.
 *
 * @throws OptionError for options out of range.
 * @see Nocedal and Wright, Numerical Optimization, 2006, chapters 7, 10 and 15.6 (the watchdog technique of Chamberlain et al.).
 */
export function start<X, J extends Jacobian>(
  problem: LeastSquaresProblem<X, J>,
  x0: X,
  options: MinimizeOptions<J> & Refinement<X>,
): Run<X> {
  return new Minimization(problem, x0, options);
}

class Minimization<X, J extends Jacobian> implements Run<X> {
  readonly #problem: LeastSquaresProblem<X, J>;
  readonly #policy: Policy;
  readonly #solver: LinearSolver<J>;
  readonly #counters: Counters;
  readonly #method: Method;
  readonly #maxIterations: number;
  readonly #ftol: number;
  readonly #eta: number;
  /** What the ending asks of the last step, however loose the steps before it. */
  readonly #lastEta: number;
  readonly #refine: Refinement<X>["refine"];
  readonly #onIteration: MinimizeOptions<J>["onIteration"];

  readonly #seconds: PhaseSeconds = { linearize: 0, factorize: 0, linearSolve: 0, update: 0 };
  readonly #records: IterationRecord[] = [];
  readonly #initialCost: number;
  readonly #r: Float64Array;
  readonly #g: Float64Array;
  readonly #dx: Float64Array;
  readonly #row: Float64Array;
  readonly #control: StepControl<J>;
  readonly #equations: NormalEquations<J>;
  #x: X;
  #cost: number;
  #best: { readonly x: X; readonly cost: number };
  #J: J | undefined;
  /** Steps since the cost was lowest. */
  #watch = 0;
  #lastLinear: LinearReport | undefined;
  #end: { readonly termination: Termination; readonly message: string } | undefined;

  constructor(problem: LeastSquaresProblem<X, J>, x0: X, options: MinimizeOptions<J> & Refinement<X>) {
    const {
      policy,
      solver,
      counters = newCounters(),
      method = "lm",
      maxIterations = 50,
      ftol = 1e-6,
      eta = 1e-2,
      firstDamping = 0,
      refine,
      onIteration,
    } = options;
    checkChoice("method", method, METHODS);
    checkInteger("maxIterations", maxIterations, 0);
    checkNumber("ftol", ftol, 0);
    checkNumber("eta", eta, 0, 1);
    checkNumber("firstDamping", firstDamping, 0);
    this.#problem = problem;
    this.#policy = policy;
    this.#solver = solver;
    this.#counters = counters;
    this.#method = method;
    this.#maxIterations = maxIterations;
    this.#ftol = ftol;
    this.#eta = eta;
    this.#lastEta = Math.min(eta, 0.1);
    this.#refine = refine;
    this.#onIteration = onIteration;
    this.#r = new Float64Array(problem.rows);
    this.#row = new Float64Array(problem.rows);
    this.#g = new Float64Array(problem.cols);
    this.#dx = new Float64Array(problem.cols);
    this.#control = stepControl(method, ftol, firstDamping);
    this.#equations = new NormalEquations(this.#row, {
      solver,
      eta,
      events: counters.events,
      timed: (phase, work) => this.#timed(phase, work),
    });
    this.#x = x0;
    this.#cost = this.#costAt(x0);
    this.#initialCost = this.#cost;
    this.#best = { x: x0, cost: this.#cost };
    if (!Number.isFinite(this.#cost)) this.#finish("non-finite", `the cost of the starting point is ${this.#shown(this.#cost)}`);
    else if (problem.cols === 0 || this.#cost === 0)
      this.#finish("converged", "the residual of the starting point is zero or nothing is free");
  }

  get done(): boolean {
    return this.#end !== undefined;
  }

  get x(): X {
    return this.#best.x;
  }

  get report(): SolveReport {
    const end = this.#end ?? { termination: "max-iterations", message: "the run is not done" };
    return {
      ...end,
      initialCost: this.#shown(this.#initialCost),
      finalCost: this.#shown(this.#best.cost),
      iterations: this.#records,
      cgIterations: this.#records.reduce((sum, record) => sum + record.cgIterations, 0),
      seconds: this.#seconds,
      precision: this.#counters.events,
      work: this.#counters.work,
    };
  }

  cancel(message: string): void {
    if (!this.done) this.#finish("cancelled", message);
  }

  step(): void {
    if (this.done) return;
    if (this.#records.length >= this.#maxIterations) {
      const last = this.#lastLinear === undefined ? "" : `; the last linear solve: ${this.#lastLinear.message}`;
      this.#finish("max-iterations", `${this.#maxIterations} iterations were not enough to reach ftol ${this.#ftol}${last}`);
      return;
    }
    const began = performance.now();
    const J = this.#timed("linearize", () => this.#linearize());
    if (isZero(this.#g)) {
      this.#atZeroGradient(J, began);
      return;
    }
    const { linear, factored } = this.#control.propose(this.#equations, this.#dx);
    if (factored) {
      this.#lastLinear = linear;
      this.#try(J, linear, began);
    } else {
      this.#record(began, 0, 0, Number.NaN, false);
      this.#reject(linear.termination === "breakdown" ? "breakdown" : "non-finite", linear.message);
    }
  }

  /** The end, if this is the lowest point and fp64 finds no gradient either. */
  #atZeroGradient(J: J, began: number): void {
    if (this.#watch > 0) {
      this.#record(began, 0, 0, Number.NaN, false);
      this.#reject(
        "diverged",
        `a point where the gradient is zero has the cost ${this.#shown(this.#cost)}, above the lowest, ${this.#shown(this.#best.cost)}`,
      );
    } else if (isZero(this.#exactly(J).g)) this.#finish("converged", "the gradient is zero");
    else this.#finish("stagnated", `the gradient is zero in ${this.#policy.jacobian.name}, but not in fp64`);
  }

  /** r, J and g at x, in their formats; kept while steps from x are rejected. */
  #linearize(): J {
    if (this.#J !== undefined) return this.#J;
    const { residual, jacobian } = this.#policy;
    this.#problem.residual(this.#x, residual, this.#r);
    const J = this.#problem.jacobian(this.#x, jacobian);
    // The gradient decides where the solve ends up: at least fp32, unless the policy asks for every operation in less.
    const narrow = jacobian.arithmetic.significandBits < 24;
    J.gradient(this.#r, narrow ? jacobian.arithmetic : wider(residual.arithmetic, jacobian.arithmetic), this.#g);
    this.#J = J;
    this.#equations.set(J, this.#g);
    return J;
  }

  #try(J: J, linear: LinearReport, began: number): void {
    const dx = this.#dx;
    if (isZero(dx)) {
      this.#record(began, 0, linear.iterations, Number.NaN, false);
      this.#reject(linear.termination === "non-finite" ? "non-finite" : "breakdown", `the linear solve gave no step: ${linear.message}`);
      return;
    }
    const predicted = this.#equations.predictedDecrease(dx);
    const { candidate, cost } = this.#timed("update", () => this.#land(predicted));
    const decrease = this.#cost - cost;
    // Below this a difference of costs is rounding: such a step neither rises nor falls.
    const noise = cost < this.#best.cost ? tolerance(fp64, 1, 16) * cost : roundingNoise(this.#problem, this.#best.x);
    const isFlat = Math.abs(decrease) <= noise && predicted <= noise;
    const lowest = cost < this.#best.cost || (isFlat && cost <= this.#best.cost + noise);
    const tentative = Number.isFinite(cost) && this.#watch + 1 < this.#control.patience;
    // A step across the bottom of a valley may change the cost little and leave it high: the model must promise little too.
    const little = Math.max(this.#ftol * this.#cost, noise);
    const isFromLowest = this.#watch === 0;
    const trial: Trial = { cost, lowest: this.#best.cost, decrease, predicted, little, isFlat, isFromLowest };
    const conclusive = this.#control.isConclusive(trial);
    const settled = Math.abs(decrease) <= little && predicted <= little && (lowest || isFromLowest);
    const end = settled && conclusive ? this.#verify(J, candidate, cost, decrease) : undefined;
    if (end === undefined && lowest) this.#move(candidate, cost);
    else if (end === undefined && tentative) {
      this.#watch++;
      this.#x = candidate;
      this.#cost = cost;
      this.#J = undefined;
    }
    this.#record(began, norm(dx), linear.iterations + (end?.cgIterations ?? 0), decrease / predicted, lowest || tentative);
    if (end !== undefined) this.#finish(end.termination, end.message);
    else if (lowest) {
      this.#control.accept(trial);
      if (cost === 0) this.#finish("converged", "the residual is zero");
    } else if (!tentative) {
      const termination = !Number.isFinite(cost) ? "non-finite" : this.#method === "gn" ? "diverged" : "stagnated";
      this.#reject(termination, `no step lowers the cost ${this.#shown(this.#best.cost)}; the linear solve says: ${linear.message}`);
    }
  }

  /** Where the step leads, refined where it falls short and creeps, unless it promises no more than what ends the solve. */
  #land(predicted: number): { readonly candidate: X; readonly cost: number } {
    const candidate = this.#problem.retract(this.#x, this.#dx, this.#policy.update);
    const cost = this.#costAt(candidate);
    const isLittle = this.#cost - cost < Math.min(SHORT * predicted, CREEPING * this.#cost);
    const isOpen = predicted > this.#ftol * this.#cost;
    const refined = isLittle && isOpen && this.#refine !== undefined ? this.#refine(candidate) : candidate;
    if (refined === candidate) return { candidate, cost };
    const refinedCost = this.#costAt(refined);
    return refinedCost < cost ? { candidate: refined, cost: refinedCost } : { candidate, cost };
  }

  #reject(termination: Termination, message: string): void {
    this.#counters.events.rejectedSteps++;
    if (this.#watch > 0) this.#move(this.#best.x, this.#best.cost);
    if (!this.#control.reject(this.#best.cost)) this.#finish(termination, message);
  }

  /**
   * Holds the step to the gradient in fp64 and, where it fails, lets the inner solve go on. Moves to the best candidate.
   * The fp64 quantities decide the ending alone and never feed back into the step.
   */
  #verify(J: J, candidate: X, cost: number, decrease: number): Ending {
    const exact = this.#exactly(J);
    let best = { candidate, cost };
    let cgIterations = 0;
    let error = this.#relativeResidual(exact);
    for (let round = 1; error > this.#lastEta && round <= MOST_REFINEMENTS; round++) {
      const linear = this.#timed("linearSolve", () => this.#solver.solve(this.#g, this.#dx, this.#eta * 0.1 ** round, true));
      cgIterations += linear.iterations;
      const refined = this.#relativeResidual(exact);
      if (!(refined < error)) break;
      error = refined;
      const next = this.#problem.retract(this.#x, this.#dx, this.#policy.update);
      const nextCost = this.#costAt(next);
      if (nextCost <= best.cost) best = { candidate: next, cost: nextCost };
    }
    const change = Math.abs(decrease) / this.#cost;
    if (best.cost <= this.#best.cost) this.#move(best.candidate, best.cost);
    const changed = `the last step changed the cost by ${change.toExponential(1)} of itself`;
    if (error <= this.#lastEta)
      return {
        termination: "converged",
        message: `${changed} and solves its equations in fp64 to ${error.toExponential(1)}`,
        cgIterations,
      };
    const left = `${error.toExponential(1)} of the fp64 gradient, more than ${this.#lastEta}`;
    const message = `${changed}, but leaves ${left}, and solving on gains nothing`;
    return { termination: "stagnated", message, cgIterations };
  }

  #exactly(J: J): ExactEquations {
    const { storage, arithmetic } = this.#policy.jacobian;
    return exactEquations(this.#problem, this.#x, storage === fp64 && arithmetic === fp64 ? J : undefined);
  }

  /** What the step leaves of its equations in fp64, but for rounding, over the size it should not exceed eta times; in the solver's norm. */
  #relativeResidual(exact: ExactEquations): number {
    const size = Math.max(this.#solver.norm(exact.g), Math.sqrt(this.#ftol * this.#cost));
    return Math.max(0, this.#solver.norm(exact.residual(this.#dx, this.#equations.d)) - this.#roundingOf(exact)) / size;
  }

  /** What J in fp32 makes of the gradient, if that is within what ftol allows; in the solver's norm. A narrower J is given no allowance. */
  #roundingOf(exact: ExactEquations): number {
    if (this.#policy.jacobian.arithmetic.significandBits < 24) return 0;
    const rounding = this.#solver.norm(exact.g.map((gj, j) => gj - this.#g[j]));
    return rounding ** 2 <= ROUNDED_AWAY * this.#ftol * this.#cost ? rounding : 0;
  }

  #costAt(x: X): number {
    if (this.#problem.cost !== undefined) return this.#problem.cost(x);
    this.#problem.residual(x, EXACT, this.#row);
    return dot(this.#row, this.#row);
  }

  /** To a point whose cost is the lowest so far. */
  #move(x: X, cost: number): void {
    this.#best = { x, cost };
    this.#x = x;
    this.#cost = cost;
    this.#J = undefined;
    this.#watch = 0;
  }

  #record(began: number, step: number, cgIterations: number, gainRatio: number, accepted: boolean): void {
    const seconds = (performance.now() - began) / 1000;
    const record = { cost: this.#shown(this.#cost), step, damping: this.#control.damping, gainRatio, cgIterations, accepted, seconds };
    this.#records.push(record);
    this.#onIteration?.(record, this.#records.length);
  }

  #shown(cost: number): number {
    return cost * (this.#problem.costScale ?? 1);
  }

  #finish(termination: Termination, message: string): void {
    this.#end = { termination, message };
  }

  #timed<T>(phase: keyof PhaseSeconds, work: () => T): T {
    const began = performance.now();
    const result = work();
    this.#seconds[phase] += (performance.now() - began) / 1000;
    return result;
  }
}

interface Ending {
  readonly termination: Termination;
  readonly message: string;
  readonly cgIterations: number;
}
