import fc from "fast-check";
import { BitGraph } from "../../src/loop-check/bit-graph.ts";

/** Graphs of at most so many vertices, from without edges to complete. */
export function bitGraph(most: number): fc.Arbitrary<BitGraph> {
  return fc.record({ n: fc.integer({ min: 0, max: most }), percent: fc.integer({ min: 0, max: 100 }) }).chain(({ n, percent }) =>
    fc.array(fc.integer({ min: 0, max: 99 }), { minLength: (n * n) >> 1, maxLength: (n * n) >> 1 }).map((draws) => {
      const graph = new BitGraph(n);
      for (let j = 1, at = 0; j < n; j++) for (let i = 0; i < j; i++, at++) if (draws[at] < percent) graph.join(i, j);
      return graph;
    }),
  );
}

export function joined(n: number, ...edges: readonly (readonly [number, number])[]): BitGraph {
  const graph = new BitGraph(n);
  for (const [u, v] of edges) graph.join(u, v);
  return graph;
}

export function isClique(graph: BitGraph, members: readonly number[]): boolean {
  return members.every((u, k) => members.slice(0, k).every((v) => graph.has(u, v)));
}

/** Of all subsets. */
export function largestClique(graph: BitGraph): number {
  let largest = 0;
  for (let subset = 0; subset < 2 ** graph.n; subset++) {
    const members = Array.from({ length: graph.n }, (_, v) => v).filter((v) => (subset >> v) & 1);
    if (members.length > largest && isClique(graph, members)) largest = members.length;
  }
  return largest;
}
