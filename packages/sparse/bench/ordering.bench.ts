import { test } from "vitest";
import { amd } from "../src/amd.ts";
import { permuteSymmetric } from "../src/permutation.ts";
import { symbolicCholesky } from "../src/symbolic-cholesky.ts";
import { csr, grid } from "../test/elimination-oracle.ts";

const side = 100;
const { n, rowPtr, colIdx } = csr(side * side, grid(side));
const permuted = permuteSymmetric(n, rowPtr, colIdx, amd(n, rowPtr, colIdx));

test("orders a 100 x 100 grid", async ({ bench }) => {
  await bench("amd", () => {
    amd(n, rowPtr, colIdx);
  }).run();
});

test("finds the pattern of its factor", async ({ bench }) => {
  await bench("symbolicCholesky", () => {
    symbolicCholesky(n, permuted.rowPtr, permuted.colIdx);
  }).run();
});
