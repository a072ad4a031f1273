import { fp64, tolerance } from "@slam/float";
import { expect, test } from "vitest";
import { type CurveSlopes, curve, curveSlopes, inverseCurve } from "../src/similarity-coefficients.ts";

const SMALL = [0, 1e-200, 1e-12, 1e-5, 0.01];
const LARGE = [0.3, 0.999999, 1, 1.7, 3.1];
const SIGNED = [...SMALL, ...LARGE].flatMap((x) => [x, -x]);

test("has its limits at zero angle and zero log scale", () => {
  const { c0, c1, c2, b0, b1, b2, c1Slope, c2Slope } = curveSlopes(0, 0, 1);

  expect([c0, c1, c2, b0, b1, b2, c1Slope, c2Slope]).toEqual([1, 1 / 2, 1 / 6, 1 / 2, 1 / 3, 1 / 8, -1 / 12, -1 / 60]);
});

test("is its integrals in all four regimes, small and large angles and log scales", () => {
  for (const sigma of SIGNED) {
    for (const theta of [...SMALL, ...LARGE]) {
      const found = curveSlopes(theta * theta, sigma, Math.exp(sigma));
      const expected = integrals(theta, sigma);
      for (const name of Object.keys(expected) as (keyof CurveSlopes)[]) {
        // The closed forms lose a digit or two of the slopes at theta = 1, as those of SE(3) do.
        const bound = tolerance(fp64, name.endsWith("Slope") ? 64 : 8) * expected.c0;
        expect(Math.abs(found[name] - expected[name]), `${name} at theta ${theta}, sigma ${sigma}`).toBeLessThanOrEqual(bound);
      }
    }
  }
});

test("is exact to rounding, entry by entry, where the angle is small", () => {
  for (const sigma of SIGNED) {
    for (const theta of SMALL) {
      const found = curve(theta * theta, sigma, Math.exp(sigma));
      const expected = integrals(theta, sigma);
      for (const name of ["c0", "c1", "c2"] as const) {
        expect(Math.abs(found[name] / expected[name] - 1), `${name} at theta ${theta}, sigma ${sigma}`).toBeLessThanOrEqual(
          tolerance(fp64, 4),
        );
      }
    }
  }
});

test("takes a scale of e^-30 and of e^30", () => {
  for (const sigma of [-30, 30]) {
    const s = Math.exp(sigma);
    const { c0, c1, c2 } = curve(0, sigma, s);
    // The integrals of tau^n e^(sigma tau), n = 0, 1, and half of n = 2, by parts.
    const m0 = (s - 1) / sigma;
    const m1 = (s - m0) / sigma;
    const m2 = (s - 2 * m1) / sigma;

    for (const [value, by] of [
      [c0, m0],
      [c1, m1],
      [c2, m2 / 2],
    ] as const) {
      expect(Math.abs(value / by - 1)).toBeLessThanOrEqual(tolerance(fp64, 32));
    }
  }
});

test("inverts: V^-1 V is the identity on the axis and across it", () => {
  for (const sigma of SIGNED) {
    for (const theta of [...SMALL, ...LARGE]) {
      const x = theta * theta;
      const V = curve(x, sigma, Math.exp(sigma));
      const W = inverseCurve(x, V);
      const [a, b] = [V.c0 - x * V.c2, theta * V.c1];
      const [c, d] = [W.c0 - x * W.c2, theta * W.c1];

      expect(Math.abs(V.c0 * W.c0 - 1)).toBeLessThanOrEqual(tolerance(fp64, 1));
      expect(Math.abs(a * c - b * d - 1), `across at theta ${theta}, sigma ${sigma}`).toBeLessThanOrEqual(tolerance(fp64, 8));
      expect(Math.abs(a * d + b * c)).toBeLessThanOrEqual(tolerance(fp64, 8));
    }
  }
});

/** By 24 nodes of Gauss and Legendre: exact to rounding for |sigma + i theta| below 5; the integrands subtract nothing. */
function integrals(theta: number, sigma: number): CurveSlopes {
  const sums = { c0: 0, c1: 0, c2: 0, b0: 0, b1: 0, b2: 0, c1Slope: 0, c2Slope: 0 };
  for (const [tau, weight] of nodes(24)) {
    const e = weight * Math.exp(sigma * tau);
    const x = (tau * theta) ** 2;
    const sinc = series(x, 1);
    const versine = series(x, 2);
    sums.c0 += e;
    sums.c1 += e * tau * sinc;
    sums.c2 += e * tau ** 2 * versine;
    sums.b0 += e * tau;
    sums.b1 += e * tau ** 2 * sinc;
    sums.b2 += e * tau ** 3 * versine;
    sums.c1Slope += e * tau ** 3 * slope(x, 1);
    sums.c2Slope += e * tau ** 4 * slope(x, 2);
  }
  return sums;
}

/** sum_k (-x)^k / (n + 2k)!: sin(t) / t and (1 - cos t) / t^2. */
function series(x: number, n: number): number {
  let [sum, term] = [0, 1 / factorial(n)];
  for (let k = 0; k < 30; k++) {
    sum += term;
    term *= -x / ((n + 2 * k + 1) * (n + 2 * k + 2));
  }
  return sum;
}

/** Their derivatives by t, over t. */
function slope(x: number, n: number): number {
  let [sum, term] = [0, -2 / factorial(n + 2)];
  for (let k = 0; k < 30; k++) {
    sum += term;
    term *= (-x * (k + 2)) / (k + 1) / ((n + 2 * k + 3) * (n + 2 * k + 4));
  }
  return sum;
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

/** Nodes in [0, 1] and their weights, by Newton from the cosines near them. */
function nodes(n: number): (readonly [tau: number, weight: number])[] {
  return Array.from({ length: n }, (_, k) => {
    let z = Math.cos((Math.PI * (k + 0.75)) / (n + 0.5));
    let derivative = 0;
    for (let round = 0; round < 50; round++) {
      let [p, before] = [1, 0];
      for (let j = 1; j <= n; j++) [p, before] = [((2 * j - 1) * z * p - (j - 1) * before) / j, p];
      derivative = (n * (z * p - before)) / (z * z - 1);
      z -= p / derivative;
    }
    return [(1 + z) / 2, 1 / ((1 - z * z) * derivative * derivative)] as const;
  });
}
