import { fp64, tolerance } from "@slam/float";
import { so3 } from "@slam/lie";
import { expectClose, groupLaws } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const half = Math.sqrt(0.5);
const u = tolerance(fp64, 1);

test("a quarter turn about z takes x to y", () => {
  const out = new Float64Array(3);
  so3.act(Float64Array.of(0, 0, half, half), 0, Float64Array.of(1, 0, 0), 0, out, 0);

  expectClose(out, [0, 1, 0], u);
});

test("composes i with j to k, and j with i to -k", () => {
  const i = Float64Array.of(1, 0, 0, 0);
  const j = Float64Array.of(0, 1, 0, 0);
  const out = new Float64Array(4);

  so3.compose(i, 0, j, 0, out, 0);
  expect(out).toEqual(Float64Array.of(0, 0, 1, 0));
  so3.compose(j, 0, i, 0, out, 0);
  expect(out).toEqual(Float64Array.of(0, 0, -1, 0));
});

describe("log", () => {
  const log = (...q: number[]): Float64Array => {
    const out = new Float64Array(3);
    so3.log(Float64Array.from(q), 0, out, 0);
    return out;
  };

  test("of a half turn has length pi", () => expectClose(log(0, 0.6, 0.8, 0), [0, 0.6 * Math.PI, 0.8 * Math.PI], u));
  test("takes the short way round for a negative w", () => expectClose(log(0, 0, half, -half), [0, 0, -Math.PI / 2], u));
  test("of the negative identity is zero", () => expect(log(-0, -0, -0, -1)).toEqual(Float64Array.of(0, 0, 0)));
  test("keeps a rotation whose square underflows", () => expect(log(1e-200, 0, 0, 1)).toEqual(Float64Array.of(2e-200, 0, 0)));
  test("is continuous where its series ends", () => {
    for (const n of [2 ** -13 * (1 - 2 ** -40), 2 ** -13 * (1 + 2 ** -40)]) {
      const expected = 2 * Math.asin(n);
      expect(Math.abs(log(n, 0, 0, Math.sqrt(1 - n * n))[0] / expected - 1)).toBeLessThanOrEqual(u);
    }
  });
});

describe("normalize", () => {
  const normalized = (...q: number[]): Float64Array => {
    const out = new Float64Array(4);
    so3.normalize(Float64Array.from(q), 0, out, 0);
    return out;
  };

  test("divides by the norm and makes w positive", () => expect(normalized(0, 3, 0, -4)).toEqual(Float64Array.of(-0, -0.6, -0, 0.8)));
  test("changes no bit the second time", () => {
    const entry = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(entry, entry, entry, entry), (q) => {
        fc.pre(Math.hypot(...q) > 0.01);
        const once = normalized(...q);
        expect(normalized(...once)).toEqual(once);
      }),
      { numRuns: 1000 },
    );
  });
});

test("a product of 10000 rotations is still a rotation", () => {
  const step = new Float64Array(4);
  so3.exp(Float64Array.of(0.1, 0.2, 0.3), 0, step, 0);
  const x = step.slice();
  for (let k = 0; k < 10000; k++) so3.compose(x, 0, step, 0, x, 0);

  expect(Math.abs(Math.hypot(...x) - 1)).toBeLessThanOrEqual(u);
});

test("each of the four formulas of fromMatrix returns the rotation", () => {
  for (const q of [
    [0.1, 0.2, 0.3, 0.9],
    [0.9, 0.1, 0.2, 0.3],
    [0.3, 0.9, 0.1, 0.2],
    [0.2, 0.3, 0.9, 0.1],
  ]) {
    const x = Float64Array.from(q);
    so3.normalize(x, 0, x, 0);
    const matrix = new Float64Array(9);
    so3.toMatrix(x, 0, matrix, 0);
    const back = new Float64Array(4);
    so3.fromMatrix(matrix, 0, back, 0);

    expectClose(back, x, u);
  }
});

groupLaws(so3, tolerance(fp64, 16));
