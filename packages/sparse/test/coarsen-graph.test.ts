import fc from "fast-check";
import { expect, test } from "vitest";
import { coarsen } from "../src/coarsen-graph.ts";
import { RandomIndex } from "../src/random-index.ts";
import { symmetricGraph } from "../src/symmetric-graph.ts";
import { unitWeights, type WeightedGraph } from "../src/weighted-graph.ts";
import { anyEntries, csr, type Edges, path } from "./elimination-oracle.ts";

function graphOf(n: number, entries: Edges): WeightedGraph {
  const { rowPtr, colIdx } = csr(n, entries);
  return unitWeights(symmetricGraph("test", n, rowPtr, colIdx));
}

/** Weights of the edges between the sets of vertices that have become one. */
function edgeSums({ n, rowPtr, colIdx, edgeWeight }: WeightedGraph, nameOf: (v: number) => number): Map<string, number> {
  const sums = new Map<string, number>();
  for (let v = 0; v < n; v++) {
    for (let p = rowPtr[v]; p < rowPtr[v + 1]; p++) {
      const key = `${nameOf(v)} ${nameOf(colIdx[p])}`;
      if (nameOf(v) !== nameOf(colIdx[p])) sums.set(key, (sums.get(key) ?? 0) + edgeWeight[p]);
    }
  }
  return sums;
}

test("makes one vertex of two that are joined", () => {
  const { coarse, coarseOf } = coarsen(graphOf(2, path(2)), 2, new RandomIndex(1));

  expect(coarse).toMatchObject({ n: 1, rowPtr: Int32Array.of(0, 0), colIdx: new Int32Array(0), weight: Int32Array.of(2), total: 2 });
  expect([...coarseOf]).toEqual([0, 0]);
});

test("prefers the heavier edge", () => {
  const light = graphOf(3, path(3));
  const fine = { ...light, edgeWeight: Int32Array.of(1, 1, 9, 9) };

  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const { coarseOf } = coarsen(fine, 3, new RandomIndex(seed));
    // Where vertex 0 comes first it takes 1.
    if (coarseOf[0] !== coarseOf[1]) expect(coarseOf[1]).toBe(coarseOf[2]);
  }
});

test("joins at most two vertices, neighbours, of no more than maxWeight, and sums weights of vertices and edges", () => {
  fc.assert(
    fc.property(anyEntries, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 99 }), ({ n, entries }, maxWeight, seed) => {
      const random = new RandomIndex(seed);
      const first = coarsen(graphOf(n, entries), 4, random).coarse;

      const { coarse, coarseOf } = coarsen(first, maxWeight, random);

      for (let c = 0; c < coarse.n; c++) {
        const members = [...coarseOf.keys()].filter((v) => coarseOf[v] === c);
        expect(coarse.weight[c]).toBe(members.reduce((sum, v) => sum + first.weight[v], 0));
        if (members.length === 1) continue;
        expect(members).toHaveLength(2);
        expect(coarse.weight[c]).toBeLessThanOrEqual(maxWeight);
        expect([...first.colIdx.subarray(first.rowPtr[members[0]], first.rowPtr[members[0] + 1])]).toContain(members[1]);
      }
      expect(edgeSums(coarse, (v) => v)).toEqual(edgeSums(first, (v) => coarseOf[v]));
    }),
  );
});
