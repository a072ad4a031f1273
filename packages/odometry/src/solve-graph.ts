import type { Policy } from "@slam/nlls";
import { type PoseGraph, type PoseGraphReport, start } from "@slam/pgo";
import { graphPolicy } from "./options.ts";

export interface GraphSolution {
  readonly graph: PoseGraph;
  readonly report: PoseGraphReport;
}

/** The graph's optimum from where it is, in the formats of the policy. */
export function solveGraph(graph: PoseGraph, policy: Policy): GraphSolution {
  const run = start(graph, { policy: graphPolicy(policy), init: "file" });
  while (!run.done) run.step();
  return { graph: run.graph, report: run.report };
}
