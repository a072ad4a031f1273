import { checkChoice, checkInteger, checkNumber } from "@slam/errors";
import { fp64, tolerance, wider } from "@slam/float";
import { type LinearReport, type LinearSolver, type Termination, Work } from "@slam/linop";
import { nielsenDamping } from "./damping.ts";
import { EXACT, type ExactEquations, exactEquations } from "./exact-equations.ts";
import type { Policy } from "./policy.ts";
import type { Jacobian, LeastSquaresProblem } from "./problem.ts";
import type { IterationRecord, PhaseSeconds, PrecisionEvents, SolveReport } from "./report.ts";
import { roundingNoise } from "./rounding-noise.ts";

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
   * back to the lowest and on with damping. "gn": never damped. Default "lm".
   */
  readonly method?: "gn" | "lm";
  /** Default 50. */
  readonly maxIterations?: number;
  /** Ends where an accepted step lowers the cost by at most this, relatively. Default 1e-6. */
  readonly ftol?: number;
  /** The linear solves' forcing tolerance. Default 1e-2. */
  readonly eta?: number;
  /** Called after each outer iteration. */
  readonly onIteration?: (record: IterationRecord, index: number) => void;
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

/** Steps that may pass without a new lowest cost: undamped under "lm", and under "gn" before the run counts as diverged. */
const WATCH = { lm: 5, gn: 8 } as const;
/** Levenberg-Marquardt ends when no step this small goes downhill. */
const MOST_DAMPING = 1e12;
/** Each round of the check that ends a solve tightens the inner tolerance by ten. */
const MOST_REFINEMENTS = 4;

/**
 * Minimises |r(x)|^2 by Gauss-Newton or Levenberg-Marquardt: (J'J + lambda diag(J'J)) dx = -J'r, inexactly, to eta.
 *
 * Costs that decide anything are evaluated in fp64. "converged" needs a step from the lowest point that changes the cost, and should by
 * the linear model, by at most ftol of it or by no more than rounding, and |g + (J'J + D) dx| <= min(eta, 0.1) max(|g|, sqrt(ftol |r|^2)) for it,
 * with r, J and g evaluated anew in fp64, in the solver's norm, in which |g|^2 is about the decrease a full step brings; or a zero
 * gradient. Where only the first holds, the inner solve goes on from its replaced residual; where that gains nothing the run ends
 * "stagnated".
 *
 * @throws OptionError for options out of range.
 * @see Nocedal and Wright, Numerical Optimization, 2006, chapters 7, 10 and 15.6 (the watchdog technique of Chamberlain et al.).
 */
export function start<X, J extends Jacobian>(problem: LeastSquaresProblem<X, J>, x0: X, options: MinimizeOptions<J>): Run<X> {
  return new Minimization(problem, x0, options);
}

class Minimization<X, J extends Jacobian> implements Run<X> {
  readonly #problem: LeastSquaresProblem<X, J>;
  readonly #policy: Policy;
  readonly #solver: LinearSolver<J>;
  readonly #counters: Counters;
  readonly #method: "gn" | "lm";
  readonly #maxIterations: number;
  readonly #ftol: number;
  readonly #eta: number;
  /** What the ending asks of the last step, however loose the steps before it. */
  readonly #lastEta: number;
  readonly #onIteration: MinimizeOptions<J>["onIteration"];

  readonly #seconds: PhaseSeconds = { linearize: 0, factorize: 0, linearSolve: 0, update: 0 };
  readonly #records: IterationRecord[] = [];
  readonly #initialCost: number;
  readonly #r: Float64Array;
  readonly #g: Float64Array;
  readonly #dx: Float64Array;
  readonly #row: Float64Array;
  #x: X;
  #cost: number;
  #best: { readonly x: X; readonly cost: number };
  #J: J | undefined;
  #damping = nielsenDamping();
  /** Steps since the cost was lowest. */
  #watch = 0;
  #lastLinear: LinearReport | undefined;
  /** The damping that was needed when undamped steps failed last: they are tried again at a tenth of it. */
  #neededDamping = Number.POSITIVE_INFINITY;
  /** The lowest cost when undamped steps failed last. */
  #undampedFailed = Number.POSITIVE_INFINITY;
  /** The decrease that the first of those steps promised. */
  #promised = 0;
  #end: { readonly termination: Termination; readonly message: string } | undefined;

  constructor(problem: LeastSquaresProblem<X, J>, x0: X, options: MinimizeOptions<J>) {
    const { policy, solver, counters = newCounters(), method = "lm", maxIterations = 50, ftol = 1e-6, eta = 1e-2, onIteration } = options;
    checkChoice("method", method, ["gn", "lm"]);
    checkInteger("maxIterations", maxIterations, 0);
    checkNumber("ftol", ftol, 0);
    checkNumber("eta", eta, 0, 1);
    this.#problem = problem;
    this.#policy = policy;
    this.#solver = solver;
    this.#counters = counters;
    this.#method = method;
    this.#maxIterations = maxIterations;
    this.#ftol = ftol;
    this.#eta = eta;
    this.#lastEta = Math.min(eta, 0.1);
    this.#onIteration = onIteration;
    this.#r = new Float64Array(problem.rows);
    this.#row = new Float64Array(problem.rows);
    this.#g = new Float64Array(problem.cols);
    this.#dx = new Float64Array(problem.cols);
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
    const d = this.#dampingDiagonal(J);
    const failure = this.#timed("factorize", () => {
      if (this.#records.length === 0) this.#solver.analyze(J);
      return this.#solver.factor(J, d);
    });
    if (failure !== undefined) {
      if (this.#damping.value === 0) this.#promised = 0;
      this.#record(began, 0, 0, Number.NaN, false);
      this.#reject(failure.termination === "breakdown" ? "breakdown" : "non-finite", failure.message);
      return;
    }
    const linear = this.#timed("linearSolve", () => this.#solver.solve(this.#g, this.#dx, this.#eta, false));
    this.#lastLinear = linear;
    if (linear.termination !== "tolerance-met" && linear.termination !== "verified") this.#counters.events.fallbacks++;
    this.#try(J, d, linear, began);
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
    return J;
  }

  #dampingDiagonal(J: J): Float64Array | undefined {
    const lambda = this.#damping.value;
    // An unknown on which no residual depends here is held where it is.
    return lambda === 0 ? undefined : J.columnSquares().map((square) => lambda * (square === 0 ? 1 : square));
  }

  #try(J: J, d: Float64Array | undefined, linear: LinearReport, began: number): void {
    const dx = this.#dx;
    if (isZero(dx)) {
      this.#record(began, 0, linear.iterations, Number.NaN, false);
      this.#reject(linear.termination === "non-finite" ? "non-finite" : "breakdown", `the linear solve gave no step: ${linear.message}`);
      return;
    }
    const predicted = this.#predictedDecrease(J);
    const candidate = this.#timed("update", () => this.#problem.retract(this.#x, dx, this.#policy.update));
    const cost = this.#timed("update", () => this.#costAt(candidate));
    const decrease = this.#cost - cost;
    // Below this a difference of costs is rounding: such a step neither rises nor falls.
    const noise = cost < this.#best.cost ? tolerance(fp64, 1, 16) * cost : roundingNoise(this.#problem, this.#best.x);
    const flat = Math.abs(decrease) <= noise && predicted <= noise;
    const lowest = cost < this.#best.cost || (flat && cost <= this.#best.cost + noise);
    const undamped = this.#damping.value === 0;
    const tentative = undamped && Number.isFinite(cost) && this.#watch + 1 < WATCH[this.#method];
    // A step across the bottom of a valley may change the cost little and leave it high: the model must promise little too.
    const little = Math.max(this.#ftol * this.#cost, noise);
    const settled = Math.abs(decrease) <= little && predicted <= little && (lowest || this.#watch === 0);
    // A damped step may be small because of the damping: it decides only where undamped steps have just failed that promised no more than it.
    if (undamped && this.#watch === 0) this.#promised = predicted;
    const conclusive = undamped || (this.#undampedFailed <= this.#best.cost * (1 + this.#ftol) && this.#promised <= little);
    const converging = settled && conclusive;
    const end = converging ? this.#verify(J, d, candidate, cost, decrease) : undefined;
    const gainRatio = decrease / predicted;
    if (end === undefined && lowest) this.#move(candidate, cost);
    else if (end === undefined && tentative) {
      this.#watch++;
      this.#x = candidate;
      this.#cost = cost;
      this.#J = undefined;
    }
    this.#record(began, norm(dx), linear.iterations + (end?.cgIterations ?? 0), gainRatio, lowest || tentative);
    if (end !== undefined) this.#finish(end.termination, end.message);
    else if (lowest) this.#afterLowest(decrease, gainRatio, flat);
    else if (!tentative) {
      const termination = !Number.isFinite(cost) ? "non-finite" : this.#method === "gn" ? "diverged" : "stagnated";
      this.#reject(termination, `no step lowers the cost ${this.#shown(this.#best.cost)}; the linear solve says: ${linear.message}`);
    }
  }

  #afterLowest(decrease: number, gainRatio: number, flat: boolean): void {
    if (this.#cost === 0) this.#finish("converged", "the residual is zero");
    const lambda = this.#damping.value;
    if (lambda === 0) return;
    const tryUndamped = flat || (decrease <= this.#ftol * this.#cost && lambda <= 0.1 * this.#neededDamping);
    this.#damping = tryUndamped ? nielsenDamping() : this.#damping.accept(gainRatio);
  }

  #reject(termination: Termination, message: string): void {
    this.#counters.events.rejectedSteps++;
    if (this.#watch > 0) this.#move(this.#best.x, this.#best.cost);
    if (this.#method === "gn") {
      this.#finish(termination, message);
      return;
    }
    if (this.#damping.value === 0) this.#undampedFailed = this.#best.cost;
    this.#damping = this.#damping.reject();
    this.#neededDamping = this.#damping.value;
    if (this.#damping.value > MOST_DAMPING) this.#finish(termination, message);
  }

  /** -(g'dx + |J dx|^2 / 2), doubled as the cost is |r|^2 and not half of it. */
  #predictedDecrease(J: J): number {
    J.multiply(this.#dx, this.#row);
    return -2 * dot(this.#g, this.#dx) - dot(this.#row, this.#row);
  }

  /**
   * Holds the step to the gradient in fp64 and, where it fails, lets the inner solve go on. Moves to the best candidate.
   * The fp64 quantities decide the ending alone and never feed back into the step.
   */
  #verify(J: J, d: Float64Array | undefined, candidate: X, cost: number, decrease: number): Ending {
    const exact = this.#exactly(J);
    let best = { candidate, cost };
    let cgIterations = 0;
    let error = this.#relativeResidual(exact, d);
    for (let round = 1; error > this.#lastEta && round <= MOST_REFINEMENTS; round++) {
      const linear = this.#timed("linearSolve", () => this.#solver.solve(this.#g, this.#dx, this.#eta * 0.1 ** round, true));
      cgIterations += linear.iterations;
      const refined = this.#relativeResidual(exact, d);
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

  /** What the step leaves of its equations in fp64, over the size it should not exceed eta times; in the solver's norm. */
  #relativeResidual(exact: ExactEquations, d: Float64Array | undefined): number {
    const size = Math.max(this.#solver.norm(exact.g), Math.sqrt(this.#ftol * this.#cost));
    return this.#solver.norm(exact.residual(this.#dx, d)) / size;
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
    const record = { cost: this.#shown(this.#cost), step, damping: this.#damping.value, gainRatio, cgIterations, accepted, seconds };
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

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

function isZero(x: Float64Array): boolean {
  for (let j = 0; j < x.length; j++) if (x[j] !== 0) return false;
  return true;
}

function norm(x: Float64Array): number {
  return Math.sqrt(dot(x, x));
}
