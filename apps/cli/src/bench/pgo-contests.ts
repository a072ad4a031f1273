import { type PoseGraphRun, SIXTEEN_BIT, start } from "@slam/pgo";
import { ArenaPool } from "@slam/wasm";
import { policyOf } from "../policy.ts";
import { graphOf, WORLDS } from "../worlds.ts";
import { POLICIES, type SolveContest } from "./solve-bench.ts";

/** Factors of the larger ones are beyond the second-level cache: there "mixed" stores them in 16 bits. */
const GRAPHS: readonly (readonly [world: string, poses: number])[] = [
  ["manhattan", 1000],
  ["manhattan", 10_000],
  ["sphere", 400],
  ["sphere", 2500],
];

/** Generated pose graphs, as `slam pgo` solves them without flags, in each policy. */
export function* pgoContests(): Generator<SolveContest<PoseGraphRun>> {
  for (const [problem, poses] of GRAPHS) {
    const graph = graphOf(WORLDS[problem]!({ poses, seed: 1 }));
    const entrants = POLICIES.map((name) => {
      const [policy, arenas] = [policyOf({ preset: name, name }, SIXTEEN_BIT), new ArenaPool()];
      return {
        name,
        start: () => {
          arenas.recycle();
          return start(graph, { policy, arenas });
        },
      };
    });
    yield { problem, size: { poses, edges: graph.from.length }, linear: "cgnr", entrants, costOf: ({ cost }) => cost.final };
  }
}
