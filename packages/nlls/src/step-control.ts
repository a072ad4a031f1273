import type { LinearReport } from "@slam/linop";
import type { NormalEquations } from "./normal-equations.ts";
import type { Jacobian } from "./problem.ts";

/** Chooses each step from the linear model, and learns from what became of it. */
export interface StepControl<J extends Jacobian> {
  /** What holds the steps back, as records show it; 0: nothing. */
  readonly damping: number;
  /** The cost may be above its lowest after fewer steps in a row than this: none where it is 1. */
  readonly patience: number;
  /** dx <- a step. */
  propose(equations: NormalEquations<J>, dx: Float64Array): Proposal;
  /** Whether a step that settles the cost settles the solve: it is not small for the control's sake. */
  isConclusive(trial: Trial): boolean;
  /** The step led to the lowest cost so far. */
  accept(trial: Trial): void;
  /** The step is taken back, or there was none. @returns whether there is another to try. */
  reject(lowest: number): boolean;
}

export interface Proposal {
  readonly linear: LinearReport;
  /** Whether there is a factorisation; if not, dx is unchanged. */
  readonly factored: boolean;
}

/** A step that was tried. */
export interface Trial {
  /** After it. */
  readonly cost: number;
  /** Before it, of all points. */
  readonly lowest: number;
  /** Of the cost, as evaluated and as the linear model has it. */
  readonly decrease: number;
  readonly predicted: number;
  /** A change of the cost that settles it. */
  readonly little: number;
  /** Both decreases are no more than rounding. */
  readonly isFlat: boolean;
  /** It is from the lowest point. */
  readonly isFromLowest: boolean;
}
