import { type Coarsening, coarsen } from "./coarsen-graph.ts";
import type { RandomIndex } from "./random-index.ts";
import { Separation } from "./separation.ts";
import type { WeightedGraph } from "./weighted-graph.ts";

/** Coarsening stops here, or where a step leaves more than SLOW of the vertices. */
const COARSEST = 60;
const SLOW = 0.9;
/** Separations tried on the coarsest graph. */
const TRIALS = 8;

/**
 * A few vertices without which the graph falls into two parts of similar weight, by a multilevel method: the graph is coarsened by
 * heavy-edge matchings, the coarsest one separated by greedy graph growing, and the separation refined on each graph on the way back.
 *
 * @returns part, length n: 0 and 1, not joined by an edge, and SEPARATOR.
 * @see Karypis, Kumar, A fast and high quality multilevel scheme for partitioning irregular graphs, SIAM J. Sci. Comput. 20 (1998).
 */
export function vertexSeparator(graph: WeightedGraph, random: RandomIndex): Uint8Array {
  const steps: Coarsening[] = [];
  let coarsest = graph;
  const maxWeight = Math.ceil((1.5 * graph.total) / COARSEST);
  while (coarsest.n > COARSEST) {
    const step = coarsen(coarsest, maxWeight, random);
    if (step.coarse.n > SLOW * coarsest.n) break;
    steps.push(step);
    coarsest = step.coarse;
  }
  let part = separateCoarsest(coarsest, random);
  for (const { fine, coarseOf } of steps.reverse()) {
    const separation = new Separation(fine);
    for (let v = 0; v < fine.n; v++) separation.part[v] = part[coarseOf[v]];
    separation.refine();
    part = separation.part;
  }
  return part;
}

function separateCoarsest(graph: WeightedGraph, random: RandomIndex): Uint8Array {
  const separation = new Separation(graph);
  const best = new Uint8Array(graph.n);
  let least = Number.POSITIVE_INFINITY;
  for (let trial = 0; trial < TRIALS; trial++) {
    separation.grow(random);
    separation.refine();
    const cost = separation.cost();
    if (cost >= least) continue;
    least = cost;
    best.set(separation.part);
  }
  return best;
}
