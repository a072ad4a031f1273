import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnCounts } from "../src/column-counts.ts";
import { anyEntries, complete, csr, type Edges, factorColumns, path, star } from "./elimination-oracle.ts";

function countsOf(n: number, entries: Edges): number[] {
  const { rowPtr, colIdx } = csr(n, entries);
  return [...columnCounts(n, rowPtr, colIdx)];
}

describe("columnCounts", () => {
  test.each<[string, number, Edges, number[]]>([
    ["nothing", 0, [], []],
    ["one node", 1, [], [1]],
    ["a path", 4, path(4), [2, 2, 2, 1]],
    ["an arrow that points down", 4, star(4, 3), [2, 2, 2, 1]],
    ["an arrow that points up, which fills", 4, star(4, 0), [4, 3, 2, 1]],
    ["a complete graph", 4, complete(4), [4, 3, 2, 1]],
    [
      "a cycle of four, which fills once",
      4,
      [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 0],
      ],
      [3, 3, 2, 1],
    ],
  ])("of %s", (_, n, entries, counts) => {
    expect(countsOf(n, entries)).toEqual(counts);
  });

  test("are the lengths of the columns of L", () => {
    fc.assert(
      fc.property(anyEntries, ({ n, entries }) => {
        expect(countsOf(n, entries)).toEqual(factorColumns(n, entries).map((column) => column.length));
      }),
    );
  });
});
