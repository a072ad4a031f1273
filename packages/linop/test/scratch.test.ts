import { expect, test } from "vitest";
import { newArrays } from "../src/scratch.ts";

test("new arrays are of zeros, and each its own", () => {
  const [x, y, k] = [newArrays.numbers(3), newArrays.numbers(3), newArrays.integers(2)];
  x.fill(1);

  expect([x, y, k]).toEqual([Float64Array.of(1, 1, 1), new Float64Array(3), new Int32Array(2)]);
});
