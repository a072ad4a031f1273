import { informationMatrix, type PoseGraph } from "@slam/pgo";
import { expectClose, identityMatrix, product } from "@slam/testing";
import { expect, test } from "vitest";
import { edgeInformation } from "../src/information.ts";

const full = (information: Float64Array): Float64Array => informationMatrix({ dimension: 3, information } as PoseGraph, 0);

test("of independent axes is 1 / sigma^2 of a translation and 4 / sigma^2 of an angle, of which vec q is half", () => {
  const covariance = new Float64Array(36);
  for (const [k, variance] of [4, 1, 0.25, 0.04, 0.01, 1].entries()) covariance[7 * k] = variance;

  const W = full(edgeInformation(covariance)!);

  expectClose(
    [0, 7, 14, 21, 28, 35].map((k) => W[k]),
    [0.25, 1, 4, 100, 400, 4],
    1e-14,
  );
  expect(W.filter((_, k) => k % 7 > 0).every((x) => x === 0)).toBe(true);
});

test("times the covariance of [t; vec q] is the identity, whatever the units", () => {
  // A A' + I, in millimetres and radians.
  const A = Float64Array.from({ length: 36 }, (_, k) => ((7 * k) % 11) - 5);
  const transposed = A.map((_, k) => A[6 * (k % 6) + Math.floor(k / 6)]);
  const units = [1e-3, 1e-3, 1e-3, 1, 1, 1];
  const covariance = product(A, transposed, 6).map((x, k) => (x + (k % 7 === 0 ? 1 : 0)) * units[Math.floor(k / 6)] * units[k % 6]);
  const halved = covariance.map((x, k) => x * (k >= 18 ? 0.5 : 1) * (k % 6 >= 3 ? 0.5 : 1));

  expectClose(product(full(edgeInformation(covariance)!), halved, 6), identityMatrix(6), 1e-10);
});

test("there is none of a covariance that is singular, indefinite or not finite", () => {
  expect(edgeInformation(new Float64Array(36))).toBe(undefined);
  expect(edgeInformation(identityMatrix(6).map((x, k) => (k === 35 ? -1 : x)))).toBe(undefined);
  expect(edgeInformation(identityMatrix(6).fill(1))).toBe(undefined);
  expect(edgeInformation(identityMatrix(6).fill(Number.NaN))).toBe(undefined);
});
