import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OptionError } from "@slam/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AmdOptions, amd } from "../src/amd.ts";
import { columnCounts } from "../src/column-counts.ts";
import { eliminationTree, postorder } from "../src/etree.ts";
import { checkPermutation, permuteSymmetric } from "../src/permutation.ts";
import {
  anyEntries,
  complete,
  csr,
  type Edges,
  geometricGraph,
  grid,
  lehmer,
  minimumDegreeFill,
  path,
  star,
} from "./elimination-oracle.ts";

function orderOf(n: number, entries: Edges, options?: AmdOptions): Int32Array {
  const { rowPtr, colIdx } = csr(n, entries);
  return amd(n, rowPtr, colIdx, options);
}

/** Entries per column of L after the ordering. */
function countsOf(n: number, entries: Edges, options?: AmdOptions): Int32Array {
  const { rowPtr, colIdx } = csr(n, entries);
  const permuted = permuteSymmetric(n, rowPtr, colIdx, amd(n, rowPtr, colIdx, options));
  return columnCounts(n, permuted.rowPtr, permuted.colIdx);
}

function fill(n: number, entries: Edges, options?: AmdOptions): number {
  return countsOf(n, entries, options).reduce((sum, count) => sum + count, 0);
}

describe("amd", () => {
  test("orders nothing, and one node", () => {
    expect([...orderOf(0, [])]).toEqual([]);
    expect([...orderOf(1, [])]).toEqual([0]);
  });

  test("makes an arrow that points up point down", () => {
    const order = orderOf(5, star(5, 0));

    expect(order.indexOf(0)).toBeGreaterThanOrEqual(3);
    expect(fill(5, star(5, 0))).toBe(5 + 4);
  });

  test("leaves a path of 100 and two of them without fill", () => {
    expect(fill(100, path(100))).toBe(199);
    expect(fill(200, [...path(100), ...path(100).map(([i, j]) => [i + 100, j + 100] as const)])).toBe(398);
  });

  test("leaves a random tree without fill", () => {
    const random = lehmer(3);
    const tree: Edges = Array.from({ length: 499 }, (_, i) => [i + 1, Math.floor(random() * (i + 1))] as const);

    expect(fill(500, tree)).toBe(999);
  });

  test("fills a cycle of n with n - 3", () => {
    expect(fill(30, [...path(30), [29, 0]])).toBe(30 + 30 + 27);
  });

  test("orders a complete graph and nodes without edges", () => {
    checkPermutation("complete", orderOf(40, complete(40)), 40);
    expect(fill(40, complete(40))).toBe(820);
    checkPermutation("empty", orderOf(40, []), 40);
  });

  test("orders dense rows last, unless told to see them", () => {
    const hubs = [3, 500];
    const entries = [...path(1000), ...hubs.flatMap((hub) => star(1000, hub))];

    expect([...orderOf(1000, entries).subarray(998)].sort((a, b) => a - b)).toEqual(hubs);
    expect(fill(1000, entries)).toBeLessThanOrEqual(4 * 1000);
    expect(fill(1000, entries, { denseRatio: Number.POSITIVE_INFINITY })).toBeLessThanOrEqual(4 * 1000);
  });

  test("refuses a denseRatio that is negative or no number", () => {
    expect(() => orderOf(2, [], { denseRatio: -1 })).toThrow(OptionError);
    expect(() => orderOf(2, [], { denseRatio: Number.NaN })).toThrow("amd: denseRatio is NaN");
  });

  test("returns a permutation whose elimination tree is postordered", () => {
    fc.assert(
      fc.property(anyEntries, ({ n, entries }) => {
        const { rowPtr, colIdx } = csr(n, entries);

        const order = amd(n, rowPtr, colIdx);

        checkPermutation("order", order, n);
        const permuted = permuteSymmetric(n, rowPtr, colIdx, order);
        expect([...postorder(eliminationTree(n, permuted.rowPtr, permuted.colIdx))]).toEqual([...order.keys()]);
      }),
    );
  });

  test("depends on the graph, not on how it is stored", () => {
    fc.assert(
      fc.property(anyEntries, ({ n, entries }) => {
        const mirrored = [...entries].reverse().map(([i, j]) => [j, i] as const);

        expect(orderOf(n, mirrored)).toEqual(orderOf(n, entries));
        expect(orderOf(n, [...mirrored, ...entries])).toEqual(orderOf(n, entries));
      }),
    );
  });

  test("fills 500 small random graphs, in all, as exact minimum degree does, to 1 %", () => {
    let [approximate, exact] = [0, 0];
    for (const { n, entries } of fc.sample(anyEntries, { numRuns: 500, seed: 1 })) {
      approximate += fill(n, entries);
      exact += minimumDegreeFill(n, entries);
    }

    expect(approximate).toBeLessThanOrEqual(1.01 * exact);
  });

  test("fills grids as exact minimum degree does, to 3 %", () => {
    for (const side of [5, 20, 60])
      expect(fill(side * side, grid(side))).toBeLessThanOrEqual(1.03 * minimumDegreeFill(side * side, grid(side)));
  });

  test.each([1, 2, 3, 4])("fills a random geometric graph (seed %i) as exact minimum degree does, to 5 %", (seed) => {
    const edges = geometricGraph(1000, 0.057, 7919 * seed);

    expect(fill(1000, edges)).toBeLessThanOrEqual(1.05 * minimumDegreeFill(1000, edges));
  });
});

const poseGraphs = join(process.env.SLAM_DATA ?? join(import.meta.dirname, "../../../../shared/data"), "pose-graphs");

/** Pairs of poses in a g2o file with ids 0, 1, ...; the first pose is fixed, so its edges are left out. */
function readEdges(file: string): Edges {
  const lines = readFileSync(file, "utf8").split("\n");
  const pairs = lines.filter((line) => line.startsWith("EDGE_")).map((line) => line.split(" "));
  return pairs.map((words) => [Number(words[1]) - 1, Number(words[2]) - 1] as const).filter(([i, j]) => i >= 0 && j >= 0);
}

describe("amd on the blocks of a public pose graph fills no more than scalar AMD of 6x6 as many rows in CHOLMOD", () => {
  test.skipIf(!existsSync(poseGraphs)).each([
    ["sphere2500", 2499, 1_531_827],
    ["torus3D", 4999, 3_196_191],
  ])("%s", (name, n, cholmod) => {
    const counts = countsOf(n, readEdges(join(poseGraphs, `${name}.g2o`)));

    const scalarFill = counts.reduce((sum, count) => sum + 36 * (count - 1) + 21, 0);
    expect(scalarFill).toBeLessThanOrEqual(cholmod);
  });
});
