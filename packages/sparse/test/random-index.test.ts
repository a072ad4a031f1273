import { expect, test } from "vitest";
import { RandomIndex } from "../src/random-index.ts";

test("draws the same for the same seed, else not", () => {
  const draws = (seed: number): number[] => {
    const random = new RandomIndex(seed);
    return Array.from({ length: 10 }, () => random.below(1000));
  };

  expect(draws(1)).toEqual(draws(1));
  expect(draws(2)).not.toEqual(draws(1));
});

test("draws every index below n about equally often", () => {
  const random = new RandomIndex(3);
  const counts = new Int32Array(7);
  for (let k = 0; k < 70_000; k++) counts[random.below(7)]++;

  // Four standard deviations of a count are 370.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThanOrEqual(370);
});

test("permutes", () => {
  const order = new RandomIndex(1).permutation(50);

  expect([...order].sort((a, b) => a - b)).toEqual([...order.keys()]);
  expect([...order]).not.toEqual([...order.keys()]);
});
