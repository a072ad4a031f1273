import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cos, sin, writeCosSin } from "../src/index.ts";
import { cosExactly, errorInUlps, sinExactly } from "./elementary-oracle.ts";

/** m 2^e with any sign. */
function binades(min: number, max: number): fc.Arbitrary<number> {
  return fc.tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min, max })).map(([m, e]) => m * 2 ** e);
}

test("sin and cos of simple angles", () => {
  expect(sin(0)).toBe(0);
  expect(sin(-0)).toBe(-0);
  expect(cos(0)).toBe(1);
  expect(sin(Math.PI / 2)).toBe(1);
  expect(cos(Math.PI)).toBe(-1);
  expect(sin(Math.PI / 6)).toBe(0.49999999999999994);
  expect(sin(5e-324)).toBe(5e-324);
});

test("what is left of pi shows", () => {
  expect(sin(Math.PI)).toBe(1.2246467991473532e-16);
  expect(cos(Math.PI / 2)).toBe(6.123233995736766e-17);
});

test("large angles are reduced exactly", () => {
  expect(sin(1e22)).toBe(-0.8522008497671888);
  expect(cos(1e22)).toBe(0.523214785395139);
  // The double nearest to a multiple of pi/2: Muller, Elementary Functions, 3rd edition, section 11.
  const closest = 6381956970095103 * 2 ** 797;
  expect(errorInUlps(cos(closest), cosExactly(closest))).toBeLessThan(1);
  expect(Math.abs(cos(closest))).toBeLessThan(2 ** -60);
});

test("neither infinity nor NaN has a sine", () => {
  for (const x of [Infinity, -Infinity, NaN]) expect([sin(x), cos(x)]).toEqual([NaN, NaN]);
});

test("both at once are those of each alone, bit for bit", () => {
  const anything = fc.oneof(binades(-60, 60), fc.double(), fc.constantFrom(0, -0, Infinity, NaN, Math.PI, 5e-324));
  fc.assert(
    fc.property(anything, (x) => {
      const out = new Float64Array(4);
      writeCosSin(x, out, 1);
      expect(out).toEqual(Float64Array.of(0, cos(x), sin(x), 0));
    }),
  );
});

test("sin is odd, cos even, bit for bit", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      expect(sin(-x)).toBe(-sin(x));
      expect(cos(-x)).toBe(cos(x));
    }),
  );
});

describe.each([
  ["small angles", binades(-26, -1)],
  ["a few turns", fc.double({ min: -20, max: 20, noNaN: true })],
  ["up to 2^20", binades(0, 19)],
  ["up to the largest number", binades(20, 1022)],
  ["next to multiples of pi/2", fc.integer({ min: 1, max: 2 ** 21 }).map((n) => n * (Math.PI / 2))],
])("%s", (_, angles) => {
  const large = angles.filter((x) => Math.abs(x) > 2 ** -40);

  test.each([
    ["sin", sin, sinExactly],
    ["cos", cos, cosExactly],
  ] as const)("%s is within 1 ulp", (_name, f, exactly) => {
    fc.assert(
      fc.property(large, (x) => {
        expect(errorInUlps(f(x), exactly(x))).toBeLessThan(1);
      }),
      { numRuns: 500 },
    );
  });
});
