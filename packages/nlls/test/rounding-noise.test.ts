import { fp64, tolerance } from "@slam/float";
import { expect, test } from "vitest";
import { roundingNoise } from "../src/rounding-noise.ts";
import { DenseProblem } from "./dense.ts";

const identity = (f: (x: number) => number): DenseProblem =>
  new DenseProblem(
    1,
    ([x]) => [f(x)],
    () => [[1]],
  );

test("of a residual that fp32 holds exactly is 16 u of the cost", () => {
  expect(
    roundingNoise(
      identity((x) => x - 1),
      Float64Array.of(3),
    ),
  ).toBe(4 * tolerance(fp64, 1, 16));
});

test("is 2 |r| |e| + |e|^2 where e is 2^-27 of what fp32 does to r", () => {
  // In fp32 x = 1 + 2^-30 is 1.
  const r = 2 ** 20 * 2 ** -30 + 1;
  const e = 2 ** -27 * 2 ** -10;

  const noise = roundingNoise(
    identity((x) => 2 ** 20 * (x - 1) + 1),
    Float64Array.of(1 + 2 ** -30),
  );

  expect(noise).toBe(2 * r * e + e * e);
});

test("is more than all of a cost that rounding alone has left", () => {
  const x = Float64Array.of(Math.PI);

  expect(roundingNoise(identity(Math.sin), x)).toBeGreaterThan(Math.sin(Math.PI) ** 2);
});

test("does not take an overflow in fp32 for noise", () => {
  expect(
    roundingNoise(
      identity((x) => x),
      Float64Array.of(1e60),
    ),
  ).toBe(1e60 ** 2 * tolerance(fp64, 1, 16));
});
