import { bf16, e4m3, fp16, fp32, fp64, type Storage, tolerance } from "@slam/float";
import { bsrMatrix, bsrPattern, normalProduct, normalSymbolic } from "@slam/sparse";
import { productReference } from "@slam/sparse/reference";
import { expectSameBits } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { blockSizes, denseRows, families, fp12, newCounters, randomMatrix, randomPattern } from "./matrices.ts";

// [ 1 . 2 ]
// [ . . . ]    A'A = [ 10 . 14 ; . . . ; 14 . 20 ]
// [ 3 . 4 ]
const pattern = bsrPattern({
  blockRows: 3,
  blockCols: 3,
  r: 1,
  c: 1,
  rowPtr: Int32Array.of(0, 2, 2, 4),
  colIdx: Int32Array.of(0, 2, 0, 2),
});
const A = bsrMatrix(pattern, fp64, Float64Array.of(1, 2, 3, 4));

describe("of 3 x 3 with an empty column", () => {
  test("the lower triangle has every diagonal block", () => {
    const symbolic = normalSymbolic(pattern);

    expect(symbolic.pattern).toMatchObject({
      blockRows: 3,
      blockCols: 3,
      rowPtr: Int32Array.of(0, 1, 2, 4),
      colIdx: Int32Array.of(0, 1, 0, 2),
    });
    expect(normalProduct(symbolic, A).values).toEqual(Float64Array.of(10, 0, 14, 20));
  });

  test("the diagonal is that of the lower triangle", () => {
    const symbolic = normalSymbolic(pattern, "diagonal");

    expect(symbolic.pattern).toMatchObject({ rowPtr: Int32Array.of(0, 1, 2, 3), colIdx: Int32Array.of(0, 1, 2) });
    expect(normalProduct(symbolic, A).values).toEqual(Float64Array.of(10, 0, 20));
  });

  test("each part counts the flops it takes", () => {
    const [lower, diagonal] = (["lower", "diagonal"] as const).map((part) => {
      const { work } = newCounters();
      normalProduct(normalSymbolic(pattern, part), A, work);
      return work;
    });

    expect(lower).toEqual({ flops: { factorize: { fp64: 12 } }, bytes: { factorize: { fp64: 64 } } });
    expect(diagonal).toEqual({ flops: { factorize: { fp64: 8 } }, bytes: { factorize: { fp64: 56 } } });
  });
});

test("refuses a part it does not know", () => {
  expect(() => normalSymbolic(pattern, "upper" as "lower")).toThrow('normalSymbolic: part is "upper", expected one of lower, diagonal');
});

test("refuses a matrix of another structure", () => {
  const other = bsrMatrix(randomPattern(3, 4, 1, 1), fp64);

  expect(() => normalProduct(normalSymbolic(pattern), other)).toThrow(
    `normalProduct: A.values has length ${other.values.length}, expected 4`,
  );
});

test("of nothing is nothing", () => {
  const empty = randomPattern(4, 0, 2, 3);

  expect(normalProduct(normalSymbolic(empty), bsrMatrix(empty, fp64)).values).toHaveLength(0);
});

describe.each(blockSizes)("in blocks $r x $c", ({ r, c }) => {
  const random = randomPattern(12, 7, r, c);
  const cols = 7 * c;

  test("the structure is that of the dense product, plus the diagonal", () => {
    const symbolic = normalSymbolic(random);
    const { rowPtr, colIdx } = bsrPattern(symbolic.pattern);

    const rows = Array.from({ length: 12 }, (_, i) => [...random.colIdx.subarray(random.rowPtr[i], random.rowPtr[i + 1])]);
    for (let i = 0; i < 7; i++) {
      const expected = [0, 1, 2, 3, 4, 5, 6].filter((j) => j === i || (j < i && rows.some((row) => row.includes(i) && row.includes(j))));
      expect([...colIdx.subarray(rowPtr[i], rowPtr[i + 1])]).toEqual(expected);
    }
  });

  test.each([fp64, fp32, fp16, bf16, fp12])("in $name the values are within n u of A'A", (P) => {
    const M = randomMatrix(P, random);
    const rows = denseRows(M);

    const H = denseRows(normalProduct(normalSymbolic(random), M));

    const u = tolerance(P, 12 * r);
    for (let i = 0; i < cols; i++) {
      for (let j = 0; j < cols; j++) {
        if (Math.floor(j / c) > Math.floor(i / c)) continue;
        const exact = rows.reduce((sum, row) => sum + row[i] * row[j], 0);
        const size = rows.reduce((sum, row) => sum + Math.abs(row[i] * row[j]), 0);
        expect(Math.abs(H[i][j] - exact)).toBeLessThanOrEqual(u * size);
      }
    }
  });

  describe.each([fp64, fp32, fp16, e4m3])("in $name", (P) => {
    test.each(Object.keys(families) as (keyof typeof families)[])("the bits are the reference's on %s", (family) => {
      const M = randomMatrix(P, random, family);
      const symbolic = normalSymbolic(random);

      const H = normalProduct(symbolic, M);

      const expected = bsrMatrix(symbolic.pattern, P);
      productReference(symbolic, P, M.values as Storage, expected.values as Storage);
      expectSameBits(H.values as Storage, expected.values as Storage);
    });

    test("the diagonal blocks alone have the same bits", () => {
      const M = randomMatrix(P, random, "numbers near 1");
      const lower = denseRows(normalProduct(normalSymbolic(random), M));
      const diagonal = denseRows(normalProduct(normalSymbolic(random, "diagonal"), M));

      diagonal.forEach((row, i) => {
        const from = i - (i % c);
        expectSameBits(row.subarray(from, from + c), lower[i].subarray(from, from + c));
      });
    });
  });
});
