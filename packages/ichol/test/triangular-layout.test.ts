import { fp64 } from "@slam/float";
import { expect, test } from "vitest";
import { analyzeCholesky } from "../src/symbolic.ts";
import { tileLayout, writeTileRows } from "../src/triangular-layout.ts";
import { gridMatrix, lowerTriangle } from "./block-matrix.ts";

// Columns {0, 1, 3}, {1, 2, 3}, {2, 3}, {3}.
const cycle = lowerTriangle(fp64, [
  [4, 1, 0, 1],
  [1, 4, 1, 0],
  [0, 1, 4, 1],
  [1, 0, 1, 4],
]).pattern;

test("tiles of two blocks hold what is below the diagonal, filled up with the row after the last", () => {
  const symbolic = analyzeCholesky({ ...cycle, r: 3, c: 3 }, { ordering: "natural" });

  const { tilePtr, rows: count } = tileLayout(symbolic, 2);
  const rows = new Int32Array(count);
  writeTileRows(symbolic, 2, { tilePtr }, rows);

  expect([...tilePtr]).toEqual([0, 1, 2, 3, 3]);
  // A block row has 24 bytes.
  expect([...rows].map((offset) => offset / 24)).toEqual([1, 3, 2, 3, 3, 4]);
});

test("parts cover the columns once, and none holds more than it says", () => {
  const symbolic = analyzeCholesky(gridMatrix(fp64, 24).pattern);
  const { colPtr } = symbolic.L;

  const { parts, partBlocks, tilePtr, partTiles } = tileLayout(symbolic, 4);

  expect(parts.length).toBeGreaterThan(3);
  expect([parts[0], parts.at(-1)]).toEqual([0, symbolic.n]);
  for (let p = 1; p < parts.length; p++) {
    expect(parts[p]).toBeGreaterThan(parts[p - 1]);
    expect(colPtr[parts[p]] - colPtr[parts[p - 1]]).toBeLessThanOrEqual(partBlocks);
    expect(tilePtr[parts[p]] - tilePtr[parts[p - 1]]).toBeLessThanOrEqual(partTiles);
  }
});
