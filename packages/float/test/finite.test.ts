import { areFinite } from "@slam/float";
import fc from "fast-check";
import { expect, test } from "vitest";

test.each([Infinity, -Infinity, Number.NaN, -Number.NaN])("%d is not finite, wherever it stands", (x) => {
  for (let at = 0; at < 3; at++) expect(areFinite(Float64Array.of(0, 1, 2).fill(x, at, at + 1))).toBe(false);
});

test("zeros, subnormal and the largest numbers are, and so are none", () => {
  expect(areFinite(Float64Array.of(0, -0, 5e-324, -Number.MAX_VALUE, Number.MAX_VALUE))).toBe(true);
  expect(areFinite(new Float64Array(0))).toBe(true);
});

test("what lies before and behind a view does not count", () => {
  expect(areFinite(Float64Array.of(Infinity, 1, Number.NaN).subarray(1, 2))).toBe(true);
});

test("says of any numbers what Number.isFinite says of each", () => {
  fc.assert(
    fc.property(fc.float64Array({ maxLength: 5 }), (x) => {
      expect(areFinite(x)).toBe(x.every((value) => Number.isFinite(value)));
    }),
  );
});
