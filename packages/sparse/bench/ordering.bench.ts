import { describe, test } from "vitest";
import { amd } from "../src/amd.ts";
import { nestedDissection } from "../src/nested-dissection.ts";
import { normalSymbolic } from "../src/normal.ts";
import { permuteSymmetric } from "../src/permutation.ts";
import { symbolicCholesky } from "../src/symbolic-cholesky.ts";
import { csr, grid } from "../test/elimination-oracle.ts";

/** Jacobian of a pose graph on a grid: a block row with two blocks for each edge. */
const side = 100;
const edges = csr(
  2 * side * (side - 1),
  grid(side).flatMap(([i, j], row) => [[row, i] as const, [row, j] as const]),
);
const jacobian = { blockRows: edges.n, blockCols: side * side, r: 3, c: 3, rowPtr: edges.rowPtr, colIdx: edges.colIdx };
const { blockRows: n, rowPtr, colIdx } = normalSymbolic(jacobian).pattern;
const order = amd(n, rowPtr, colIdx);
const permuted = permuteSymmetric(n, rowPtr, colIdx, order);

describe("on a 100 x 100 grid", () => {
  test.for<[string, () => unknown]>([
    ["normalSymbolic", () => normalSymbolic(jacobian)],
    ["amd", () => amd(n, rowPtr, colIdx)],
    ["nestedDissection", () => nestedDissection(n, rowPtr, colIdx)],
    ["permuteSymmetric", () => permuteSymmetric(n, rowPtr, colIdx, order)],
    ["symbolicCholesky", () => symbolicCholesky(n, permuted.rowPtr, permuted.colIdx)],
  ])("%s", async ([name, phase], { bench }) => {
    await bench(name, () => {
      phase();
    }).run();
  });
});
