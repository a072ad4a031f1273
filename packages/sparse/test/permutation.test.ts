import { DimensionError } from "@slam/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPermutation, inversePermutation, permuteSymmetric } from "../src/permutation.ts";
import { csr } from "./elimination-oracle.ts";

/** Entries of one triangle (the smaller index first) and an order. */
const triangleAndOrder = fc.integer({ min: 1, max: 20 }).chain((n) => {
  const index = fc.integer({ min: 0, max: n - 1 });
  return fc.record({
    n: fc.constant(n),
    entries: fc.array(
      fc.tuple(index, index).map(([i, j]) => (i < j ? ([i, j] as const) : ([j, i] as const))),
      { maxLength: 3 * n },
    ),
    order: fc.shuffledSubarray([...Array(n).keys()], { minLength: n, maxLength: n }).map((order) => Int32Array.from(order)),
  });
});

describe("inversePermutation", () => {
  test("gives the new index of each old one", () => {
    expect([...inversePermutation(Int32Array.of(2, 0, 3, 1))]).toEqual([1, 3, 0, 2]);
  });

  test("twice is the permutation", () => {
    fc.assert(
      fc.property(triangleAndOrder, ({ order }) => {
        expect(inversePermutation(inversePermutation(order))).toEqual(order);
      }),
    );
  });
});

describe("checkPermutation", () => {
  test("accepts a permutation, the empty one too", () => {
    expect(() => checkPermutation("order", Int32Array.of(1, 2, 0), 3)).not.toThrow();
    expect(() => checkPermutation("order", new Int32Array(0), 0)).not.toThrow();
  });

  test("names what is wrong", () => {
    expect(() => checkPermutation("order", Int32Array.of(0, 1), 3)).toThrow(DimensionError);
    expect(() => checkPermutation("order", Int32Array.of(0, 3, 1), 3)).toThrow("order[1] is 3, expected an integer in 0 ... 2");
    expect(() => checkPermutation("order", Int32Array.of(0, 2, 2), 3)).toThrow("order[2] is 2, expected an index that is not there before");
  });
});

describe("permuteSymmetric", () => {
  test("moves the upper triangle of a 3x3", () => {
    // [a b c; . d .; . . e] with rows 2, 0, 1 first is [e c' .; . a b; . . d]
    const { n, rowPtr, colIdx } = csr(3, [
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 1],
      [2, 2],
    ]);

    const permuted = permuteSymmetric(n, rowPtr, colIdx, Int32Array.of(2, 0, 1));

    expect([...permuted.rowPtr]).toEqual([0, 2, 4, 5]);
    expect([...permuted.colIdx]).toEqual([0, 1, 1, 2, 2]);
    expect([...permuted.source]).toEqual([4, 2, 0, 1, 3]);
    expect([...permuted.transposed]).toEqual([0, 1, 0, 0, 0]);
  });

  test("of nothing is empty", () => {
    expect([...permuteSymmetric(0, Int32Array.of(0), new Int32Array(0), new Int32Array(0)).rowPtr]).toEqual([0]);
  });

  test("places each stored entry at its new row and column, upper triangle, ascending", () => {
    fc.assert(
      fc.property(triangleAndOrder, ({ n, entries, order }) => {
        const { rowPtr, colIdx } = csr(n, entries);
        const rowOf = Array.from({ length: n }, (_, i) => Array<number>(rowPtr[i + 1] - rowPtr[i]).fill(i)).flat();

        const permuted = permuteSymmetric(n, rowPtr, colIdx, order);

        expect([...permuted.source].sort((a, b) => a - b)).toEqual([...colIdx.keys()]);
        for (let k = 0; k < n; k++) {
          for (let q = permuted.rowPtr[k]; q < permuted.rowPtr[k + 1]; q++) {
            const ends = [order[k], order[permuted.colIdx[q]]];
            if (permuted.transposed[q] === 1) ends.reverse();
            expect(ends).toEqual([rowOf[permuted.source[q]], colIdx[permuted.source[q]]]);
            expect(permuted.colIdx[q]).toBeGreaterThanOrEqual(q === permuted.rowPtr[k] ? k : permuted.colIdx[q - 1]);
          }
        }
      }),
    );
  });

  test("refuses an order of another length", () => {
    expect(() => permuteSymmetric(2, Int32Array.of(0, 0, 0), new Int32Array(0), Int32Array.of(0))).toThrow(
      "permuteSymmetric: order has length 1, expected 2",
    );
  });
});
