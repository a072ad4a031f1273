import { describe, expect, test } from "vitest";
import { chanceBound, defaultBound } from "../src/loss-bounds.ts";

/** P(s > x) for s chi-square of 6 degrees of freedom. */
function tail6(x: number): number {
  return Math.exp(-x / 2) * (1 + x / 2 + x ** 2 / 8);
}

/** Of 3, by the trapezoidal rule on the density after x = y^2: sqrt(2 / pi) y^2 e^(-y^2 / 2). */
function tail3(x: number): number {
  const [from, to, steps] = [Math.sqrt(x), 40, 400_000];
  const h = (to - from) / steps;
  let sum = 0;
  for (let k = 0; k <= steps; k++) {
    const y = from + k * h;
    sum += (k === 0 || k === steps ? 0.5 : 1) * y * y * Math.exp((-y * y) / 2);
  }
  return Math.sqrt(2 / Math.PI) * h * sum;
}

describe.each([
  { dof: 3 as const, tail: tail3 },
  { dof: 6 as const, tail: tail6 },
])("with $dof degrees of freedom", ({ dof, tail }) => {
  test("one in a hundred is beyond the default", () => {
    expect(tail(defaultBound(dof) ** 2)).toBeCloseTo(0.01, 9);
  });

  test.each([1, 100, 10_000, 1_000_000])(
    "of %d, one is beyond the bound in less than one graph of a hundred, two decades less at most",
    (n) => {
      const expected = n * tail(chanceBound(dof, n) ** 2);

      expect(expected).toBeLessThan(0.01);
      expect(expected).toBeGreaterThan(0.0001);
    },
  );
});
