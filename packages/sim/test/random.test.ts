import { Random } from "@slam/sim";
import { expect, test } from "vitest";

const draw = (n: number, next: () => number): number[] => Array.from({ length: n }, next);
const mean = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;

test("gives the same numbers for the same seed, and others for another", () => {
  const ten = (seed: number): number[] => {
    const random = new Random(seed);
    return draw(10, () => random.uniform());
  };

  expect(ten(7)).toEqual(ten(7));
  expect(ten(7)).not.toEqual(ten(8));
});

test("gives these very numbers in every engine", () => {
  const random = new Random(1);

  expect(draw(3, () => random.uniform())).toEqual([0.09156953175513294, 0.8881928137485323, 0.43427017709149285]);
  expect(draw(3, () => random.gaussian())).toEqual([0.3803943146421063, -0.5700680940401325, 0.5901775723012074]);
});

test("uniform numbers fill [0, 1) evenly", () => {
  const random = new Random(2);
  const x = draw(100_000, () => random.uniform());
  const tenths = new Array<number>(10).fill(0);
  for (const value of x) tenths[Math.floor(10 * value)]++;

  // 10000 expected in each, standard deviation 95
  for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

test("integers reach both ends and nothing beyond", () => {
  const random = new Random(3);

  expect(new Set(draw(1000, () => random.integer(4)))).toEqual(new Set([0, 1, 2, 3]));
});

test("gaussian numbers have the moments 0, 1, 0, 3", () => {
  const random = new Random(4);
  const x = draw(200_000, () => random.gaussian());

  // standard deviations of the estimates: 0.0022, 0.0032, 0.0087, 0.022
  expect(Math.abs(mean(x))).toBeLessThan(0.01);
  expect(Math.abs(mean(x.map((v) => v ** 2)) - 1)).toBeLessThan(0.015);
  expect(Math.abs(mean(x.map((v) => v ** 3)))).toBeLessThan(0.04);
  expect(Math.abs(mean(x.map((v) => v ** 4)) - 3)).toBeLessThan(0.1);
});
