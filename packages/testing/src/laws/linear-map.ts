import fc from "fast-check";
import { expect, test } from "vitest";

export type LinearMap = (x: Float64Array) => Float64Array;

/** Vectors of numbers k / 16, |k| <= 32, rounded to the format of the map: sums of them neither overflow nor underflow. */
export function vectors(n: number, round: (x: number) => number): fc.Arbitrary<Float64Array> {
  return fc
    .array(fc.integer({ min: -32, max: 32 }), { minLength: n, maxLength: n })
    .map((numerators) => Float64Array.from(numerators, (k) => round(k / 16)));
}

/** A e_j for each j < n. */
export function columns(map: LinearMap, n: number): Float64Array[] {
  return Array.from({ length: n }, (_, j) => map(new Float64Array(n).with(j, 1)));
}

/** |A| |x|, what rounding errors of A x are relative to. */
export function magnitudes(A: readonly Float64Array[], rows: number, x: Float64Array): Float64Array {
  return new Float64Array(rows).map((_, i) => A.reduce((sum, column, j) => sum + Math.abs(column[i] * x[j]), 0));
}

export function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, xi, i) => sum + xi * y[i], 0);
}

/** |A(alpha x + y) - alpha A x - A y| <= tolerance |A| (|alpha x + y| + |alpha x| + |y|), entry by entry. */
export function linearityLaw(name: string, map: LinearMap, cols: number, round: (x: number) => number, tolerance: number): void {
  test(name, () => {
    const A = columns(map, cols);
    const vector = vectors(cols, round);
    fc.assert(
      fc.property(fc.integer({ min: -4, max: 4 }), vector, vector, (alpha, x, y) => {
        const sum = x.map((xj, j) => round(alpha * xj + y[j]));
        const actual = map(sum);
        const ofX = map(x);
        const ofY = map(y);
        // The sum itself is rounded too: its last bits are part of the error, and less than the tolerance of it.
        const size = magnitudes(
          A,
          actual.length,
          sum.map((s, j) => Math.abs(s) + Math.abs(alpha * x[j]) + Math.abs(y[j])),
        );
        for (let i = 0; i < actual.length; i++) expectWithin(actual[i], alpha * ofX[i] + ofY[i], tolerance * size[i]);
      }),
    );
  });
}

/** |actual - expected| <= bound; a NaN fails. */
export function expectWithin(actual: number, expected: number, bound: number): void {
  if (!(Math.abs(actual - expected) <= bound))
    expect.fail(`${actual} is ${Math.abs(actual - expected)} away from ${expected}, more than ${bound}`);
}
