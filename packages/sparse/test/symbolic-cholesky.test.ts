import { SlamError } from "@slam/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rowStructure, type SymbolicCholesky, symbolicCholesky } from "../src/symbolic-cholesky.ts";
import { anyEntries, csr, type Edges, factorColumns, star } from "./elimination-oracle.ts";

function factorOf(n: number, entries: Edges): SymbolicCholesky {
  const { rowPtr, colIdx } = csr(n, entries);
  return symbolicCholesky(n, rowPtr, colIdx);
}

describe("symbolicCholesky", () => {
  test("of a cycle of four has one entry of fill", () => {
    const L = factorOf(4, [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 0],
    ]);

    expect([...L.parent]).toEqual([1, 2, 3, -1]);
    expect([...L.colPtr]).toEqual([0, 3, 6, 8, 9]);
    expect([...L.rowIdx]).toEqual([0, 1, 3, 1, 2, 3, 2, 3, 3]);
  });

  test("of nothing is empty", () => {
    const L = factorOf(0, []);

    expect([...L.colPtr]).toEqual([0]);
    expect(L.rowIdx).toHaveLength(0);
  });

  test("has the columns that elimination leaves, the diagonal first, ascending", () => {
    fc.assert(
      fc.property(anyEntries, ({ n, entries }) => {
        const L = factorOf(n, entries);

        const columns = Array.from({ length: n }, (_, k) => [...L.rowIdx.subarray(L.colPtr[k], L.colPtr[k + 1])]);
        expect(columns).toEqual(factorColumns(n, entries));
      }),
    );
  });

  test("refuses a factor that 32-bit indices cannot hold, before taking memory for it", () => {
    const n = 70000;
    const { rowPtr, colIdx } = csr(n, star(n, 0));

    expect(() => symbolicCholesky(n, rowPtr, colIdx)).toThrow(SlamError);
    expect(() => symbolicCholesky(n, rowPtr, colIdx)).toThrow(`${(n * (n + 1)) / 2} entries`);
  });
});

describe("rowStructure", () => {
  test("lists the columns left of the diagonal and where their entries are", () => {
    // columns {0 1 3} {1 2 3} {2 3} {3}
    const rows = rowStructure(4, Int32Array.of(0, 3, 6, 8, 9), Int32Array.of(0, 1, 3, 1, 2, 3, 2, 3, 3));

    expect([...rows.rowPtr]).toEqual([0, 0, 1, 2, 5]);
    expect([...rows.colIdx]).toEqual([0, 1, 0, 1, 2]);
    expect([...rows.position]).toEqual([1, 4, 2, 5, 7]);
  });

  test("names each entry below the diagonal once, columns ascending", () => {
    fc.assert(
      fc.property(anyEntries, ({ n, entries }) => {
        const { colPtr, rowIdx } = factorOf(n, entries);

        const rows = rowStructure(n, colPtr, rowIdx);

        for (let j = 0; j < n; j++) {
          const columns = [...rows.colIdx.subarray(rows.rowPtr[j], rows.rowPtr[j + 1])];
          expect(columns).toEqual(factorColumns(n, entries).flatMap((column, k) => (k < j && column.includes(j) ? [k] : [])));
        }
        rows.colIdx.forEach((k, p) => {
          expect(rows.position[p]).toBeGreaterThan(colPtr[k]);
          expect(rows.position[p]).toBeLessThan(colPtr[k + 1]);
          expect(p).toBeGreaterThanOrEqual(rows.rowPtr[rowIdx[rows.position[p]]]);
          expect(p).toBeLessThan(rows.rowPtr[rowIdx[rows.position[p]] + 1]);
        });
      }),
    );
  });

  test("refuses column pointers of another size", () => {
    expect(() => rowStructure(2, Int32Array.of(0, 1), Int32Array.of(0))).toThrow("rowStructure: colPtr has length 2, expected 3");
  });
});
