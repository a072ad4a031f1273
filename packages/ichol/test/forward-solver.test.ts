import { DimensionError, OptionError } from "@slam/errors";
import { type FP64, fp64, tolerance } from "@slam/float";
import type { BsrMatrix } from "@slam/sparse";
import { inverse } from "@slam/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type CholeskyFactor, factorize, isFactor } from "../src/factorize.ts";
import { forwardSolver } from "../src/forward-solver.ts";
import { sparseInverse } from "../src/sparse-inverse.ts";
import { analyzeCholesky, type SymbolicOptions } from "../src/symbolic.ts";
import { anyCase, denseMatrix, gridMatrix, lehmer, lowerTriangle, normalMatrix } from "./block-matrix.ts";

function factorOf(A: BsrMatrix<FP64>, options?: SymbolicOptions): CholeskyFactor<FP64> {
  const factor = factorize(analyzeCholesky(A.pattern, options), A, { maxShifts: 0 });
  if (!isFactor(factor)) throw new Error(`bad pivot ${factor.pivot}`);
  return factor;
}

function identity(b: number): Float64Array {
  return Float64Array.from({ length: b * b }, (_, k) => (k % (b + 1) === 0 ? 1 : 0));
}

test("solves a chain by hand, from the given row on", () => {
  // L = [2 0 0; 1 2 0; 0 1 2]
  const A = lowerTriangle(fp64, [
    [4, 2, 0],
    [2, 5, 2],
    [0, 2, 5],
  ]);
  const solver = forwardSolver(factorOf(A, { ordering: "natural" }));

  expect(solver.solve([{ row: 1, values: Float64Array.of(8, 2) }], 2)).toEqual({
    rows: Int32Array.of(1, 2),
    width: 2,
    values: Float64Array.of(4, 1, -2, -0.5),
  });
  expect(solver.solve([], 1).rows.length).toBe(0);
});

test("products of half-solves are B' A^-1 C", () => {
  fc.assert(
    fc.property(anyCase, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 1e6 }), (drawn, width, seed) => {
      const { n, b } = drawn;
      const A = normalMatrix(fp64, drawn, 1);
      const exact = inverse(Float64Array.from(denseMatrix(A).flat()), A.pattern.blockRows * A.pattern.r);
      const random = lehmer(seed);
      const draw = (columns: number): Float64Array => Float64Array.from({ length: b * columns }, () => 2 * random() - 1);
      // The last row is given twice: its blocks are added.
      const B = [0, n - 1, n - 1].map((row) => ({ row, values: draw(width) }));
      const C = [{ row: n >> 1, values: draw(2) }];
      const solver = forwardSolver(factorOf(A, { ordering: drawn.order }));

      const product = solver.product(solver.solve(B, width), solver.solve(C, 2));

      for (let v = 0; v < width; v++) {
        for (let w = 0; w < 2; w++) {
          let expected = 0;
          for (const x of B) {
            for (const y of C) {
              for (let r = 0; r < b; r++) {
                for (let c = 0; c < b; c++)
                  expected += x.values[r * width + v] * exact[(x.row * b + r) * n * b + y.row * b + c] * y.values[c * 2 + w];
              }
            }
          }
          expect(Math.abs(product[v * 2 + w] - expected)).toBeLessThanOrEqual(tolerance(fp64, 1000 * n * b));
        }
      }
    }),
  );
});

test("agrees with the sparse inverse where that has a block", () => {
  const factor = factorOf(gridMatrix(fp64, 12));
  const inverse = sparseInverse(factor);
  const solver = forwardSolver(factor);
  const halves = Array.from({ length: 144 }, (_, row) => solver.solve([{ row, values: identity(3) }], 3));

  const block = new Float64Array(9);
  let found = 0;
  let worst = 0;
  for (let i = 0; i < 144; i++) {
    for (let j = 0; j < 144; j++) {
      if (!inverse.block(i, j, block)) continue;
      found++;
      const solved = solver.product(halves[i], halves[j]);
      for (const [k, value] of block.entries()) worst = Math.max(worst, Math.abs(solved[k] - value));
    }
  }
  expect(worst).toBeLessThanOrEqual(tolerance(fp64, 100));
  expect(found).toBeGreaterThan(144);
});

test("misuse throws, and leaves the solver usable", () => {
  const solver = forwardSolver(factorOf(gridMatrix(fp64, 3)));
  const good = { row: 0, values: identity(3) };
  const before = solver.solve([good], 3);

  expect(() => solver.solve([good, { row: 9, values: identity(3) }], 3)).toThrow(OptionError);
  expect(() => solver.solve([good, { row: 1, values: identity(2) }], 3)).toThrow(DimensionError);
  expect(() => solver.solve([], 0)).toThrow(OptionError);
  expect(solver.solve([good], 3)).toEqual(before);
});
