import { type PoseGraphRun, SIXTEEN_BIT, start } from "@slam/pgo";
import { graphOf, WORLDS } from "../worlds.ts";
import { entrantsByPolicy, type SolveContest } from "./solve-bench.ts";

/** The last one's factor is so large that "mixed" stores it in 16 bits. */
const GRAPHS: readonly (readonly [world: string, poses: number])[] = [
  ["manhattan", 1000],
  ["manhattan", 10_000],
  ["sphere", 400],
  ["sphere", 10_000],
];

/** Generated pose graphs, as `slam pgo` solves them without flags, in each policy. */
export function* pgoContests(): Generator<SolveContest<PoseGraphRun>> {
  for (const [problem, poses] of GRAPHS) {
    const graph = graphOf(WORLDS[problem]!({ poses, seed: 1 }));
    const entrants = entrantsByPolicy(SIXTEEN_BIT, (shared) => start(graph, shared));
    yield { problem, size: { poses, edges: graph.from.length }, linear: "cgnr", entrants, costOf: ({ cost }) => cost.final };
  }
}
