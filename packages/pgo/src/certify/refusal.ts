import { hasExtras } from "../factors/sets.ts";
import type { PoseGraph } from "../graph.ts";
import { rootOf } from "../root-of.ts";
import type { ChordalForm } from "./chordal-form.ts";

/** Why SE-Sync's relaxation is not of graphs of this kind; undefined where it is. */
export function refusalOfKind(graph: PoseGraph, fixed: readonly number[]): string | undefined {
  if (graph.similarity !== undefined) return "the relaxation is of poses without a scale";
  if (hasExtras(graph)) return "the relaxation is of poses and edges alone, and the graph has landmarks, priors or other measurements";
  if (fixed.length > 1)
    return `${fixed.length} poses are held; the relaxation leaves all poses free but for the gauge, which one held pose fixes`;
  return undefined;
}

/** Why it does not bound what this graph costs. */
export function refusalOf(graph: PoseGraph, form: ChordalForm): string | undefined {
  const bad = form.kappa.findIndex((kappa, e) => !(kappa >= 0 && form.tau[e] >= 0));
  if (bad >= 0) {
    return `the information of the edge ${graph.ids[graph.from[bad]]} -> ${graph.ids[graph.to[bad]]} is indefinite; \`slam lint\` repairs such matrices`;
  }
  const parts = countParts(form);
  if (parts > 1) return `edges that weigh both turns and moves leave ${parts} parts free against each other: certify each by itself`;
  return graph.ids.length < 2 ? "nothing is measured" : undefined;
}

/** Of the poses, joined by edges of positive kappa and tau. */
function countParts({ n, from, to, kappa, tau }: ChordalForm): number {
  const parent = Int32Array.from({ length: n }, (_, k) => k);
  let parts = n;
  for (let e = 0; e < from.length; e++) {
    if (!(kappa[e] > 0 && tau[e] > 0)) continue;
    const [a, b] = [rootOf(parent, from[e]), rootOf(parent, to[e])];
    if (a === b) continue;
    parent[a] = b;
    parts--;
  }
  return parts;
}
