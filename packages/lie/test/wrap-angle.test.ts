import { wrapAngle } from "@slam/lie";
import fc from "fast-check";
import { expect, test } from "vitest";

test("leaves what is in [-pi, pi) as it is", () => {
  fc.assert(
    fc.property(fc.double({ min: -Math.PI, max: Math.PI, maxExcluded: true, noNaN: true }), (x) => {
      expect(wrapAngle(x)).toBe(x);
    }),
  );
});

test("takes pi to -pi", () => {
  expect(wrapAngle(Math.PI)).toBe(-Math.PI);
  expect(wrapAngle(-Math.PI)).toBe(-Math.PI);
});

test("takes out whole turns exactly", () => {
  expect(wrapAngle(2 * Math.PI)).toBe(0);
  expect(wrapAngle(4 * Math.PI + 1)).toBe(4 * Math.PI + 1 - 4 * Math.PI);
  expect(wrapAngle(-4)).toBe(2 * Math.PI - 4);
});

test("always ends in [-pi, pi)", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e300, max: 1e300, noNaN: true }), (x) => {
      const wrapped = wrapAngle(x);
      expect(wrapped).toBeGreaterThanOrEqual(-Math.PI);
      expect(wrapped).toBeLessThan(Math.PI);
    }),
  );
});

test("gives NaN for what is not finite", () => {
  expect(wrapAngle(Infinity)).toBeNaN();
  expect(wrapAngle(NaN)).toBeNaN();
});
