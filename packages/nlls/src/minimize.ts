import { checkChoice, checkInteger, checkNumber } from "@slam/errors";
import { fp64, tolerance, wider } from "@slam/float";
import { type LinearReport, newArrays, type Scratch, type Termination } from "@slam/linop";
import { type Counters, newCounters } from "./counters.ts";
import { EndingCheck, type Landing } from "./ending.ts";
import { EXACT, isExact } from "./exact-equations.ts";
import { METHODS, type Method, stepControl } from "./method.ts";
import { NormalEquations } from "./normal-equations.ts";
import { PhaseClock } from "./phases.ts";
import type { Policy } from "./policy.ts";
import type { Jacobian, LeastSquaresProblem } from "./problem.ts";
import type { IterationRecord, SolveReport } from "./report.ts";
import { type NoiseVectors, noiseVectors, roundingNoise } from "./rounding-noise.ts";
import type { MinimizeOptions, Refinement, Run } from "./run.ts";
import type { StepControl, Trial } from "./step-control.ts";
import { dot, isZero, norm } from "./vector.ts";

/** A step that brings less than this of its promise has left the linear model, and one that brings less than this of the cost too creeps along a valley. */
const SHORT = 0.75;
const CREEPING = 0.1;

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
  readonly #counters: Counters;
  readonly #method: Method;
  readonly #maxIterations: number;
  readonly #ftol: number;
  readonly #refine: Refinement<X>["refine"];
  readonly #onIteration: MinimizeOptions<J>["onIteration"];
  readonly #scratch: Scratch;

  readonly #clock: PhaseClock;
  readonly #records: IterationRecord[] = [];
  readonly #initialCost: number;
  readonly #r: Float64Array;
  readonly #g: Float64Array;
  readonly #dx: Float64Array;
  /** Scratch, which the equations use too. */
  readonly #row: Float64Array;
  readonly #control: StepControl<J>;
  readonly #equations: NormalEquations<J>;
  readonly #check: EndingCheck<X, J>;
  #x: X;
  #cost: number;
  #best: { readonly x: X; readonly cost: number };
  /** Not the run's to discard. */
  readonly #start: X;
  #J: J | undefined;
  /** Where the residual in fp64 that `#row` holds was evaluated, while it does. */
  #rowAt: X | undefined;
  /** Made when a step first fails to lower the cost. */
  #noiseVectors: NoiseVectors | undefined;
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
      scratch = newArrays,
      onIteration,
    } = options;
    checkChoice("method", method, METHODS);
    checkInteger("maxIterations", maxIterations, 0);
    checkNumber("ftol", ftol, 0);
    checkNumber("eta", eta, 0, 1);
    checkNumber("firstDamping", firstDamping, 0);
    this.#problem = problem;
    this.#policy = policy;
    this.#counters = counters;
    this.#clock = new PhaseClock(counters);
    this.#method = method;
    this.#maxIterations = maxIterations;
    this.#ftol = ftol;
    this.#refine = refine;
    this.#onIteration = onIteration;
    this.#scratch = scratch;
    this.#r = scratch.numbers(problem.rows);
    this.#row = scratch.numbers(problem.rows);
    this.#g = scratch.numbers(problem.cols);
    this.#dx = scratch.numbers(problem.cols);
    this.#control = stepControl(method, ftol, firstDamping);
    this.#equations = new NormalEquations(this.#row, {
      solver,
      eta,
      events: counters.events,
      clock: this.#clock,
      scratch,
    });
    const costAt = (x: X): number => this.#costAt(x);
    this.#check = new EndingCheck({ problem, policy, solver, equations: this.#equations, ftol, eta, costAt, scratch });
    this.#start = x0;
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
      seconds: this.#clock.seconds,
      phases: this.#clock.efforts,
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
    const J = this.#clock.during("linearize", () => this.#linearize());
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
    } else if (isZero(this.#check.exactly(this.#x, J, this.#r).g)) this.#finish("converged", "the gradient is zero");
    else this.#finish("stagnated", `the gradient is zero in ${this.#policy.jacobian.name}, but not in fp64`);
  }

  /** r, J and g at x, in their formats; kept while steps from x are rejected. */
  #linearize(): J {
    const isEvaluated = this.#rowAt === this.#x;
    this.#rowAt = undefined;
    if (this.#J !== undefined) return this.#J;
    const { residual, jacobian } = this.#policy;
    // A step that is taken is linearised where its cost was evaluated.
    if (isEvaluated && isExact(residual)) this.#r.set(this.#row);
    else this.#problem.residual(this.#x, residual, this.#r);
    const J = this.#clock.timed("jacobian", () => this.#problem.jacobian(this.#x, jacobian));
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
    const { x: candidate, cost } = this.#clock.during("update", () => this.#land(predicted));
    const decrease = this.#cost - cost;
    // Below this a difference of costs is rounding: such a step neither rises nor falls.
    const noise = cost < this.#best.cost ? tolerance(fp64, 1, 16) * cost : this.#noiseAtBest();
    const isFlat = Math.abs(decrease) <= noise && predicted <= noise;
    const lowest = cost < this.#best.cost || (isFlat && cost <= this.#best.cost + noise);
    const tentative = Number.isFinite(cost) && this.#watch + 1 < this.#control.patience;
    // A step across the bottom of a valley may change the cost little and leave it high: the model must promise little too.
    const little = Math.max(this.#ftol * this.#cost, noise);
    const isFromLowest = this.#watch === 0;
    const trial: Trial = { cost, lowest: this.#best.cost, decrease, predicted, little, isFlat, isFromLowest };
    const conclusive = this.#control.isConclusive(trial);
    const settled = Math.abs(decrease) <= little && predicted <= little && (lowest || isFromLowest);
    const from = { x: this.#x, cost: this.#cost };
    const { x: best } = this.#best;
    const end = settled && conclusive ? this.#check.verify({ from, J, r: this.#r, dx, to: { x: candidate, cost } }) : undefined;
    if (end !== undefined && end.best.cost <= this.#best.cost) this.#move(end.best.x, end.best.cost);
    else if (end === undefined && lowest) this.#move(candidate, cost);
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
    this.#discard(candidate);
    this.#discard(from.x);
    if (best !== from.x) this.#discard(best);
  }

  /** Unless it is in use. */
  #discard(x: X): void {
    if (x !== this.#start && x !== this.#x && x !== this.#best.x) this.#problem.discard?.(x);
  }

  /** Where the step leads, refined where it falls short and creeps, unless it promises no more than what ends the solve. */
  #land(predicted: number): Landing<X> {
    const candidate = this.#problem.retract(this.#x, this.#dx, this.#policy.update);
    const cost = this.#clock.timed("residual", () => this.#costAt(candidate));
    const isLittle = this.#cost - cost < Math.min(SHORT * predicted, CREEPING * this.#cost);
    const isOpen = predicted > this.#ftol * this.#cost;
    const refined = isLittle && isOpen && this.#refine !== undefined ? this.#refine(candidate) : candidate;
    if (refined === candidate) return { x: candidate, cost };
    const refinedCost = this.#clock.timed("residual", () => this.#costAt(refined));
    return refinedCost < cost ? { x: refined, cost: refinedCost } : { x: candidate, cost };
  }

  #noiseAtBest(): number {
    this.#noiseVectors ??= noiseVectors(this.#problem, this.#scratch);
    return roundingNoise(this.#problem, this.#best.x, this.#noiseVectors);
  }

  #reject(termination: Termination, message: string): void {
    this.#counters.events.rejectedSteps++;
    if (this.#watch > 0) this.#move(this.#best.x, this.#best.cost);
    if (!this.#control.reject(this.#best.cost)) this.#finish(termination, message);
  }

  #costAt(x: X): number {
    if (this.#problem.cost !== undefined) return this.#problem.cost(x);
    this.#problem.residual(x, EXACT, this.#row);
    this.#rowAt = x;
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
}
