import { DimensionError, OptionError } from "@slam/errors";
import { fp64 } from "@slam/float";
import type { BsrPattern } from "@slam/sparse";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { factorize } from "../src/factorize.ts";
import { analyzeCholesky, type CholeskySymbolic, type SymbolicOptions, withBlockSize } from "../src/symbolic.ts";
import { anyCase, lowerTriangle, normalMatrix } from "./block-matrix.ts";
import { CountingFormat } from "./counting.ts";

// 0 - 1, 1 - 2, 2 - 3, 3 - 0: eliminating 0 joins 1 and 3.
const cycle = lowerTriangle(fp64, [
  [4, 1, 0, 1],
  [1, 4, 1, 0],
  [0, 1, 4, 1],
  [1, 0, 1, 4],
]).pattern;

function columns({ n, L }: CholeskySymbolic): number[][] {
  return Array.from({ length: n }, (_, j) => [...L.rowIdx.subarray(L.colPtr[j], L.colPtr[j + 1])]);
}

describe("analyzeCholesky", () => {
  test("of a cycle of four in natural order has one block of fill", () => {
    const symbolic = analyzeCholesky(cycle, { ordering: "natural" });

    expect(columns(symbolic)).toEqual([[0, 1, 3], [1, 2, 3], [2, 3], [3]]);
    expect([...symbolic.order]).toEqual([0, 1, 2, 3]);
    expect(symbolic.nonzeros).toBe(9);
  });

  test("without fill has the pattern of A", () => {
    const symbolic = analyzeCholesky(cycle, { fill: 0, ordering: "natural" });

    expect(columns(symbolic)).toEqual([[0, 1, 3], [1, 2], [2, 3], [3]]);
    expect(symbolic.nonzeros).toBe(8);
  });

  test("without fill has the pattern of P A P'", () => {
    // Steps 0 1 2 3 eliminate 2 0 3 1, where 2 meets 3 and 1, and 0 meets 3 and 1.
    const symbolic = analyzeCholesky(cycle, { fill: 0, ordering: Int32Array.of(2, 0, 3, 1) });

    expect(columns(symbolic)).toEqual([[0, 2, 3], [1, 2, 3], [2], [3]]);
  });

  test("sends each block of A to its place, transposed where it changes sides", () => {
    const symbolic = analyzeCholesky(cycle, { ordering: Int32Array.of(2, 0, 3, 1) });

    // Blocks of A: (0,0) (1,0) (1,1) (2,1) (2,2) (3,0) (3,2) (3,3) are (1,1) (3,1) (3,3) (0,3) (0,0) (2,1) (2,0) (2,2) of P A P'.
    const places = [...symbolic.destination].map((d) => ({ row: symbolic.L.rowIdx[d >> 1], transposed: d % 2 === 1 }));
    expect(places.map(({ row }) => row)).toEqual([1, 3, 3, 3, 0, 2, 2, 2]);
    expect(places.map(({ transposed }) => transposed)).toEqual([false, false, false, true, false, false, false, false]);
  });

  test("orders by AMD unless told otherwise, which leaves a star without fill", () => {
    const star = lowerTriangle(fp64, [
      [4, 1, 1, 1],
      [1, 4, 0, 0],
      [1, 0, 4, 0],
      [1, 0, 0, 4],
    ]).pattern;

    const symbolic = analyzeCholesky(star);

    expect(symbolic.nonzeros).toBe(7);
    expect(analyzeCholesky(star, { ordering: "natural" }).nonzeros).toBe(10);
  });

  test("keeps its own copy of an ordering", () => {
    const ordering = Int32Array.of(2, 0, 3, 1);
    const symbolic = analyzeCholesky(cycle, { ordering });

    ordering.fill(0);

    expect([...symbolic.order]).toEqual([2, 0, 3, 1]);
  });

  test("of nothing is empty", () => {
    const symbolic = analyzeCholesky({ blockRows: 0, blockCols: 0, r: 3, c: 3, rowPtr: Int32Array.of(0), colIdx: new Int32Array(0) });

    expect(symbolic).toMatchObject({ n: 0, b: 3, nonzeros: 0, flops: 0 });
  });

  test.each(["complete", 0] as const)("with fill %s counts the operations that a factorisation executes", (fill) => {
    fc.assert(
      fc.property(anyCase, (drawn) => {
        const counting = new CountingFormat();
        const A = normalMatrix(counting.format, drawn, 2 * drawn.b ** 2 * (drawn.edges.length + 1));
        const symbolic = analyzeCholesky(A.pattern, { fill, ordering: drawn.order });

        factorize(symbolic, A, { maxShifts: 0 });

        expect(symbolic.flops).toBe(counting.operations);
      }),
    );
  });

  test("counts the scalars of L", () => {
    const A = lowerTriangle(
      fp64,
      Array.from({ length: 6 }, () => [1, 1, 1, 1, 1, 1]),
      2,
    );

    expect(analyzeCholesky(A.pattern).nonzeros).toBe(21);
  });
});

test.each(["complete", 0] as const)("withBlockSize is the analysis of blocks of another size at the same places, fill %s", (fill) => {
  fc.assert(
    fc.property(anyCase, fc.integer({ min: 1, max: 9 }), (drawn, b) => {
      const { pattern } = normalMatrix(fp64, drawn, 1);

      const symbolic = withBlockSize(analyzeCholesky(pattern, { fill }), b);

      expect(symbolic).toEqual(analyzeCholesky({ ...pattern, r: b, c: b }, { fill }));
    }),
  );
});

test("withBlockSize refuses blocks of nothing", () => {
  expect(() => withBlockSize(analyzeCholesky(cycle), 0)).toThrow(OptionError);
});

describe("analyzeCholesky refuses", () => {
  const refused = (pattern: Partial<BsrPattern>, options?: SymbolicOptions): (() => unknown) => {
    return () => analyzeCholesky({ ...cycle, ...pattern }, options);
  };

  test("a missing diagonal block, an empty row included", () => {
    const withoutDiagonal = refused({ blockRows: 2, blockCols: 2, rowPtr: Int32Array.of(0, 1, 2), colIdx: Int32Array.of(0, 0) });
    const emptyRow = refused({ blockRows: 2, blockCols: 2, rowPtr: Int32Array.of(0, 1, 1), colIdx: Int32Array.of(0) });

    expect(withoutDiagonal).toThrow(OptionError);
    expect(withoutDiagonal).toThrow("the last block of block row 1 is 0, expected block column 1, the diagonal");
    expect(emptyRow).toThrow('the last block of block row 1 is "none"');
  });

  test("an entry above the diagonal", () => {
    const upper = refused({ blockRows: 2, blockCols: 2, rowPtr: Int32Array.of(0, 2, 3), colIdx: Int32Array.of(0, 1, 1) });

    expect(upper).toThrow(OptionError);
    expect(upper).toThrow("the last block of block row 0 is 1, expected block column 0");
  });

  test("a matrix or blocks that are not square", () => {
    expect(refused({ blockCols: 5 })).toThrow(DimensionError);
    expect(refused({ c: 2 })).toThrow("analyzeCholesky: block width has length 2, expected 1");
  });

  test("an ordering that is not a permutation", () => {
    expect(refused({}, { ordering: Int32Array.of(0, 1, 2) })).toThrow(DimensionError);
    expect(refused({}, { ordering: Int32Array.of(0, 1, 2, 2) })).toThrow("analyzeCholesky: ordering[3] is 2, expected an index");
    expect(refused({}, { ordering: Int32Array.of(0, 1, 2, 4) })).toThrow(OptionError);
    expect(refused({}, { ordering: "rcm" as "amd" })).toThrow('analyzeCholesky: ordering is "rcm"');
  });

  test("any other fill", () => {
    expect(refused({}, { fill: -1 })).toThrow("analyzeCholesky: fill is -1");
    expect(refused({}, { fill: "0" as "complete" })).toThrow(OptionError);
  });
});
