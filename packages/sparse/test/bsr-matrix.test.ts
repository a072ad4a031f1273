import { bf16, e4m3, fp16, fp32, fp64, pack, type Storage, unpack } from "@slam/float";
import { bsrMatrix, bsrPattern, scaleColumns, transpose, valueCount } from "@slam/sparse";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { denseRows, families, fp12, newCounters, randomMatrix, randomPattern } from "./matrices.ts";

// [ 1 2 . . ]
// [ 3 4 . . ]
// [ . . 5 6 ]
// [ . . 7 8 ]
const pattern = bsrPattern({ blockRows: 2, blockCols: 2, r: 2, c: 2, rowPtr: Int32Array.of(0, 1, 2), colIdx: Int32Array.of(0, 1) });
const A = bsrMatrix(pattern, fp64, Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8));

describe("bsrMatrix", () => {
  test("has r c values for each block, zeros unless given", () => {
    expect(valueCount(pattern)).toBe(8);
    expect(bsrMatrix(pattern, fp16).values).toEqual(new Uint16Array(8));
  });

  test("does not copy", () => {
    const values = new Float64Array(8);

    expect(bsrMatrix(pattern, fp64, values).values).toBe(values);
  });

  test("refuses another number of values", () => {
    expect(() => bsrMatrix(pattern, fp64, new Float64Array(7))).toThrow("bsrMatrix: values has length 7, expected 8");
  });
});

describe("transpose", () => {
  test("transposes each block", () => {
    expect(transpose(A).values).toEqual(Float64Array.of(1, 3, 2, 4, 5, 7, 6, 8));
  });

  test.each([fp64, fp32, fp16, bf16, e4m3, fp12])("of $name has the entries (j, i), and done twice the matrix", (P) => {
    const random = randomMatrix(P, randomPattern(5, 4, 2, 3), "edge cases");

    const T = transpose(random);

    const rows = denseRows(random);
    expect(denseRows(T)).toEqual(Array.from({ length: 12 }, (_, j) => Float64Array.from(rows, (row) => row[j])));
    expect(transpose(T)).toEqual(random);
  });
});

describe("scaleColumns", () => {
  const counters = newCounters();

  test("multiplies column j by scale j", () => {
    expect(scaleColumns(A, Float64Array.of(1, 10, 100, 1000), fp64, counters.events).values).toEqual(
      Float64Array.of(1, 20, 3, 40, 500, 6000, 700, 8000),
    );
  });

  test("counts what overflows and what is flushed", () => {
    const { events } = newCounters();

    const B = scaleColumns(A, Float64Array.of(2 ** -26, 2 ** 14, 0, 65520), fp16, events);

    expect(unpack(fp16, B.values)).toEqual(Float64Array.of(0, 2 ** 15, 2 ** -24, Infinity, 0, Infinity, 0, Infinity));
    expect(events).toEqual({ overflows: 3, flushed: 1 });
  });

  test("refuses another number of scales", () => {
    expect(() => scaleColumns(A, new Float64Array(3), fp64, counters.events)).toThrow("scaleColumns: scale has length 3, expected 4");
  });

  test.each([fp64, fp32, fp16, bf16, e4m3, fp12])("by powers of two changes no bit of $name in its range", (P) => {
    const M = randomMatrix(P, randomPattern(5, 4, 2, 3));
    const { events } = newCounters();
    const scale = Float64Array.from({ length: 12 }, (_, j) => 2 ** ((j % 5) - 2));

    const there = scaleColumns(M, scale, P, events);
    const back = scaleColumns(
      there,
      scale.map((s) => 1 / s),
      P,
      events,
    );

    expect(denseRows(there)).toEqual(denseRows(M).map((row) => row.map((x, j) => x * scale[j] + 0)));
    expect(back).toEqual(M);
    expect(events).toEqual({ overflows: 0, flushed: 0 });
  });

  test.each([fp32, fp16, bf16, e4m3, fp12])("rounds once into $name", (P) => {
    const one = bsrPattern({ blockRows: 1, blockCols: 1, r: 1, c: 1, rowPtr: Int32Array.of(0, 1), colIdx: Int32Array.of(0) });

    fc.assert(
      fc.property(families["numbers near 1"](), families["numbers near 1"](), (x, s) => {
        const B = scaleColumns(bsrMatrix(one, fp32, pack(fp32, [x])), Float64Array.of(s), P, counters.events);

        expect(P.load(B.values as Storage as never, 0)).toBe(P.round(Math.fround(x) * s));
      }),
    );
  });
});
