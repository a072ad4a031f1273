import { fp64, tolerance } from "@slam/float";
import { nearestRotation, so3 } from "@slam/lie";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { expect, test } from "vitest";

const u = tolerance(fp64, 8);

function nearest(...m: number[]): Float64Array {
  const out = new Float64Array(6).fill(NaN);
  nearestRotation(Float64Array.of(NaN, ...m), 1, out, 2);
  return out.slice(2);
}

const entry = fc.double({ min: -1, max: 1, noNaN: true });
const quaternion = fc
  .tuple(entry, entry, entry, entry)
  .filter((q) => Math.hypot(...q) > 0.1)
  .map((q) => {
    const x = Float64Array.from(q);
    so3.normalize(x, 0, x, 0);
    return x;
  });

function matrixOf(q: Float64Array): Float64Array {
  const matrix = new Float64Array(9);
  so3.toMatrix(q, 0, matrix, 0);
  return matrix;
}

test("of a rotation scaled by a positive number is that rotation", () => {
  const half = Math.sqrt(0.5);

  expectClose(nearest(0, -3, 0, 3, 0, 0, 0, 0, 3), [0, 0, half, half], u);
});

test("of a matrix no other rotation is nearer to", () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 9, maxLength: 9 }), quaternion, (m, other) => {
      const gain = (q: Float64Array): number => matrixOf(q).reduce((sum, x, k) => sum + x * m[k], 0);
      expect(gain(nearest(...m))).toBeGreaterThanOrEqual(gain(other) - u);
    }),
  );
});

test("of the zero matrix is the identity, and of a rank-one matrix the least turn", () => {
  const half = Math.sqrt(0.5);

  expect(nearest(0, 0, 0, 0, 0, 0, 0, 0, 0)).toEqual(Float64Array.of(0, 0, 0, 1));
  expectClose(nearest(0, 0, 0, 1, 0, 0, 0, 0, 0), [0, 0, half, half], u);
});

test("of a half turn is that turn, not a division by zero", () => {
  expectClose(matrixOf(nearest(1, 0, 0, 0, -1, 0, 0, 0, -1)), [1, 0, 0, 0, -1, 0, 0, 0, -1], u);
  expectClose(matrixOf(nearest(-1, 1e-160, 0, 1e-160, -1, 0, 0, 0, 1)), [-1, 0, 0, 0, -1, 0, 0, 0, 1], u);
});

test("of a reflection is a rotation", () => {
  expectClose(matrixOf(nearest(3, 0, 0, 0, 2, 0, 0, 0, -1)), [1, 0, 0, 0, 1, 0, 0, 0, 1], u);
});
