import { OptionError } from "@slam/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { amd } from "../src/amd.ts";
import { columnCounts } from "../src/column-counts.ts";
import { eliminationTree, postorder } from "../src/etree.ts";
import { dissect, nestedDissection } from "../src/nested-dissection.ts";
import { checkPermutation, permuteSymmetric } from "../src/permutation.ts";
import { RandomIndex } from "../src/random-index.ts";
import { anyEntries, complete, csr, type Edges, grid, path, star } from "./elimination-oracle.ts";
import { graphOf } from "./separation-laws.ts";

const dissections = fc.record({
  graph: anyEntries,
  options: fc.record({ leafSize: fc.integer({ min: 1, max: 8 }), seed: fc.integer({ min: 1, max: 99 }) }),
});

function orderOf(n: number, entries: Edges, leafSize: number, seed = 1): Int32Array {
  const { rowPtr, colIdx } = csr(n, entries);
  return nestedDissection(n, rowPtr, colIdx, { leafSize, seed });
}

/** nnz(L) after an ordering. */
function fill(n: number, entries: Edges, ordering: (n: number, rowPtr: Int32Array, colIdx: Int32Array) => Int32Array): number {
  const { rowPtr, colIdx } = csr(n, entries);
  const permuted = permuteSymmetric(n, rowPtr, colIdx, ordering(n, rowPtr, colIdx));
  return columnCounts(n, permuted.rowPtr, permuted.colIdx).reduce((sum, count) => sum + count, 0);
}

function cube(side: number): Edges {
  const plane = grid(side);
  const layers = Array.from({ length: side }, (_, z) => plane.map(([i, j]) => [i + z * side * side, j + z * side * side] as const));
  const between = Array.from({ length: side * side * (side - 1) }, (_, i) => [i, i + side * side] as const);
  return [...layers.flat(), ...between];
}

describe("nestedDissection", () => {
  test("orders nothing, one node and a complete graph", () => {
    expect([...orderOf(0, [], 1)]).toEqual([]);
    expect([...orderOf(1, [], 1)]).toEqual([0]);
    checkPermutation("complete", orderOf(40, complete(40), 5), 40);
  });

  test("returns a permutation whose elimination tree is postordered", () => {
    fc.assert(
      fc.property(dissections, ({ graph: { n, entries }, options }) => {
        const { rowPtr, colIdx } = csr(n, entries);

        const order = nestedDissection(n, rowPtr, colIdx, options);

        checkPermutation("order", order, n);
        const permuted = permuteSymmetric(n, rowPtr, colIdx, order);
        expect([...postorder(eliminationTree(n, permuted.rowPtr, permuted.colIdx))]).toEqual([...order.keys()]);
      }),
    );
  });

  test("depends on the graph and the seed alone", () => {
    fc.assert(
      fc.property(dissections, ({ graph: { n, entries }, options: { leafSize, seed } }) => {
        const mirrored = [...entries].reverse().map(([i, j]) => [j, i] as const);

        expect(orderOf(n, [...mirrored, ...entries], leafSize, seed)).toEqual(orderOf(n, entries, leafSize, seed));
      }),
    );
  });

  test("is AMD where the graph is a leaf", () => {
    const { n, rowPtr, colIdx } = csr(400, grid(20));

    expect(nestedDissection(n, rowPtr, colIdx)).toEqual(amd(n, rowPtr, colIdx));
  });

  test.each<[string, number, Edges]>([
    ["a 100 x 100 grid", 100 ** 2, grid(100)],
    ["a 25 x 25 x 25 grid", 25 ** 3, cube(25)],
  ])("fills %s less than AMD", (_, n, entries) => {
    expect(fill(n, entries, nestedDissection)).toBeLessThan(fill(n, entries, amd));
  });

  test("orders hubs last, unless told to see them", () => {
    const { n, rowPtr, colIdx } = csr(1000, [...path(1000), ...star(1000, 3)]);

    expect(nestedDissection(n, rowPtr, colIdx, { leafSize: 50 })[999]).toBe(3);
    checkPermutation("seen", nestedDissection(n, rowPtr, colIdx, { leafSize: 50, denseRatio: Number.POSITIVE_INFINITY }), n);
  });

  test("refuses a leaf size or a seed that is no positive integer, and a negative denseRatio", () => {
    expect(() => nestedDissection(0, Int32Array.of(0), new Int32Array(0), { denseRatio: -1 })).toThrow(
      "nestedDissection: denseRatio is -1",
    );
    expect(() => orderOf(2, [], 0)).toThrow(OptionError);
    expect(() => orderOf(2, [], 0.5)).toThrow("nestedDissection: leafSize is 0.5");
    expect(() => orderOf(2, [], 1, -1)).toThrow("nestedDissection: seed is -1");
  });
});

describe("dissect", () => {
  test("a path has its middle as the separator", () => {
    expect(dissect(graphOf(7, path(7)), 3, new RandomIndex(1))).toEqual({
      group: Int32Array.of(1, 1, 1, 2, 0, 0, 0),
      byGroup: Int32Array.of(4, 5, 6, 0, 1, 2, 3),
    });
  });

  test("joins no two leaves, and puts all vertices in byGroup by ascending groups", () => {
    fc.assert(
      fc.property(dissections, ({ graph: { n, entries }, options: { leafSize, seed } }) => {
        const graph = graphOf(n, entries);

        const { group, byGroup } = dissect(graph, leafSize, new RandomIndex(seed));

        checkPermutation("byGroup", byGroup, n);
        for (let k = 1; k < n; k++) expect(group[byGroup[k]]).toBeGreaterThanOrEqual(group[byGroup[k - 1]]);
        const last = group.reduce((a, b) => Math.max(a, b));
        for (let v = 0; v < n; v++) {
          for (const u of graph.colIdx.subarray(graph.rowPtr[v], graph.rowPtr[v + 1])) {
            if (group[v] !== last && group[u] !== last) expect(group[u]).toBe(group[v]);
          }
        }
      }),
    );
  });

  test("leaves of a 30 x 30 grid have at most leafSize vertices, and most vertices are in them", () => {
    const { group } = dissect(graphOf(900, grid(30)), 50, new RandomIndex(1));

    const last = Math.max(...group);
    expect(group.filter((g) => g === last).length).toBeLessThanOrEqual(300);
    for (let g = 0; g < last; g++) expect(group.filter((other) => other === g).length).toBeLessThanOrEqual(50);
  });
});
