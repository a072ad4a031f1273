import { OptionError } from "@slam/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eliminationTree, postorder } from "../src/etree.ts";
import { anyEntries, csr, type Edges, factorColumns, path, star } from "./elimination-oracle.ts";

function treeOf(n: number, entries: Edges): number[] {
  const { rowPtr, colIdx } = csr(n, entries);
  return [...eliminationTree(n, rowPtr, colIdx)];
}

describe("eliminationTree", () => {
  test.each<[string, number, Edges, number[]]>([
    ["nothing", 0, [], []],
    ["one node", 1, [], [-1]],
    ["two nodes without an edge", 2, [], [-1, -1]],
    ["a path", 4, path(4), [1, 2, 3, -1]],
    ["an arrow that points down", 4, star(4, 3), [3, 3, 3, -1]],
    ["an arrow that points up, which fills", 4, star(4, 0), [1, 2, 3, -1]],
    [
      "two components",
      5,
      [
        [0, 3],
        [1, 4],
        [2, 4],
      ],
      [3, 4, 4, -1, -1],
    ],
  ])("of %s", (_, n, entries, parent) => {
    expect(treeOf(n, entries)).toEqual(parent);
  });

  test("is the first row below the diagonal of each column of L", () => {
    fc.assert(
      fc.property(anyEntries, ({ n, entries }) => {
        expect(treeOf(n, entries)).toEqual(factorColumns(n, entries).map((column) => column[1] ?? -1));
      }),
    );
  });
});

describe("postorder", () => {
  test("puts children before parents, subtrees together, siblings and roots ascending", () => {
    expect([...postorder(Int32Array.of(3, 4, 4, -1, 5, -1))]).toEqual([0, 3, 1, 2, 4, 5]);
    expect([...postorder(Int32Array.of(2, 3, 4, 4, -1))]).toEqual([0, 2, 1, 3, 4]);
  });

  test("of no node is empty", () => {
    expect([...postorder(new Int32Array(0))]).toEqual([]);
  });

  test("refuses parents that go round", () => {
    expect(() => postorder(Int32Array.of(1, 0, -1))).toThrow(OptionError);
    expect(() => postorder(Int32Array.of(0))).toThrow("postorder: parent");
  });

  test("goes down a path of 200000 nodes", () => {
    const n = 200000;
    const parent = new Int32Array(n).map((_, i) => (i === 0 ? -1 : i - 1));

    expect(postorder(parent)[0]).toBe(n - 1);
  });
});
