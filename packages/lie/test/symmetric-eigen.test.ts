import { DimensionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { symmetricEigen } from "@slam/lie";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { expect, test } from "vitest";

test("of [2, 1; 1, 2] are 1 and 3", () => {
  const { values } = symmetricEigen(2, Float64Array.of(2, 1, 1, 2));

  expectClose(values.toSorted(), [1, 3], tolerance(fp64, 1));
});

test("of the zero matrix are zero, with the unit vectors", () => {
  const { values, vectors } = symmetricEigen(3, new Float64Array(9));

  expect(values).toEqual(new Float64Array(3));
  expect(vectors).toEqual(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1));
});

test("give the matrix back, and orthonormal vectors, repeated values included", () => {
  const entries = fc.array(fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(0, 1)), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(entries, (upper) => {
      const a = new Float64Array(16);
      for (let i = 0, k = 0; i < 4; i++) for (let j = i; j < 4; j++, k++) a[4 * i + j] = a[4 * j + i] = upper[k];
      const { values, vectors: v } = symmetricEigen(4, a);
      const back = new Float64Array(16);
      const gram = new Float64Array(16);
      for (let i = 0; i < 4; i++) {
        for (let j = 0; j < 4; j++) {
          for (let k = 0; k < 4; k++) {
            back[4 * i + j] += v[4 * i + k] * values[k] * v[4 * j + k];
            gram[4 * i + j] += v[4 * k + i] * v[4 * k + j];
          }
        }
      }
      expectClose(back, a, tolerance(fp64, 16));
      expectClose(gram, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], tolerance(fp64, 16));
    }),
  );
});

test("keeps small eigenvalues of a badly scaled matrix to full relative accuracy", () => {
  // [1e16, 1e8 c; 1e8 c, 1] has the determinant 1e16 (1 - c^2), and so the small eigenvalue 1 - c^2 to first order
  const c = 0.5;
  const { values } = symmetricEigen(2, Float64Array.of(1e16, 1e8 * c, 1e8 * c, 1));

  expect(Math.abs(values[0] / (1 - c * c) - 1)).toBeLessThanOrEqual(tolerance(fp64, 1) + 1e-16);
});

test("come in ascending order", () => {
  expect(symmetricEigen(3, Float64Array.of(3, 0, 0, 0, -1, 0, 0, 0, 2)).values).toEqual(Float64Array.of(-1, 2, 3));
});

test("refuse a matrix of another size", () => {
  expect(() => symmetricEigen(3, new Float64Array(4))).toThrow(DimensionError);
});
