import { fp64 } from "@slam/float";
import { rowStructure } from "@slam/sparse";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { supernodes } from "../src/supernodes.ts";
import { analyzeCholesky } from "../src/symbolic.ts";
import { anyCase, normalMatrix } from "./block-matrix.ts";

// Columns {0, 1, 3}, {1, 2, 3}, {2, 3}, {3}: a cycle of four with its fill.
const cycle = { colPtr: Int32Array.of(0, 3, 6, 8, 9), rowIdx: Int32Array.of(0, 1, 3, 1, 2, 3, 2, 3, 3) };

describe("supernodes", () => {
  test("of a cycle of four are its first column and the other three", () => {
    const { first, updatePtr, updates } = supernodes(4, cycle, true);

    expect([...first]).toEqual([0, 1, 4]);
    expect([...updatePtr]).toEqual([0, 0, 1]);
    // Rows 1 ... 2 of {0, 1, 3} are columns of the second.
    expect([...updates]).toEqual([0, 1, 3]);
  });

  test("of an incomplete factor are single columns", () => {
    const { first, updates } = supernodes(4, cycle, false);

    expect([...first]).toEqual([0, 1, 2, 3, 4]);
    expect(updates).toHaveLength(3 * 5);
  });

  test("of nothing are none", () => {
    expect([...supernodes(0, { colPtr: Int32Array.of(0), rowIdx: new Int32Array(0) }, true).first]).toEqual([0]);
  });

  test.each(["complete", 0] as const)("with fill %s bring each column the columns that have a block in its row, ascending", (fill) => {
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const { n, L, supernodes: S } = analyzeCholesky(normalMatrix(fp64, drawn, 1).pattern, { fill, ordering: drawn.order });
        const columns = Array.from({ length: n }, (): number[] => []);
        for (let s = 0; s < S.first.length - 1; s++) {
          for (let u = S.updatePtr[s]; u < S.updatePtr[s + 1]; u++) {
            const [source, from, to] = S.updates.subarray(3 * u, 3 * u + 3);
            for (let k = S.first[source]; k < S.first[source + 1]; k++) {
              for (let p = from; p < to; p++) columns[L.rowIdx[L.colPtr[S.first[source]] + p]].push(k);
            }
          }
          for (let j = S.first[s]; j < S.first[s + 1]; j++) for (let k = S.first[s]; k < j; k++) columns[j].push(k);
        }

        const { rowPtr, colIdx } = rowStructure(n, L.colPtr, L.rowIdx);
        expect(columns).toEqual(columns.map((_, j) => [...colIdx.subarray(rowPtr[j], rowPtr[j + 1])]));
      }),
    );
  });
});
