export type { KolmogorovSmirnov, PairedDifference } from "./compare-samples.ts";
export {
  type ClosureFindings,
  type Curve,
  type EstimationFindings,
  type Findings,
  findingsOf,
  type GraphFindings,
  type Spread,
  type SweepPoint,
} from "./findings.ts";
export { GRAPH_SOLVES, type GraphSolveName } from "./graph.ts";
export type { PathResult } from "./path.ts";
export type { Pattern, PatternResult } from "./pattern.ts";
export { PIPELINE_POLICIES, type PipelinePolicy, type PipelineResult } from "./pipeline.ts";
export { POLICIES, type PolicyName } from "./policies.ts";
export type { Scene } from "./scene.ts";
export { type Patrol, type Recording, robotCamera, type SceneSource, sceneOf } from "./scenes.ts";
export type { PartShares } from "./shares.ts";
export { FULL, type PlanSize, planTasks, QUICK, type Result, runTask, type Task } from "./tasks.ts";
