export { convertInto } from "./convert-into.ts";
export { type Energy, type EnergyTable, energyOf, horowitzCache, horowitzDram } from "./energy.ts";
export type { LinearSolver } from "./linear-solver.ts";
export { vectorSpace } from "./make-vector-space.ts";
export { type LinearOperator, multiplyNormal, type Preconditioner } from "./operator.ts";
export type { LinearReport, LinearTermination, Termination } from "./report.ts";
export { addSeconds, type OperationSeconds, timedOperator, timedPreconditioner } from "./timed.ts";
export type { SpaceCounters, VectorSpace } from "./vector-space.ts";
export { type Operation, totalOf, Work } from "./work.ts";
