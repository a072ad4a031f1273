import fc from "fast-check";
import { expect, test } from "vitest";
import { atan2 } from "../src/index.ts";
import { doubles } from "./cases.ts";
import { atan2Exactly, errorInUlps } from "./elementary-oracle.ts";

/** Numbers whose quotients the oracle resolves. */
function around(min: number, max: number): fc.Arbitrary<number> {
  return fc
    .tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min, max }), fc.boolean())
    .map(([m, e, negative]) => (negative ? -m : m) * 2 ** e);
}

test("the four quadrants", () => {
  expect(atan2(1, 1)).toBe(Math.PI / 4);
  expect(atan2(1, -1)).toBe((3 * Math.PI) / 4);
  expect(atan2(-1, 1)).toBe(-Math.PI / 4);
  expect(atan2(-1, -1)).toBe((-3 * Math.PI) / 4);
  expect(atan2(1, 2)).toBe(0.4636476090008061);
  expect(atan2(-2, -1)).toBe(-2.0344439357957027);
});

test("zeros, infinities and NaN as Math.atan2 has them", () => {
  const ends = [0, -0, 1, -1, Infinity, -Infinity, 5e-324, -5e-324, Number.MAX_VALUE, NaN];
  for (const y of ends) {
    for (const x of ends) expect(atan2(y, x), `atan2(${y}, ${x})`).toBe(Math.atan2(y, x));
  }
});

test("is odd in y and reflected by the sign of x", () => {
  fc.assert(
    fc.property(doubles, doubles, (y, x) => {
      expect(atan2(-y, x)).toBe(-atan2(y, x));
      if (Math.abs(y) > Math.abs(x) * 2 ** -40) expect(atan2(y, -x)).toBeCloseTo(Math.sign(y) * Math.PI - atan2(y, x), 12);
    }),
  );
});

test.each([
  ["of moderate size", around(-30, 30)],
  ["with a wide quotient", around(-100, 100)],
  ["near overflow", around(1000, 1022)],
  ["subnormal, or nearly", around(-1074, -1010)],
])("is within 1 ulp for arguments %s", (_, numbers) => {
  fc.assert(
    fc.property(numbers, numbers, (y, x) => {
      expect(errorInUlps(atan2(y, x), atan2Exactly(y, x))).toBeLessThan(1);
    }),
    { numRuns: 500 },
  );
});

test("tiny quotients are the angle itself", () => {
  expect(atan2(1e-200, 1e100)).toBe(1e-300);
  expect(atan2(3e-320, 2)).toBe(3e-320 / 2);
  expect(atan2(1e-300, 1e300)).toBe(0);
  expect(atan2(1e-300, -1e300)).toBe(Math.PI);
});
