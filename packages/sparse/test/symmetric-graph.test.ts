import { DimensionError, OptionError } from "@slam/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { symmetricGraph } from "../src/symmetric-graph.ts";
import { anyEntries, csr, type Edges, type Pattern } from "./elimination-oracle.ts";

function graphOf({ n, rowPtr, colIdx }: Pattern): { rowPtr: number[]; colIdx: number[] } {
  const graph = symmetricGraph("test", n, rowPtr, colIdx);
  return { rowPtr: [...graph.rowPtr], colIdx: [...graph.colIdx] };
}

describe("symmetricGraph", () => {
  const expected = { rowPtr: [0, 2, 3, 4], colIdx: [1, 2, 0, 0] };

  test.each<[string, Edges]>([
    [
      "upper triangle",
      [
        [0, 1],
        [0, 2],
      ],
    ],
    [
      "lower triangle",
      [
        [2, 0],
        [1, 0],
      ],
    ],
    [
      "one entry on each side",
      [
        [1, 0],
        [0, 2],
      ],
    ],
    [
      "both triangles, the diagonal and duplicates",
      [
        [0, 2],
        [0, 0],
        [0, 1],
        [0, 1],
        [1, 0],
        [2, 2],
        [2, 0],
      ],
    ],
  ])("is the same from %s", (_, entries) => {
    expect(graphOf(csr(3, entries))).toEqual(expected);
  });

  test("has no rows for n = 0", () => {
    expect(graphOf(csr(0, []))).toEqual({ rowPtr: [0], colIdx: [] });
  });

  test("lists the neighbours that the entries name, ascending, each once", () => {
    fc.assert(
      fc.property(anyEntries, ({ n, entries }) => {
        const { rowPtr, colIdx } = graphOf(csr(n, entries));

        for (let i = 0; i < n; i++) {
          const named = entries.flatMap(([k, l]) => (k === l ? [] : k === i ? [l] : l === i ? [k] : []));
          expect(colIdx.slice(rowPtr[i], rowPtr[i + 1])).toEqual([...new Set(named)].sort((a, b) => a - b));
        }
      }),
    );
  });

  test("names the length or the index that does not fit", () => {
    expect(() => symmetricGraph("amd", 3, Int32Array.of(0, 0), new Int32Array(0))).toThrow(DimensionError);
    expect(() => symmetricGraph("amd", 1, Int32Array.of(0, 2), new Int32Array(1))).toThrow("amd: colIdx has length 1, expected 2");
    expect(() => symmetricGraph("amd", 2, Int32Array.of(0, 1, 1), Int32Array.of(2))).toThrow(
      "amd: colIdx[0] is 2, expected an integer in 0 ... 1",
    );
    expect(() => symmetricGraph("amd", 2, Int32Array.of(0, 1, 1), Int32Array.of(-1))).toThrow(OptionError);
  });
});
