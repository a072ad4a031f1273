import { DimensionError, OptionError } from "@slam/errors";
import { statistics } from "@slam/eval";
import { Random } from "@slam/sim";
import { expectClose } from "@slam/testing";
import { expect, test } from "vitest";
import { kolmogorovSmirnov, pairedDifference } from "../src/compare-samples.ts";

test("median of even and odd many", () => {
  expect(statistics(Float64Array.of(3, 1, 2)).median).toBe(2);
  expect(statistics(Float64Array.of(4, 1, 3, 2)).median).toBe(2.5);
});

test("a shift that all pairs share has an interval of no width", () => {
  const b = Float64Array.from({ length: 31 }, (_, k) => k + 1);
  const { mean, low, high } = pairedDifference(
    b.map((x) => x + 4),
    b,
  );

  expectClose([mean, low, high], [0.25, 0.25, 0.25], 1e-14);
});

test("alternating differences cancel, within 1.96 s / sqrt(n) of the median", () => {
  const n = 100;
  const b = new Float64Array(n).fill(10);
  const { mean, low, high } = pairedDifference(
    b.map((x, i) => x + (i % 2 === 0 ? 1 : -1)),
    b,
  );
  const half = (1.96 * Math.sqrt(n / (n - 1))) / Math.sqrt(n) / 10;

  expectClose([mean, low, high], [0, -half, half], 1e-14);
});

test("too few pairs, and pairs that are none, are refused", () => {
  expect(() => pairedDifference(new Float64Array(29), new Float64Array(29))).toThrow(OptionError);
  expect(() => pairedDifference(new Float64Array(30), new Float64Array(31))).toThrow(DimensionError);
  expect(() => kolmogorovSmirnov(new Float64Array(0), new Float64Array(3))).toThrow(OptionError);
});

test("the distance of two distributions by hand", () => {
  // F_a = 1/2, 1 at 1, 3; F_b = 1/2, 1 at 2, 4.
  expect(kolmogorovSmirnov(Float64Array.of(1, 3), Float64Array.of(4, 2)).distance).toBe(0.5);
  expect(kolmogorovSmirnov(Float64Array.of(1, 1, 2), Float64Array.of(1, 1, 2))).toEqual({ distance: 0, p: 1 });
  expect(kolmogorovSmirnov(Float64Array.of(1, 2), Float64Array.of(3)).distance).toBe(1);
});

test("p is SciPy's asymptotic one, and about uniform for samples of one distribution", () => {
  // Q(1.36) = 0.0494859: the 5 % point of the tables.
  const n = 2 * 10 ** 6;
  const root = Math.sqrt(n / 2);
  const distance = 1.36 / (root + 0.12 + 0.11 / root);
  const a = Float64Array.from({ length: n }, (_, k) => k);
  const shift = Math.round(distance * n);
  const { p } = kolmogorovSmirnov(
    a,
    a.map((x) => x + shift - 0.5),
  );
  expectClose([p], [0.0494859], 1e-4);

  const random = new Random(3);
  const sample = (): Float64Array => Float64Array.from({ length: 200 }, () => random.gaussian());
  const small = Array.from({ length: 200 }, () => kolmogorovSmirnov(sample(), sample()).p).filter((p) => p < 0.1).length;
  expect(small).toBeGreaterThan(8);
  expect(small).toBeLessThan(34);
});
