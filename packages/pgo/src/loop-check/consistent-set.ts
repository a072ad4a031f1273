import { OptionError } from "@slam/errors";
import { BitGraph } from "./bit-graph.ts";
import { type CliqueOptions, maximumClique } from "./clique.ts";
import type { LoopCycles } from "./cycles.ts";

/** Loops whose first ends one chain of odometry connects, and whose second ends one chain, the same or another. */
export interface LoopSet {
  /** How many were tested against each other. */
  readonly loops: number;
  /** How many agree, each with all others. */
  readonly kept: number;
  /** No more than so many do: `kept` where `method` is "exact", else what could be proven. */
  readonly bound: number;
  /** "heuristic": the search for a larger set was ended by its effort. */
  readonly method: "exact" | "heuristic";
}

/** A loop that contradicts some of those that were kept. */
interface Contradiction {
  /** Its number among the cycles' loops. */
  readonly loop: number;
  /** How many it contradicts, one at least. */
  readonly disagrees: number;
  /** The one of them nearest along odometry, by its edge, and e'S^-1 e of both. */
  readonly nearest: number;
  readonly squared: number;
}

/** As many take 2e8 tests, some minutes, and 50 MB. */
const MOST_LOOPS = 20_000;

/**
 * Of these loops the most that agree, each with all others.
 *
 * @param loops numbers among the cycles' loops, all between the same two chains.
 * @param bound on e'S^-1 e of two that agree.
 * @throws OptionError for more than 20000 loops.
 */
export function consistentSet(
  cycles: LoopCycles,
  loops: readonly number[],
  bound: number,
  options: CliqueOptions,
): { readonly set: LoopSet; readonly contradictions: readonly Contradiction[] } {
  const agreement = agreementOf(cycles, loops, bound);
  const { members, ...clique } = maximumClique(agreement, options);
  const isKept = new Set(members);
  const contradictions: Contradiction[] = [];
  loops.forEach((loop, k) => {
    if (isKept.has(k)) return;
    const contradicted = members.filter((member) => !agreement.has(k, member)).map((member) => loops[member]);
    contradictions.push({ loop, disagrees: contradicted.length, ...nearestOf(cycles, loop, contradicted) });
  });
  return { set: { loops: loops.length, kept: members.length, ...clique }, contradictions };
}

/** Vertex k is loops[k]; those that agree are neighbours. */
function agreementOf(cycles: LoopCycles, loops: readonly number[], bound: number): BitGraph {
  if (loops.length > MOST_LOOPS) {
    throw new OptionError("loops to test against each other", {
      expected: `at most ${MOST_LOOPS}; a loss such as gnc-tls takes more`,
      actual: loops.length,
    });
  }
  const graph = new BitGraph(loops.length);
  for (let j = 1; j < loops.length; j++) {
    for (let i = 0; i < j; i++) if (!(cycles.againstEachOther(loops[i], loops[j]) > bound)) graph.join(i, j);
  }
  return graph;
}

function nearestOf(cycles: LoopCycles, loop: number, others: readonly number[]): Pick<Contradiction, "nearest" | "squared"> {
  const { a, b, edges } = cycles;
  const apart = (other: number): number => Math.abs(a[other] - a[loop]) + Math.abs(b[other] - b[loop]);
  const nearest = others.reduce((best, other) => (apart(other) < apart(best) ? other : best));
  // In the order in which they were tested.
  return { nearest: edges[nearest], squared: cycles.againstEachOther(Math.min(loop, nearest), Math.max(loop, nearest)) };
}
