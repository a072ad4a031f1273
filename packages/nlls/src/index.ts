export { cauchy, dcs, gemanMcClure, graduatedTruncated, huber, type Loss, softL1, truncated, tukey } from "./loss.ts";
export type { Method } from "./method.ts";
export { type Counters, type MinimizeOptions, newCounters, type Refinement, type Run, start } from "./minimize.ts";
export { chooseBySize, OPERATIONS, type Policy, type PresetName, parsePolicy, presetPolicy } from "./policy.ts";
export type { Jacobian, LeastSquaresProblem } from "./problem.ts";
export type { IterationRecord, LinearSummary, PhaseSeconds, PrecisionEvents, SolveReport } from "./report.ts";
export { RobustProblem, type WeighableJacobian } from "./robust.ts";
export { type Cancellation, drive, type Solution, solve } from "./solve.ts";
export { type Stage, type Stages, startStages } from "./stages.ts";
