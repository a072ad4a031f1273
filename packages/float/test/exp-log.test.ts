import fc from "fast-check";
import { expect, test } from "vitest";
import { exp, fp64, log, tolerance } from "../src/index.ts";
import { errorInUlps, expExactly, logExactly } from "./elementary-oracle.ts";

test("exp of simple numbers", () => {
  expect([exp(0), exp(-0), exp(1), exp(-1), exp(Math.LN2)]).toEqual([1, 1, Math.E, 0.36787944117144233, 2]);
});

test("exp ends at 0 and at infinity", () => {
  expect(exp(-Infinity)).toBe(0);
  expect(exp(Infinity)).toBe(Infinity);
  expect(exp(NaN)).toBeNaN();
  expect(exp(709.782712893384)).toBe(1.7976931348622732e308);
  expect(exp(709.7827128933841)).toBe(Infinity);
  expect(exp(1e308)).toBe(Infinity);
  expect(exp(-745.1332191019411)).toBe(5e-324);
  expect(exp(-745.1332191019412)).toBe(0);
  expect(exp(-1e308)).toBe(0);
});

test("log of simple numbers", () => {
  expect([log(1), log(2), log(Math.E), log(10), log(0.5)]).toEqual([0, Math.LN2, 1, Math.LN10, -Math.LN2]);
});

test("log ends at 0 and at infinity", () => {
  expect(log(0)).toBe(-Infinity);
  expect(log(-0)).toBe(-Infinity);
  expect(log(Infinity)).toBe(Infinity);
  for (const x of [-1, -5e-324, -Infinity, NaN]) expect(log(x)).toBeNaN();
  expect(log(5e-324)).toBe(-744.4400719213812);
  expect(log(Number.MAX_VALUE)).toBe(709.782712893384);
});

test.each([
  ["near 0", fc.double({ min: -1, max: 1, noNaN: true })],
  ["anywhere", fc.double({ min: -745, max: 709.7, noNaN: true })],
])("exp is within 1 ulp %s", (_, numbers) => {
  fc.assert(
    fc.property(numbers, (x) => {
      expect(errorInUlps(exp(x), expExactly(x))).toBeLessThan(1);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["near 1", fc.double({ min: 0.9, max: 1.1, noNaN: true })],
  ["within a few binades", fc.double({ min: 0.1, max: 10, noNaN: true })],
  ["anywhere", fc.double({ min: 5e-324, noNaN: true, noDefaultInfinity: true })],
])("log is within 1 ulp %s", (_, numbers) => {
  fc.assert(
    fc.property(numbers, (x) => {
      expect(errorInUlps(log(x), logExactly(x))).toBeLessThan(1);
    }),
    { numRuns: 1000 },
  );
});

test("log undoes exp", () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      // One rounding of e^x moves its logarithm by u, whatever its size.
      expect(Math.abs(log(exp(x)) - x)).toBeLessThanOrEqual(tolerance(fp64, 1) * Math.max(1, Math.abs(x)));
    }),
  );
});
