export type { BetweenFactor } from "./between.ts";
export { DirectSolver, type DirectSolverOptions } from "./direct-solver.ts";
export { checkGraph, informationMatrix, informationSize, type PoseGraph, poseDof, poseSize } from "./graph.ts";
export { readG2o, writeG2o } from "./io/g2o.ts";
export type { ReadGraph, UnknownTag } from "./io/read-graph.ts";
export { readToro, writeToro } from "./io/toro.ts";
export { BsrJacobian } from "./jacobian.ts";
export type { Finding, RuleCount } from "./lint/findings.ts";
export { type LintReport, lintG2o, lintToro } from "./lint/lint.ts";
export type { RuleName, Severity } from "./lint/rules.ts";
export { CgnrSolver, type CgnrSolverOptions, type PreconditionerName } from "./normal-solver.ts";
export { PoseGraphProblem } from "./problem.ts";
export type { Refresh } from "./refresh.ts";
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
