import { type FP64, fp32, fp64, operationFormat, type Vec } from "@slam/float";
import type { LinearOperator } from "@slam/linop";
import { newCounters } from "@slam/nlls";
import { type BsrPattern, bsrMatrix, normalSymbolic } from "@slam/sparse";
import { expectClose } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import { describe, expect, test } from "vitest";
import { BundleJacobian } from "../src/jacobian.ts";
import { fitsJoint, JointProducts } from "../src/joint-products.ts";
import type { ProductsOptions } from "../src/products.ts";
import { seeded } from "./window/street.ts";

/** Block rows with one pose and one point each, but for those in `lastPoses`, which have these poses and no point. */
function patternsOf(rows: number, lastPoses: readonly (readonly number[])[], lastPoints: readonly number[] = []): readonly BsrPattern[] {
  const poses = [...Array.from({ length: rows }, (_, i) => [i % 3]), ...lastPoses];
  const points = [
    ...Array.from({ length: rows }, (_, i) => [Math.floor(i / 2)]),
    ...lastPoses.map((_, k) => (lastPoints.includes(k) ? [0] : [])),
  ];
  const pattern = (blocks: readonly (readonly number[])[], blockCols: number, c: number): BsrPattern => {
    const rowPtr = new Int32Array(blocks.length + 1);
    for (const [i, row] of blocks.entries()) rowPtr[i + 1] = rowPtr[i] + row.length;
    return { blockRows: blocks.length, blockCols, r: 2, c, rowPtr, colIdx: Int32Array.from(blocks.flat()) };
  };
  return [pattern(poses, 3, 6), pattern(points, Math.ceil(rows / 2), 3)];
}

function optionsOf(patterns: readonly BsrPattern[], format: FP64 | typeof fp32): ProductsOptions {
  return {
    patterns,
    jacobian: format,
    matvec: operationFormat(format),
    vectors: operationFormat(format),
    exact: fp64,
    normals: patterns.map((pattern) => normalSymbolic(pattern, "diagonal")),
    factorize: format,
    rowVectors: 5,
    colVectors: 16,
    counters: newCounters(),
    arenas: new ArenaPool(),
  } as ProductsOptions;
}

/** A x, A'A x and (A'A + D) x with its square; x of small whole numbers, d too. */
function applied(A: LinearOperator<FP64>) {
  const vector = (n: number, of: (k: number) => number): Float64Array => {
    const v = A.space.zeros(n) as unknown as Float64Array;
    for (let k = 0; k < n; k++) v[k] = of(k);
    return v;
  };
  const zero = (): number => 0;
  const [x, d] = [vector(A.cols, (k) => (k % 5) - 2), vector(A.cols, (k) => k % 3)];
  const [q, s, w] = [vector(A.rows, zero), vector(A.cols, zero), vector(A.cols, zero)];
  A.multiply(x as Vec<FP64>, q as Vec<FP64>);
  A.multiplyTransposed(q as Vec<FP64>, s as Vec<FP64>);
  const square = A.applyNormal!(x as Vec<FP64>, d as Vec<FP64>, w as Vec<FP64>);
  return { x, d, q: [...q], s: [...s], w: [...w], square };
}

describe.each([fp64, fp32])("rows with several poses, in $name,", (format) => {
  test("have their part in every product", () => {
    const patterns = patternsOf(8, [[0, 1, 2], [1, 2], [2]]);
    const random = seeded(4);
    // Sixteenths: products and their sums are exact in either format.
    const J = new BundleJacobian(
      patterns.map((pattern) => {
        const values = Array.from({ length: pattern.colIdx.length * 2 * pattern.c }, () => Math.round(16 * random()) / 16 - 0.5);
        return bsrMatrix(pattern, format, (format === fp64 ? Float64Array : Float32Array).from(values) as never);
      }),
    );
    const products = new JointProducts(optionsOf(patterns, format));
    const S = new Float64Array(18 + 12).map((_, j) => 2 ** (j % 2));

    products.replace(J, S, [S.subarray(0, 18), S.subarray(18)]);

    for (const A of [products.operator(), products.exactOperator()] as unknown as readonly LinearOperator<FP64>[]) {
      const { x, d, q, s, w, square } = applied(A);
      const row = new Float64Array(22);
      const column = new Float64Array(30);
      J.multiply(
        x.map((v, j) => v * S[j]),
        row,
      );
      J.gradient(row, fp64, column);
      const expected = column.map((v, j) => v * S[j]);
      expect(q).toEqual([...row]);
      expect(s).toEqual([...expected]);
      expect(w).toEqual([...expected.map((v, j) => v + d[j] * x[j])]);
      expectClose([square], [row.reduce((sum, v) => sum + v * v, 0) + x.reduce((sum, v, j) => sum + d[j] * v * v, 0)], 1e-12);
    }
  });
});

test("rows fit but for several poses before the last, and for points among these", () => {
  expect(fitsJoint(optionsOf(patternsOf(4, []), fp64))).toBe(true);
  expect(fitsJoint(optionsOf(patternsOf(4, [[0, 1], [2]]), fp64))).toBe(true);
  expect(fitsJoint(optionsOf(patternsOf(4, [[0, 1], [2]], [1]), fp64))).toBe(false);
  expect(fitsJoint(optionsOf(patternsOf(0, [[0, 1]]), fp64))).toBe(false);
});
