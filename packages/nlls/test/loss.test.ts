import { OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cauchy, dcs, gemanMcClure, graduatedTruncated, huber, type Loss, softL1, truncated, tukey } from "../src/loss.ts";

const LOSSES: readonly { readonly name: string; readonly loss: (C: number) => Loss; readonly kinks: readonly number[] }[] = [
  { name: "huber", loss: huber, kinks: [1] },
  { name: "cauchy", loss: cauchy, kinks: [] },
  { name: "soft-l1", loss: softL1, kinks: [] },
  { name: "geman-mcclure", loss: gemanMcClure, kinks: [] },
  { name: "tukey", loss: tukey, kinks: [1] },
  { name: "dcs", loss: dcs, kinks: [1] },
  { name: "truncated", loss: truncated, kinks: [1] },
  { name: "graduated, mu = 1/3", loss: (C) => graduatedTruncated(C, 1 / 3), kinks: [1 / 4, 4] },
  { name: "graduated, mu = 5", loss: (C) => graduatedTruncated(C, 5), kinks: [5 / 6, 6 / 5] },
];

const bound = fc.double({ min: 0.1, max: 10, noNaN: true });
/** s over C^2. */
const ratio = fc.double({ min: 0, max: 100, noNaN: true });

test("by hand, for C = 2: within it, at it and at three times it", () => {
  const at = ({ rho, weight }: Loss): number[] => [1, 4, 36].flatMap((s) => [rho(s), weight(s)]);
  const expected: readonly (readonly [Loss, readonly number[]])[] = [
    [huber(2), [1, 1, 4, 1, 20, 1 / 3]],
    [cauchy(2), [4 * Math.log(1.25), 0.8, 4 * Math.LN2, 0.5, 4 * Math.log(10), 0.1]],
    [
      softL1(2),
      [8 * (Math.sqrt(1.25) - 1), 1 / Math.sqrt(1.25), 8 * (Math.SQRT2 - 1), Math.SQRT1_2, 8 * (Math.sqrt(10) - 1), 1 / Math.sqrt(10)],
    ],
    [gemanMcClure(2), [0.8, 0.64, 2, 0.25, 3.6, 0.01]],
    [tukey(2), [37 / 48, 9 / 16, 4 / 3, 0, 4 / 3, 0]],
    [dcs(2), [1, 1, 4, 1, 10.4, 0.04]],
    [truncated(2), [1, 1, 4, 1, 4, 0]],
  ];

  for (const [loss, values] of expected) expectClose(at(loss), values, tolerance(fp64, 4));
});

describe.each(LOSSES)("$name", ({ loss, kinks }) => {
  test("rho(0) = 0 and rho'(0) = 1", () => {
    fc.assert(
      fc.property(bound, (C) => {
        expect([loss(C).rho(0), loss(C).weight(0)]).toEqual([0, 1]);
      }),
    );
  });

  test("the weight is rho's derivative", () => {
    fc.assert(
      fc.property(bound, ratio, (C, t) => {
        const [s, h] = [t * C * C, Math.cbrt(fp64.unitRoundoff) * C * C];
        fc.pre(t * C * C > 2 * h && kinks.every((kink) => Math.abs(kink - t) * C * C > 2 * h));
        const { rho, weight } = loss(C);

        const quotient = (rho(s + h) - rho(s - h)) / (2 * h);

        // Truncation h^2 f''' and rounding u f / h.
        expect(Math.abs(quotient - weight(s))).toBeLessThan(100 * (1 + t) * fp64.unitRoundoff ** (2 / 3));
      }),
    );
  });

  test("the weight is in 0 ... 1 and does not rise, rho does not fall and is at most s", () => {
    fc.assert(
      fc.property(bound, ratio, ratio, (C, a, b) => {
        const [less, more] = [Math.min(a, b) * C * C, Math.max(a, b) * C * C];
        const { rho, weight } = loss(C);
        const slack = 1 + tolerance(fp64, 16);

        expect(weight(more)).toBeLessThanOrEqual(weight(less) * slack + tolerance(fp64, 4));
        expect(weight(more)).toBeGreaterThanOrEqual(0);
        expect(weight(less)).toBeLessThanOrEqual(1);
        // Where s / C^2 is subnormal it is rounded to a multiple of the least number, and C^2 is at most 100.
        const least = 100 * fp64.minSubnormal;
        expect(rho(less)).toBeLessThanOrEqual(rho(more) * slack + least);
        expect(rho(more)).toBeLessThanOrEqual(more * slack + least);
      }),
    );
  });

  test("is near s for small s, to all digits", () => {
    const { rho, weight } = loss(3);

    for (const s of [1e-9, 1e-20, 1e-300]) {
      // s (1 + O(s / C^2))
      expect(Math.abs(rho(s) / s - 1)).toBeLessThan(s / 9 + tolerance(fp64, 4));
      expect(Math.abs(weight(s) - 1)).toBeLessThanOrEqual(s / 4 + tolerance(fp64, 4));
    }
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e-200, 1e200])("has no C of %d", (C) => {
    expect(() => loss(C)).toThrow(OptionError);
  });
});

test("graduated: nearly convex for a small mu, where the weight falls as 1 / sqrt(s), and the truncated square for a large one", () => {
  const flat = graduatedTruncated(1, 1e-6);
  const sharp = graduatedTruncated(1, 1e6);

  expect(flat.weight(100) / flat.weight(400)).toBeCloseTo(2, 1);
  for (const s of [0.1, 0.9, 1.1, 50]) expect(sharp.rho(s)).toBeCloseTo(truncated(1).rho(s), 5);
});
