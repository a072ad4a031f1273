import { fp64, tolerance } from "@slam/float";
import { describe, expect, test } from "vitest";
import { alpha, alphaSlope, beta, betaSlope, gamma, gammaSlope, halfSinc } from "../src/coefficients.ts";

const functions: [name: string, f: (x: number) => number, atZero: number, seam: number][] = [
  ["sin(t/2) / t", halfSinc, 1 / 2, 2 ** -22],
  ["(1 - cos t) / t^2", alpha, 1 / 2, 2 ** -22],
  ["(t - sin t) / t^3", beta, 1 / 6, 1],
  ["(1 - t/2 cot t/2) / t^2", gamma, 1 / 12, 1],
  ["alpha' / t", (x) => alphaSlope(x, alpha(x), beta(x)), -1 / 12, 1],
  ["beta' / t", (x) => betaSlope(x, alpha(x), beta(x)), -1 / 60, 1],
  ["gamma' / t", (x) => gammaSlope(x, gamma(x)), 1 / 360, 1],
];

describe.each(functions)("%s", (_, f, atZero, seam) => {
  test("has its limit at 0", () => expect(f(0)).toBe(atZero));

  // The closed forms of the slopes lose a digit more there; what they lose is below u of the Jacobian they are terms of.
  test("is continuous where the series ends", () => {
    expect(Math.abs(f(seam * (1 - 2 ** -53)) - f(seam))).toBeLessThanOrEqual(tolerance(fp64, 1));
  });
});
