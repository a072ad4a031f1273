import type { Termination, Work } from "@slam/linop";
import type { PrecisionEvents } from "./counters.ts";
import type { PhaseEfforts, PhaseSeconds } from "./phases.ts";

/** One outer iteration. */
export interface IterationRecord {
  /** |r|^2, or what the problem takes for its cost, after it, evaluated in fp64, times the problem's `costScale`. */
  readonly cost: number;
  /** |dx| of the step tried. */
  readonly step: number;
  /**
   * What held the step back, 0 for nothing. "lm": lambda. "dogleg": |D^-1 g| over the radius, D^2 = diag(J'J), for a step that the radius cut short: the
   * lambda with which Levenberg-Marquardt's steepest steps are as long.
   */
  readonly damping: number;
  /** Actual decrease over the linear model's. */
  readonly gainRatio: number;
  readonly cgIterations: number;
  readonly accepted: boolean;
  readonly seconds: number;
}

/** What a report says of the linear solver. */
export interface LinearSummary {
  readonly solver: string;
  readonly preconditioner: string;
  readonly factorizations: number;
  readonly cgIterations: number;
  readonly factorNonzeros: number;
}

export interface SolveReport {
  readonly termination: Termination;
  /** One sentence with the numbers in it. */
  readonly message: string;
  readonly initialCost: number;
  readonly finalCost: number;
  readonly iterations: readonly IterationRecord[];
  readonly cgIterations: number;
  readonly seconds: Readonly<PhaseSeconds>;
  /** What of `work` ran in which phase, and how long what was timed took. */
  readonly phases: PhaseEfforts;
  readonly precision: Readonly<PrecisionEvents>;
  readonly work: Work;
}
