/** How a solve may end. Only a nonlinear solver says "converged". */
export type Termination =
  | "converged"
  | "max-iterations"
  | "stagnated"
  | "diverged"
  | "breakdown"
  | "non-finite"
  | "out-of-memory"
  | "time-budget"
  | "cancelled";

/**
 * How an inner, linear solve may end. "tolerance-met": the recurrence's residual is small enough. "verified": the true residual,
 * recomputed with the exact operator, is.
 */
export type LinearTermination = "tolerance-met" | "verified" | Exclude<Termination, "converged" | "diverged" | "time-budget" | "cancelled">;

export interface LinearReport {
  readonly termination: LinearTermination;
  /** One sentence with the numbers in it. */
  readonly message: string;
  readonly iterations: number;
  /** |s| / |g| at the end, in the solver's own norm: recomputed where "verified" or "stagnated", else the recurrence's. */
  readonly relativeResidual: number;
}
