import { bf16, e4m3, exponentOf, fp16, fp32, fp64, pack, tolerance } from "@slam/float";
import { bsrMatrix, bsrPattern, columnSquares, jacobiScaling, scaleColumns } from "@slam/sparse";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { denseRows, fp12, newCounters, randomMatrix, randomPattern } from "./matrices.ts";

describe("columnSquares", () => {
  test("of [1 2; 3 4] are 10 and 20", () => {
    const pattern = bsrPattern({ blockRows: 1, blockCols: 1, r: 2, c: 2, rowPtr: Int32Array.of(0, 1), colIdx: Int32Array.of(0) });

    expect(columnSquares(bsrMatrix(pattern, fp16, pack(fp16, [1, 2, 3, 4])))).toEqual(Float64Array.of(10, 20));
  });

  test.each([fp64, fp32, fp16, bf16, e4m3, fp12])("of $name are those of the dense matrix", (P) => {
    const A = randomMatrix(P, randomPattern(7, 4, 2, 3), "numbers near 1");

    const expected = new Float64Array(12).map((_, j) => denseRows(A).reduce((sum, row) => sum + row[j] ** 2, 0));

    expectClose(columnSquares(A), expected, tolerance(fp64, 14));
  });

  test("are summed in fp64, whatever the format", () => {
    const pattern = bsrPattern({ blockRows: 2, blockCols: 1, r: 1, c: 1, rowPtr: Int32Array.of(0, 1, 2), colIdx: Int32Array.of(0, 0) });

    expect(columnSquares(bsrMatrix(pattern, fp16, pack(fp16, [60_000, 0.5])))[0]).toBe(3.6e9 + 0.25);
  });
});

describe("jacobiScaling", () => {
  test("of 1, 2, 4, 100", () => {
    expect(jacobiScaling(Float64Array.of(1, 2, 4, 100))).toEqual(Float64Array.of(1, 0.5, 0.5, 0.125));
  });

  test("leaves columns without a norm", () => {
    expect(jacobiScaling(Float64Array.of(0, Infinity, NaN))).toEqual(Float64Array.of(1, 1, 1));
  });

  const squares = fc.oneof(
    fc.double({ min: 0, minExcluded: true, noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(5e-324, 2 ** -1022, 2 ** -1021, Number.MAX_VALUE, 2 ** 1023, 0.5, 2),
  );

  test("is by powers of two that bring s^2 c into [1/2, 2), from the least c to the largest", () => {
    fc.assert(
      fc.property(squares, (c) => {
        const [s] = jacobiScaling(Float64Array.of(c));

        expect(s).toBe(2 ** exponentOf(s));
        expect(s * (s * c)).toBeGreaterThanOrEqual(0.5);
        expect(s * (s * c)).toBeLessThan(2);
      }),
      { numRuns: 1000 },
    );
  });

  test("gives columns of about unit norm", () => {
    const A = randomMatrix(fp64, randomPattern(30, 8, 6, 6), "numbers near 1");
    const squares = columnSquares(A);

    const scaled = columnSquares(scaleColumns(A, jacobiScaling(squares), fp64, newCounters().events));

    scaled.forEach((c, j) => {
      if (squares[j] === 0) return;
      expect(c).toBeGreaterThanOrEqual(0.5);
      expect(c).toBeLessThan(2);
    });
  });
});
