import { type AnyPrecision, bf16, defineFloat, e4m3, fp16, fp32, fp64, type Storage } from "@slam/float";
import {
  addDiagonal,
  bsrMatrix,
  bsrPattern,
  normalProduct,
  normalSymbolic,
  packBsr,
  packedBytes,
  packedNormalBytes,
  packNormal,
  scaleColumns,
} from "@slam/sparse";
import { productReference } from "@slam/sparse/reference";
import { expectSameBits } from "@slam/testing";
import { Arena } from "@slam/wasm";
import { describe, expect, test } from "vitest";
import { families, fp12, newCounters, randomMatrix, randomPattern } from "./matrices.ts";

const sizes = Array.from({ length: 27 }, (_, k) => ({ r: 3 * Math.floor(k / 9) + (k % 3) + 1, c: (k % 9) + 1 }));

test("of [1 . 2; . . .; 3 . 4] is [10 . .; . . .; 14 . 20], and twice that for twice the values", () => {
  const pattern = bsrPattern({
    blockRows: 3,
    blockCols: 3,
    r: 1,
    c: 1,
    rowPtr: Int32Array.of(0, 2, 2, 4),
    colIdx: Int32Array.of(0, 2, 0, 2),
  });
  const arena = new Arena(1000);
  const A = packBsr(bsrMatrix(pattern, fp64, Float64Array.of(1, 2, 3, 4)), arena);
  const normal = packNormal(normalSymbolic(pattern), fp64, arena);
  const { work } = newCounters();

  normal.replaceProduct(A, work);
  const first = [...normal.H.values];
  A.values.set([2, 4, 6, 8]);
  normal.replaceProduct(A);
  addDiagonal(normal.H, Float64Array.of(1, 2, 3));

  expect(first).toEqual([10, 0, 14, 20]);
  expect([...normal.H.values]).toEqual([41, 2, 56, 83]);
  expect(work).toEqual({ flops: { factorize: { fp64: 12 } }, bytes: { factorize: { fp64: 64 } } });
});

describe.each<AnyPrecision>([fp64, fp32, fp16, bf16, e4m3, fp12])("in $name the bits are the reference's", (P) => {
  test.each(P.significandBits < 24 ? sizes.slice(7, 15) : sizes)("in blocks $r x $c", ({ r, c }) => {
    for (const family of Object.keys(families) as (keyof typeof families)[]) {
      const A = randomMatrix(P, randomPattern(12, 7, r, c), family);
      for (const part of ["lower", "diagonal"] as const) {
        const symbolic = normalSymbolic(A.pattern, part);
        const arena = new Arena(packedBytes(A.pattern, P) + packedNormalBytes(symbolic, P));
        const normal = packNormal(symbolic, P, arena);

        (normal.H.values as Storage).fill(NaN);
        normal.replaceProduct(packBsr(A, arena));

        const expected = bsrMatrix(symbolic.pattern, P);
        productReference(symbolic, P, A.values as Storage, expected.values as Storage);
        expectSameBits(normal.H.values as Storage, expected.values as Storage);
      }
    }
  });

  test("over many rows, and over none", () => {
    for (const [rows, cols] of [
      [5000, 5],
      [0, 3],
      [4, 0],
    ]) {
      const A = randomMatrix(P, randomPattern(rows, cols, 1, 2), "numbers near 1");
      const symbolic = normalSymbolic(A.pattern);
      const arena = new Arena(packedBytes(A.pattern, P) + packedNormalBytes(symbolic, P));
      const normal = packNormal(symbolic, P, arena);

      normal.replaceProduct(packBsr(A, arena));

      expectSameBits(normal.H.values as Storage, normalProduct(symbolic, A).values as Storage);
    }
  });
});

test.each<readonly [AnyPrecision, AnyPrecision]>([
  [fp16, fp64],
  [fp16, fp32],
  [bf16, fp64],
  [fp32, fp64],
  [e4m3, fp32],
  [fp32, fp16],
])("of a matrix in %o in %o the bits are those of the rounded matrix's", (M, P) => {
  for (const { r, c } of [
    { r: 2, c: 9 },
    { r: 3, c: 3 },
    { r: 1, c: 1 },
  ]) {
    for (const family of Object.keys(families) as (keyof typeof families)[]) {
      const A = randomMatrix(M, randomPattern(40, 7, r, c), family);
      const rounded = scaleColumns(A, new Float64Array(7 * c).fill(1), P, { overflows: 0, flushed: 0 });
      const symbolic = normalSymbolic(A.pattern, "diagonal");
      const arena = new Arena(packedBytes(A.pattern, M) + packedNormalBytes(symbolic, P));
      const normal = packNormal(symbolic, P, arena);

      normal.replaceProduct(packBsr(A, arena));

      const expected = bsrMatrix(symbolic.pattern, P);
      productReference(symbolic, P, rounded.values as Storage, expected.values as Storage);
      expectSameBits(normal.H.values as Storage, expected.values as Storage);
    }
  }
});

test("refuses a format that no kernel computes in", () => {
  const long = defineFloat({ name: "long", exponentBits: 4, significandBits: 12 });

  expect(() => packNormal(normalSymbolic(randomPattern(2, 2, 1, 1)), long, new Arena(1000))).toThrow('packNormal: format is "long"');
});

test("refuses a matrix of another pattern, format or arena", () => {
  const [arena, other] = [new Arena(65536), new Arena(65536)];
  const A = randomMatrix(fp64, randomPattern(5, 4, 2, 3));
  const normal = packNormal(normalSymbolic(A.pattern), fp64, arena);

  expect(() => normal.replaceProduct(packBsr(A, other))).toThrow("replaceProduct: A");
  expect(() => normal.replaceProduct(packBsr(randomMatrix(fp64, randomPattern(5, 4, 2, 3)), arena))).toThrow("replaceProduct: A");
  const narrow = packNormal(normalSymbolic(A.pattern), fp32, arena);
  const wide = packBsr(bsrMatrix(A.pattern, fp64), arena);
  expect(() => narrow.replaceProduct(wide)).toThrow('replaceProduct: A.format is "fp64", expected one that kernels read in fp32');
});

describe("addDiagonal", () => {
  test.each([fp64, fp32, fp12])("rounds each sum once to $name", (P) => {
    const H = bsrMatrix(normalSymbolic(randomPattern(4, 3, 2, 2)).pattern, P);

    addDiagonal(
      H,
      Float64Array.from({ length: 6 }, (_, i) => 1 + i / 3),
    );
    addDiagonal(H, new Float64Array(6).fill(2 ** -20));

    const { rowPtr, c } = H.pattern;
    for (let i = 0; i < 6; i++) {
      const at = ((rowPtr[Math.floor(i / c) + 1] - 1) * c + (i % c)) * c + (i % c);
      expect(P.load(H.values as never, at)).toBe(P.round(P.round(1 + i / 3) + 2 ** -20));
    }
  });

  test("refuses another length", () => {
    const H = bsrMatrix(normalSymbolic(randomPattern(4, 3, 2, 2)).pattern, fp64);

    expect(() => addDiagonal(H, new Float64Array(5))).toThrow("addDiagonal: d has length 5, expected 6");
  });
});
