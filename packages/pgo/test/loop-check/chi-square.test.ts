import { OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { describe, expect, test } from "vitest";
import { chiSquareBound, chiSquareTail, tailOf } from "../../src/loop-check/chi-square.ts";
import { defaultBound } from "../../src/loss-bounds.ts";

/** P(s > x) of an even number of degrees of freedom: e^(-x / 2) sum_k (x / 2)^k / k! */
const EVEN: { readonly [dof: number]: (t: number) => number } = {
  2: (t) => Math.exp(-t),
  4: (t) => Math.exp(-t) * (1 + t),
  6: (t) => Math.exp(-t) * (1 + t + t ** 2 / 2),
};

describe.each([2, 4, 6])("%d degrees of freedom", (dof) => {
  test.each([1e-3, 0.5, 2, 5, 8, 30, 200, 1200])("the tail from %d on is a sum of few terms", (x) => {
    const expected = EVEN[dof](x / 2);

    // exp(x) in fp64 is good to some x u, and 1 less a small number loses none of its digits to that.
    expect(Math.abs(chiSquareTail(dof, x) / expected - 1)).toBeLessThan(tolerance(fp64, 1000));
  });
});

test.each([
  [1, 0.95, 3.841458820694124],
  [1, 0.5, 0.454936423119572],
  [2, 0.99, 9.21034037197618],
  [3, 0.95, 7.814727903251178],
  [3, 0.9999, 21.107513466160444],
  [4, 0.99, 13.276704135987622],
  [5, 0.95, 11.070497693516351],
  [6, 0.9999, 27.856341236014174],
])("with %d degrees of freedom %d of the numbers are below %d", (dof, quantile, bound) => {
  expect(chiSquareBound(dof, tailOf(quantile))).toBeCloseTo(bound, 9);
});

test("the bounds of losses are those of 99 %", () => {
  for (const dof of [1, 2, 3, 4, 5, 6]) expect(defaultBound(dof) ** 2).toBeCloseTo(chiSquareBound(dof, 0.01), 12);
});

describe.each([1, 2, 3, 4, 5, 6])("%d degrees of freedom", (dof) => {
  test.each([0.999, 0.5, 1e-2, 1e-8, 1e-40, 1e-300])("a tail of %d begins at its bound", (tail) => {
    // A bound is rounded, and a tail changes by half the bound times as much.
    const bound = chiSquareBound(dof, tail);

    expect(Math.abs(chiSquareTail(dof, bound) / tail - 1)).toBeLessThan(tolerance(fp64, 10_000));
  });

  test("all numbers are above 0", () => {
    expect(chiSquareTail(dof, 0)).toBe(1);
  });
});

test.each([0, 1, -0.5, 2, Number.NaN])("%d is no quantile", (quantile) => {
  expect(() => tailOf(quantile)).toThrow(OptionError);
});
