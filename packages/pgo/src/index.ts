export type { BetweenFactor } from "./between.ts";
export type { CostName } from "./cost-conventions.ts";
export { costOf, costs } from "./costs.ts";
export { DirectSolver, type DirectSolverOptions } from "./direct-solver.ts";
export type { FactorTag } from "./factors/built-in.ts";
export type { Factor, VariableKind } from "./factors/factor.ts";
export { type Extras, type FactorSet, factorCount, type Landmarks, type Sensors } from "./factors/sets.ts";
export { checkGraph, informationMatrix, informationSize, type PoseGraph, poseDof, poseSize } from "./graph.ts";
export type { Initialization } from "./init/initialization.ts";
export { readG2o, writeG2o } from "./io/g2o.ts";
export type { ReadGraph, UnknownTag } from "./io/read-graph.ts";
export { readToro, writeToro } from "./io/toro.ts";
export { BsrJacobian } from "./jacobian.ts";
export { CgnrSolver, type CgnrSolverOptions, type PreconditionerName } from "./normal-solver.ts";
export { PoseGraphProblem } from "./problem.ts";
export type { Refresh } from "./refresh.ts";
export {
  chi2,
  type PoseGraphOptions,
  type PoseGraphReport,
  type PoseGraphRun,
  SIXTEEN_BIT,
  solve,
  start,
} from "./solve.ts";
export { type GraphSurvey, type RangeCount, surveyGraph } from "./survey.ts";
