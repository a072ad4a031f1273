import { type BsrPattern, bsrPattern, transposePattern } from "@slam/sparse";
import { describe, expect, test } from "vitest";
import { randomPattern } from "./matrices.ts";

// [ x . x ]
// [ . . . ]
// [ . x x ]
const pattern: BsrPattern = {
  blockRows: 3,
  blockCols: 3,
  r: 2,
  c: 1,
  rowPtr: Int32Array.of(0, 2, 2, 4),
  colIdx: Int32Array.of(0, 2, 1, 2),
};

describe("bsrPattern", () => {
  test("returns what it has checked", () => {
    expect(bsrPattern(pattern)).toBe(pattern);
  });

  test("takes a matrix of nothing", () => {
    const nothing = { blockRows: 0, blockCols: 0, r: 1, c: 1, rowPtr: Int32Array.of(0), colIdx: new Int32Array(0) };

    expect(bsrPattern(nothing)).toBe(nothing);
  });

  test.each<[Partial<BsrPattern>, string]>([
    [{ blockRows: -1 }, "bsrPattern: blockRows is -1, expected an integer >= 0"],
    [{ blockCols: 1.5 }, "bsrPattern: blockCols is 1.5, expected an integer >= 0"],
    [{ r: 0 }, "bsrPattern: r is 0, expected an integer >= 1"],
    [{ c: 0 }, "bsrPattern: c is 0, expected an integer >= 1"],
    [{ rowPtr: Int32Array.of(0, 2, 4) }, "bsrPattern: rowPtr has length 3, expected 4"],
    [{ rowPtr: Int32Array.of(1, 2, 2, 4) }, "bsrPattern: rowPtr[0] is 1, expected 0"],
    [{ rowPtr: Int32Array.of(0, 2, 1, 4) }, "bsrPattern: rowPtr[2] is 1, expected at least 2"],
    [{ rowPtr: Int32Array.of(0, 2, 2, 5) }, "bsrPattern: colIdx has length 4, expected 5"],
    [{ rowPtr: Int32Array.of(0, 2, 2, 3) }, "bsrPattern: colIdx has length 4, expected 3"],
    [{ colIdx: Int32Array.of(-1, 2, 1, 2) }, "bsrPattern: colIdx[0] of block row 0 is -1, expected an integer in 0 ... 2"],
    [{ colIdx: Int32Array.of(0, 2, 1, 3) }, "bsrPattern: colIdx[3] of block row 2 is 3, expected an integer in 2 ... 2"],
    [{ colIdx: Int32Array.of(2, 0, 1, 2) }, "bsrPattern: colIdx[1] of block row 0 is 0, expected an integer in 3 ... 2"],
    [{ colIdx: Int32Array.of(0, 0, 1, 2) }, "bsrPattern: colIdx[1] of block row 0 is 0, expected an integer in 1 ... 2"],
  ])("refuses %j", (changes, message) => {
    expect(() => bsrPattern({ ...pattern, ...changes })).toThrow(message);
  });
});

describe("transposePattern", () => {
  test("turns rows into columns", () => {
    const transposed = transposePattern(pattern);

    expect(transposed.pattern).toEqual({
      blockRows: 3,
      blockCols: 3,
      r: 1,
      c: 2,
      rowPtr: Int32Array.of(0, 1, 2, 4),
      colIdx: Int32Array.of(0, 2, 0, 2),
    });
    expect(transposed.source).toEqual(Int32Array.of(0, 2, 1, 3));
  });

  test.each([
    [0, 4],
    [4, 0],
    [5, 9],
    [20, 13],
  ])("of a %i x %i pattern is valid, and gives the pattern when done twice", (blockRows, blockCols) => {
    const random = randomPattern(blockRows, blockCols, 2, 3);

    const once = transposePattern(random);
    const twice = transposePattern(once.pattern);

    expect(bsrPattern(once.pattern)).toBe(once.pattern);
    expect(twice.pattern).toEqual(random);
    expect(twice.source.map((k) => once.source[k])).toEqual(random.colIdx.map((_, k) => k));
  });
});
