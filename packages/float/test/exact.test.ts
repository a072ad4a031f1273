import fc from "fast-check";
import { expect, test } from "vitest";
import { fastTwoSum, split, twoProduct, twoSum } from "../src/index.ts";
import { isEqual, plus, rational, times } from "./rational.ts";

/** m 2^e: the range in which no transform under- or overflows. */
const moderate = fc
  .tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min: -400, max: 400 }))
  .map(([m, e]) => (Math.abs(m) < 2 ** -60 ? 0 : m * 2 ** e));

test("twoSum of 1 and 2^-60 is 1 and 2^-60", () => {
  expect(twoSum(1, 2 ** -60)).toEqual([1, 2 ** -60]);
  expect(twoSum(2 ** -60, 1)).toEqual([1, 2 ** -60]);
});

test("twoProduct of 1 + 2^-30 with itself leaves 2^-60", () => {
  expect(twoProduct(1 + 2 ** -30, 1 + 2 ** -30)).toEqual([1 + 2 ** -29, 2 ** -60]);
});

test("twoSum is exact", () => {
  fc.assert(
    fc.property(moderate, moderate, (a, b) => {
      const [s, e] = twoSum(a, b);

      expect(s).toBe(a + b);
      expect(isEqual(plus(rational(s), rational(e)), plus(rational(a), rational(b)))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("fastTwoSum is twoSum where |a| >= |b|", () => {
  fc.assert(
    fc.property(moderate, moderate, (a, b) => {
      const [large, small] = Math.abs(a) >= Math.abs(b) ? [a, b] : [b, a];

      const [s, e] = fastTwoSum(large, small);

      expect([s, e + 0]).toEqual([twoSum(a, b)[0], twoSum(a, b)[1] + 0]);
    }),
    { numRuns: 2000 },
  );
});

test("split gives two halves of 26 bits", () => {
  fc.assert(
    fc.property(moderate, (a) => {
      const [hi, lo] = split(a);

      expect(hi + lo).toBe(a);
      for (const half of [hi, lo]) expect(isEqual(rational(half * half), times(rational(half), rational(half)))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("twoProduct is exact", () => {
  fc.assert(
    fc.property(moderate, moderate, (a, b) => {
      const [p, e] = twoProduct(a, b);

      expect(p).toBe(a * b);
      expect(isEqual(plus(rational(p), rational(e)), times(rational(a), rational(b)))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
