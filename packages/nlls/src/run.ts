import type { LinearSolver, Scratch } from "@slam/linop";
import type { Counters } from "./counters.ts";
import type { Method } from "./method.ts";
import type { Policy } from "./policy.ts";
import type { Jacobian } from "./problem.ts";
import type { IterationRecord, SolveReport } from "./report.ts";

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
  /** What the run's vectors are taken from; they are used as long as the run is stepped. Default new arrays. */
  readonly scratch?: Scratch;
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
  /** The best point so far; until the run is done, a step may hand it to the problem's `discard`. */
  readonly x: X;
  readonly report: SolveReport;
  /** One outer iteration. */
  step(): void;
  /** Ends the run; x stays the best point. */
  cancel(message: string): void;
}
