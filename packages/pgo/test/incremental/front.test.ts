import { fp64, tolerance } from "@slam/float";
import { Random } from "@slam/sim";
import { describe, expect, test } from "vitest";
import { eliminate, quadraticForm, solveBackward, solveForward, subtractSeparator } from "../../src/incremental/front.ts";

/** B B' + I */
function spd(n: number, random: Random): Float64Array {
  const B = Float64Array.from({ length: n * n }, () => random.gaussian());
  const H = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      H[i * n + j] = i === j ? 1 : 0;
      for (let k = 0; k < n; k++) H[i * n + j] += B[i * n + k] * B[j * n + k];
    }
  }
  return H;
}

/** R'R of the first rows of F, and what is left of the others, at (i, j), i <= j. */
function multipliedBack(F: Float64Array, n: number, pivots: number, i: number, j: number): number {
  let sum = i < pivots ? 0 : F[i * n + j];
  for (let k = 0; k < Math.min(pivots, i + 1); k++) sum += F[k * n + i] * F[k * n + j];
  return sum;
}

test("eliminates 3 of 4 variables that a pencil can follow", () => {
  const F = Float64Array.of(4, 0, 0, 2, 0, 9, 0, 3, 0, 0, 16, 4, 2, 3, 4, 5);

  const replaced = eliminate(F, 4, 3, new Float64Array(4));

  expect(replaced).toBe(0);
  expect([F[0], F[3], F[5], F[7], F[10], F[11]]).toEqual([2, 1, 3, 1, 4, 1]);
  expect(F[15]).toBe(2);
});

test("replaces a pivot that is zero to rounding by its diagonal", () => {
  const F = Float64Array.of(1, 1, 0, 1, 1, 0, 0, 0, 1);

  expect(eliminate(F, 3, 3, new Float64Array(3))).toBe(1);
  expect([F[0], F[1], F[4], F[8]]).toEqual([1, 1, 1, 1]);
});

describe.each([
  [3, 3],
  [9, 3],
  [12, 6],
  [30, 12],
])("%i variables, %i of them eliminated", (n, pivots) => {
  const H = spd(n, new Random(n));
  const F = H.slice();
  eliminate(F, n, pivots, new Float64Array(n));
  const bound = tolerance(fp64, n) * Math.max(...H);

  test("multiplied back give the matrix", () => {
    for (let i = 0; i < n; i++)
      for (let j = i; j < n; j++) expect(Math.abs(multipliedBack(F, n, pivots, i, j) - H[i * n + j])).toBeLessThan(bound);
  });

  test("forward, then backward with the separator's step, solve what they solve", () => {
    const b = Float64Array.from({ length: n }, (_, k) => k - 2);
    const y = b.slice();

    const energy = solveForward(F, n, pivots, y);
    // What is left of H is solved by its own factor.
    const x = new Float64Array(n);
    for (let k = pivots; k < n; k++) x[k] = Math.sin(k);
    const square = subtractSeparator(F, n, pivots, y, x);
    solveBackward(F, n, pivots, x);

    expect(energy).toBeCloseTo(
      y.subarray(0, pivots).reduce((sum, v) => sum + v * v, 0),
      10,
    );
    expect(square).toBeGreaterThan(0);
    // The first rows of H x = b.
    for (let i = 0; i < pivots; i++) {
      const product = x.reduce((sum, v, j) => sum + H[i * n + j] * v, 0);
      expect(Math.abs(product - b[i])).toBeLessThan(bound * n);
    }
  });

  test("the quadratic form is that of what is left", () => {
    const x = Float64Array.from({ length: n }, (_, k) => Math.cos(k));
    let expected = 0;
    for (let i = pivots; i < n; i++) for (let j = pivots; j < n; j++) expected += F[Math.min(i, j) * n + Math.max(i, j)] * x[i] * x[j];

    expect(quadraticForm(F, n, pivots, x)).toBeCloseTo(expected, 8);
  });
});
