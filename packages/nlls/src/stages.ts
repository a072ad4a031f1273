import { type LinearSolver, newArrays, type Termination } from "@slam/linop";
import { start } from "./minimize.ts";
import { sumOfPhases } from "./phases.ts";
import type { Jacobian, LeastSquaresProblem } from "./problem.ts";
import type { IterationRecord, SolveReport } from "./report.ts";
import type { RobustProblem, WeighableJacobian } from "./robust.ts";
import type { MinimizeOptions, Run } from "./run.ts";

/** A problem and where it is started from. */
export interface Stage<X, J extends Jacobian> {
  readonly problem: LeastSquaresProblem<X, J>;
  readonly x: X;
}

/** Is handed the point that the stage before led to (the first time: nothing), yields the next stage and returns the last. */
export type Stages<X, J extends Jacobian> = Generator<Stage<X, J>, Stage<X, J>, X>;

/** A stage that finds no step down in so many is left: as many as the watchdog and a few dampings take. */
const MOST_STEPS = 15;

/**
 * Minimises `goal`, the last stage's problem, from where stages before it lead: surrogates on the same rows and columns, of whose minima only the way
 * matters. Each is left after the first step that lowers its cost; the last runs to its end as `start` does, and how that ends is how it all ends.
 *
 * Costs in the report are the goal's from the first point on, whatever the stage minimised; damping and gain ratios are the stage's. `maxIterations` counts
 * the steps of all stages.
 *
 * @throws OptionError for options out of range.
 */
export function startStages<X, J extends WeighableJacobian>(
  goal: RobustProblem<X, J>,
  x0: X,
  stages: Stages<X, J>,
  options: MinimizeOptions<J>,
): Run<X> {
  return new StagedMinimization(goal, x0, stages, options);
}

class StagedMinimization<X, J extends WeighableJacobian> implements Run<X> {
  readonly #goal: RobustProblem<X, J>;
  readonly #stages: Stages<X, J>;
  readonly #options: MinimizeOptions<J>;
  readonly #maxIterations: number;
  readonly #initialCost: number;
  readonly #records: IterationRecord[] = [];
  /** Of the stages before the one at hand. */
  readonly #left: Pick<SolveReport, "seconds" | "phases">[] = [];
  #run: Run<X>;
  #isLast = false;
  /** The stage at hand has done its part. */
  #isLeft = false;
  #cancelled: { readonly termination: Termination; readonly message: string } | undefined;

  constructor(goal: RobustProblem<X, J>, x0: X, stages: Stages<X, J>, options: MinimizeOptions<J>) {
    this.#goal = goal;
    this.#stages = stages;
    this.#options = { ...options, solver: analyzedOnce(options.solver) };
    this.#maxIterations = options.maxIterations ?? 50;
    this.#initialCost = this.#costAt(x0);
    this.#run = this.#next(x0);
  }

  get done(): boolean {
    return this.#cancelled !== undefined || (this.#isLast && this.#run.done);
  }

  get x(): X {
    return this.#run.x;
  }

  get report(): SolveReport {
    const last = this.#run.report;
    const { iterations } = last;
    const message =
      last.termination === "max-iterations"
        ? `${this.#maxIterations} iterations, ${this.#isLast ? iterations.length : 0} of them after the stages, were not enough`
        : last.message;
    return {
      ...last,
      message,
      ...this.#cancelled,
      initialCost: this.#initialCost,
      finalCost: this.#costAt(this.x),
      iterations: this.#records,
      cgIterations: this.#records.reduce((sum, record) => sum + record.cgIterations, 0),
      ...sumOfPhases([...this.#left, last]),
    };
  }

  cancel(message: string): void {
    if (!this.done) this.#cancelled = { termination: "cancelled", message };
  }

  step(): void {
    if (this.done) return;
    if (this.#isLeft) {
      const { seconds, phases } = this.#run.report;
      this.#left.push({ seconds, phases });
      this.#run = this.#next(this.x);
    }
    const { x } = this;
    this.#run.step();
    this.#isLeft = this.#run.done || (!this.#isLast && this.x !== x);
  }

  #next(reached: X): Run<X> {
    const { value, done = false } = this.#stages.next(reached);
    this.#isLast = done;
    const left = Math.max(0, this.#maxIterations - this.#records.length);
    return start(value.problem, value.x, {
      ...this.#options,
      // What a scratch gives lasts as long as the whole run, a stage's vectors as long as the stage.
      scratch: newArrays,
      maxIterations: done ? left : Math.min(left, MOST_STEPS),
      onIteration: (record) => {
        const shown = { ...record, cost: this.#costAt(this.x) };
        this.#records.push(shown);
        this.#options.onIteration?.(shown, this.#records.length);
      },
    });
  }

  #costAt(x: X): number {
    return this.#goal.cost(x) * this.#goal.costScale;
  }
}

/** All stages have one structure: it is analysed for the first. */
function analyzedOnce<J extends Jacobian>(solver: LinearSolver<J>): LinearSolver<J> {
  let isAnalyzed = false;
  return {
    name: solver.name,
    analyze(J) {
      if (!isAnalyzed) solver.analyze(J);
      isAnalyzed = true;
    },
    factor: (J, d) => solver.factor(J, d),
    solve: (g, dx, rtol, warm) => solver.solve(g, dx, rtol, warm),
    norm: (v) => solver.norm(v),
  };
}
