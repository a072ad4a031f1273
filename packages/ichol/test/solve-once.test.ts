import { DimensionError, OptionError } from "@slam/errors";
import { fp32, fp64, type Vec } from "@slam/float";
import { Work } from "@slam/linop";
import { type BsrMatrix, bsrMatrix } from "@slam/sparse";
import { expectSameBits } from "@slam/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type CholeskyFactor, factorize } from "../src/factorize.ts";
import { solveOnce } from "../src/solve-once.ts";
import { analyzeCholesky, type SymbolicOptions } from "../src/symbolic.ts";
import { type CholeskyWorkspace, choleskyWorkspace } from "../src/workspace.ts";
import { anyCase, gridMatrix, lehmer, lowerTriangle, normalMatrix } from "./block-matrix.ts";

type Factor = CholeskyFactor<typeof fp64>;

function factorised(A: BsrMatrix<typeof fp64>, how: SymbolicOptions): { readonly factor: Factor; readonly workspace: CholeskyWorkspace } {
  const symbolic = analyzeCholesky(A.pattern, how);
  const workspace = choleskyWorkspace(symbolic, fp64);
  return { factor: factorize(symbolic, A, { workspace }) as Factor, workspace };
}

/** P' L^-T L^-1 P r by substitution: y_i = (w_i - sum_{j < i} L_ij y_j) / L_ii, j ascending; x_j = (y_j - sum_{i > j} L_ij x_i) / L_jj, i descending. */
function expected({ symbolic, values }: Factor, r: Float64Array): Float64Array {
  const { order, b, n, L } = symbolic;
  const w = Float64Array.from(r, (_, i) => r[order[Math.floor(i / b)] * b + (i % b)]);
  const entry = (e: number, i: number, j: number): number => values[(e * b + j) * b + i];
  const subtract = (at: number, factor: number, x: number): void => {
    w[at] -= factor * x;
  };
  const lines = Array.from({ length: b }, (_, i) => i);
  for (let j = 0; j < n; j++) {
    for (const i of lines) {
      for (const c of lines.slice(0, i)) subtract(j * b + i, entry(L.colPtr[j], i, c), w[j * b + c]);
      w[j * b + i] /= entry(L.colPtr[j], i, i);
    }
    for (let e = L.colPtr[j] + 1; e < L.colPtr[j + 1]; e++) {
      for (const i of lines) for (const c of lines) subtract(L.rowIdx[e] * b + i, entry(e, i, c), w[j * b + c]);
    }
  }
  for (let j = n - 1; j >= 0; j--) {
    for (let e = L.colPtr[j + 1] - 1; e > L.colPtr[j]; e--) {
      for (const i of lines.toReversed()) for (const c of lines) subtract(j * b + c, entry(e, i, c), w[L.rowIdx[e] * b + i]);
    }
    for (const c of lines.toReversed()) {
      for (const i of lines.slice(c + 1).toReversed()) subtract(j * b + c, entry(L.colPtr[j], i, c), w[j * b + i]);
      w[j * b + c] /= entry(L.colPtr[j], c, c);
    }
  }
  const z = new Float64Array(r.length);
  for (let i = 0; i < r.length; i++) z[order[Math.floor(i / b)] * b + (i % b)] = w[i];
  return z;
}

const two = [
  [4, 2],
  [2, 5],
];

test.each([1, 2])("solves a 2x2 system in blocks of %i", (b) => {
  const { factor, workspace } = factorised(lowerTriangle(fp64, two, b), { ordering: "natural" });
  const r = Float64Array.of(2, 5);

  solveOnce(factor, workspace, r, r);

  expect([...r]).toEqual([0, 1]);
});

test("has the bits of substitution, for any structure and size of block, one right side after another", () => {
  fc.assert(
    fc.property(anyCase, fc.constantFrom("complete" as const, 0), (example, fill) => {
      const { factor, workspace } = factorised(normalMatrix(fp64, example, 1), { fill, ordering: example.order });
      const random = lehmer(example.seed);

      for (let side = 0; side < 2; side++) {
        const r = Float64Array.from({ length: example.n * example.b }, () => random() - 0.5);
        const z = new Float64Array(r.length);
        solveOnce(factor, workspace, r, z);
        expectSameBits(z, expected(factor, r));
      }
    }),
  );
});

test("has them beyond what one call of a kernel takes, and after another factorisation in the same memory", () => {
  const A = gridMatrix(fp64, 20);
  const { factor, workspace } = factorised(A, {});
  const r = Float64Array.from({ length: 1200 }, (_, i) => Math.fround(1 / (i + 1)));
  const z = new Float64Array(1200);
  solveOnce(factor, workspace, r, z);

  const halved = bsrMatrix(A.pattern, fp64, A.values.map((value) => value / 2) as Vec<typeof fp64>);
  const again = factorize(factor.symbolic, halved, { workspace }) as Factor;
  solveOnce(again, workspace, r, z);

  expectSameBits(z, expected(again, r));
});

test.each([NaN, Infinity, -Infinity, -0, 5e-324, 1e308])("passes on %f as substitution does", (value) => {
  const { factor, workspace } = factorised(lowerTriangle(fp64, two), { ordering: "natural" });
  const r = Float64Array.of(value, 1);
  const z = new Float64Array(2);

  solveOnce(factor, workspace, r, z);

  expectSameBits(z, expected(factor, r));
});

test("counts what a preconditioner counts", () => {
  const { factor, workspace } = factorised(lowerTriangle(fp64, two), { ordering: "natural" });
  const work = new Work();

  solveOnce(factor, workspace, new Float64Array(2), new Float64Array(2), work);

  // 2 (1 off the diagonal) + 2 on it, twice; a block of 8 bytes and an index below the diagonal, 2 of 8 bytes on it, twice.
  expect(work.flops).toEqual({ precondition: { fp64: 8 } });
  expect(work.bytes).toEqual({ precondition: { fp64: 56 } });
});

test("refuses another workspace, another format and other lengths", () => {
  const A = lowerTriangle(fp64, two);
  const { factor, workspace } = factorised(A, {});
  const [r, z] = [new Float64Array(2), new Float64Array(2)];

  expect(() => solveOnce(factor, choleskyWorkspace(factor.symbolic, fp64), r, z)).toThrow(OptionError);
  expect(() => solveOnce(factor, choleskyWorkspace(factor.symbolic, fp32), r, z)).toThrow("in fp32");
  expect(() => solveOnce(factor, workspace, new Float64Array(3), z)).toThrow(DimensionError);
  expect(() => solveOnce(factor, workspace, r, new Float64Array(1))).toThrow(DimensionError);
});
