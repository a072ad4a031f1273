import fc from "fast-check";
import { expect, test } from "vitest";
import { hypot } from "../src/index.ts";
import { doubles } from "./cases.ts";
import { errorInUlps, hypotExactly } from "./elementary-oracle.ts";

function around(min: number, max: number): fc.Arbitrary<number> {
  return fc.tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min, max })).map(([m, e]) => m * 2 ** e);
}

test("3, 4, 5", () => {
  expect(hypot(3, 4)).toBe(5);
  expect(hypot(-5, 12)).toBe(13);
  expect(hypot(0, -7)).toBe(7);
  expect(hypot(-0, -0)).toBe(0);
});

test("neither overflows nor underflows on the way", () => {
  expect(hypot(3e300, 4e300)).toBe(5e300);
  expect(hypot(3 * 2 ** -1074, 4 * 2 ** -1074)).toBe(5 * 2 ** -1074);
  expect(hypot(Number.MAX_VALUE, 1)).toBe(Number.MAX_VALUE);
  expect(hypot(Number.MAX_VALUE, Number.MAX_VALUE)).toBe(Infinity);
  expect(hypot(1, 5e-324)).toBe(1);
});

test("an infinity outweighs NaN", () => {
  expect(hypot(Infinity, NaN)).toBe(Infinity);
  expect(hypot(NaN, -Infinity)).toBe(Infinity);
  expect(hypot(NaN, 0)).toBeNaN();
});

test("does not mind order or sign", () => {
  fc.assert(
    fc.property(doubles, doubles, (x, y) => {
      expect(hypot(y, -x)).toBe(hypot(x, y));
    }),
  );
});

test.each([
  ["of moderate size", around(-10, 10)],
  ["of many sizes", around(-60, 60)],
  ["near overflow", around(990, 1021)],
  ["subnormal, or nearly", around(-1073, -1000)],
])("is within 1 ulp for arguments %s", (_, numbers) => {
  fc.assert(
    fc.property(numbers, numbers, (x, y) => {
      fc.pre(x !== 0 || y !== 0);
      expect(errorInUlps(hypot(x, y), hypotExactly(x, y))).toBeLessThan(1);
    }),
    { numRuns: 1000 },
  );
});
