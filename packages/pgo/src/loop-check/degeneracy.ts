import { type BitGraph, lowestBit } from "./bit-graph.ts";

export interface Degeneracy {
  /** Vertices in the order in which they go, that with the fewest neighbours left first, the lowest of these. */
  readonly order: readonly number[];
  /**
   * The core number of each vertex: the largest k such that it lies in a subgraph in which all have k neighbours. A clique of k + 1 has only such of k and
   * more.
   */
  readonly core: Int32Array;
  /** The first set of vertices left that is a clique. */
  readonly clique: readonly number[];
}

/** O(n^2). */
export function degeneracy(graph: BitGraph): Degeneracy {
  const { n, words, rows } = graph;
  const degree = Int32Array.from({ length: n }, (_, v) => graph.degree(v));
  const isLeft = new Uint8Array(n).fill(1);
  const core = new Int32Array(n);
  const order: number[] = [];
  let clique: number[] = [];
  for (let left = n, k = 0; left > 0; left--) {
    let v = -1;
    for (let u = 0; u < n; u++) if (isLeft[u] === 1 && (v < 0 || degree[u] < degree[v])) v = u;
    if (clique.length === 0 && degree[v] === left - 1) clique = Array.from(isLeft.keys()).filter((u) => isLeft[u] === 1);
    k = Math.max(k, degree[v]);
    core[v] = k;
    order.push(v);
    isLeft[v] = 0;
    for (let w = 0; w < words; w++) {
      for (let bits = rows[v * words + w]; bits !== 0; bits &= bits - 1) degree[32 * w + lowestBit(bits)]--;
    }
  }
  return { order, core, clique };
}
