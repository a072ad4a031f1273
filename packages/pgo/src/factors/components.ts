import type { PoseGraph } from "../graph.ts";
import { rootOf } from "../root-of.ts";
import { factorOf } from "./built-in.ts";
import { landmarkCount } from "./sets.ts";
import { variableNumbers } from "./terms.ts";

/**
 * For each variable, poses first and then landmarks, the lowest variable that edges and factors connect it with; through those of `held` nothing is
 * connected, and they are -1.
 */
export function componentsOf(graph: PoseGraph, held: Uint8Array): Int32Array {
  const parent = Int32Array.from({ length: graph.ids.length + landmarkCount(graph) }, (_, v) => v);
  const join = (a: number, b: number): void => {
    if (held[a] === 1 || held[b] === 1) return;
    const [ra, rb] = [rootOf(parent, a), rootOf(parent, b)];
    parent[Math.max(ra, rb)] = Math.min(ra, rb);
  };
  for (let e = 0; e < graph.from.length; e++) join(graph.from[e], graph.to[e]);
  for (const set of graph.factors ?? []) {
    const each = factorOf(set.factor).variables.length;
    const variables = variableNumbers(graph, set);
    for (let at = 0; at < variables.length; at += each) joinAll(variables.subarray(at, at + each), held, join);
  }
  return parent.map((_, v) => (held[v] === 1 ? -1 : rootOf(parent, v)));
}

/** Each free one with the next free one. */
function joinAll(variables: Int32Array, held: Uint8Array, join: (a: number, b: number) => void): void {
  let before = -1;
  for (const v of variables) {
    if (held[v] === 1) continue;
    if (before >= 0) join(before, v);
    before = v;
  }
}

/** The components, by the variable that stands for each, from which an edge leads to a held pose. */
export function tiedByEdges({ from, to }: PoseGraph, component: Int32Array): Set<number> {
  const tied = new Set<number>();
  for (let e = 0; e < from.length; e++) {
    const [a, b] = [component[from[e]], component[to[e]]];
    if (a < 0 !== b < 0) tied.add(Math.max(a, b));
  }
  return tied;
}

/** 1 for each variable that is held. */
export function heldVariables(graph: PoseGraph, poses: Iterable<number>): Uint8Array {
  const held = new Uint8Array(graph.ids.length + landmarkCount(graph));
  for (const k of poses) held[k] = 1;
  for (const k of graph.landmarks?.fixed ?? []) held[graph.ids.length + k] = 1;
  return held;
}
