import fc from "fast-check";
import { expect, test } from "vitest";
import { exponentOf, powerOfTwoBelow } from "../src/index.ts";
import { floorLog2, magnitude, rational } from "./rational.ts";

test("the exponents of 1, 1.99, 2 and of the ends", () => {
  expect([1, -1.99, 2, 0.75].map(exponentOf)).toEqual([0, 0, 1, -1]);
  expect([Number.MAX_VALUE, 2 ** -1022, 5e-324].map(exponentOf)).toEqual([1023, -1022, -1074]);
});

test("there is a power of two to scale everything by", () => {
  expect([5, -0.3, 5e-324, 0, Infinity, NaN].map(powerOfTwoBelow)).toEqual([4, 0.25, 5e-324, 1, 1, 1]);
});

test("the exponent is floor(log2 |x|)", () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => x !== 0),
      (x) => {
        expect(exponentOf(x)).toBe(floorLog2(magnitude(rational(x))));
      },
    ),
    { numRuns: 1000 },
  );
});
