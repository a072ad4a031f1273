export type { BetweenFactor } from "./between.ts";
export { type Certificate, type CertificateRefusal, type CertifyOptions, certify, isCertificate } from "./certify/certify.ts";
export type { Stair } from "./certify/staircase.ts";
export type { CostName } from "./cost-conventions.ts";
export { costOf, costs } from "./costs.ts";
export { DirectSolver, type DirectSolverOptions } from "./direct-solver.ts";
export type { FactorTag } from "./factors/built-in.ts";
export type { Factor, VariableKind } from "./factors/factor.ts";
export { type Extras, type FactorSet, factorCount, type Landmarks, type Sensors } from "./factors/sets.ts";
export { addFalseLoops, type FalseLoopsOptions } from "./false-loops.ts";
export {
  checkGraph,
  informationMatrix,
  informationSize,
  type PoseGraph,
  type PoseShape,
  poseDof,
  poseSize,
  type SimilarityRecords,
} from "./graph.ts";
export type { Measurement } from "./incremental/check-measurement.ts";
export type { UpdateReport } from "./incremental/estimator.ts";
export {
  type Attachment,
  type EdgeBetween,
  IncrementalPoseGraph,
  type IncrementalPoseGraphOptions,
} from "./incremental/incremental-pose-graph.ts";
export type { Initialization } from "./init/initialization.ts";
export { readG2o, writeG2o } from "./io/g2o.ts";
export type { ReadGraph, UnknownTag } from "./io/read-graph.ts";
export { readToro, writeToro } from "./io/toro.ts";
export { BsrJacobian } from "./jacobian.ts";
export type { Finding, RuleCount } from "./lint/findings.ts";
export { type LintReport, lintG2o, lintToro } from "./lint/lint.ts";
export type { RuleName, Severity } from "./lint/rules.ts";
export type { CliqueOptions } from "./loop-check/clique.ts";
export type { LoopSet } from "./loop-check/consistent-set.ts";
export {
  findConsistentLoops,
  type InconsistentLoop,
  type LoopCheck,
  type LoopCheckOptions,
  type UntestedLoop,
} from "./loop-check/find-consistent-loops.ts";
export { type CandidateLoop, type GatedLoop, gateLoop } from "./loop-check/gate-loop.ts";
export { withoutEdges } from "./loop-check/without-edges.ts";
export { type MahalanobisDistance, mahalanobis } from "./mahalanobis.ts";
export { isMarginals, type LinearTerm, type Marginals, type MarginalsOptions, recoverMarginals } from "./marginals.ts";
export type { RankDeficiency } from "./normal-factor.ts";
export { CgnrSolver, type CgnrSolverOptions, type PreconditionerName } from "./normal-solver.ts";
export { numberedGraph } from "./numbered-graph.ts";
export { PoseGraphProblem } from "./problem.ts";
export type { Refresh } from "./refresh.ts";
export type { LossName, LossOptions, LossReport, RejectedEdge, RejectedFactor } from "./robust.ts";
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
