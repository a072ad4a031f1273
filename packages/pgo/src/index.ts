export type { BetweenFactor } from "./between.ts";
export { DirectSolver, type DirectSolverOptions } from "./direct-solver.ts";
export { addFalseLoops, type FalseLoopsOptions } from "./false-loops.ts";
export { checkGraph, informationMatrix, informationSize, type PoseGraph, poseDof, poseSize } from "./graph.ts";
export { readG2o, writeG2o } from "./io/g2o.ts";
export type { ReadGraph, UnknownTag } from "./io/read-graph.ts";
export { readToro, writeToro } from "./io/toro.ts";
export { BsrJacobian } from "./jacobian.ts";
export { CgnrSolver, type CgnrSolverOptions, type PreconditionerName } from "./normal-solver.ts";
export { PoseGraphProblem } from "./problem.ts";
export type { Refresh } from "./refresh.ts";
export type { LossName, LossOptions, LossReport, RejectedEdge } from "./robust.ts";
export {
  chi2,
  type Initialization,
  type PoseGraphOptions,
  type PoseGraphReport,
  type PoseGraphRun,
  SIXTEEN_BIT,
  solve,
  start,
} from "./solve.ts";
export { type GraphSurvey, type RangeCount, surveyGraph } from "./survey.ts";
