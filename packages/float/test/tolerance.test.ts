import { expect, test } from "vitest";
import { fp16, fp64, tolerance } from "../src/index.ts";

test("is c n u", () => {
  expect(tolerance(fp16, 10, 3)).toBe(30 * 2 ** -11);
});

test("has c = 4 unless another is given", () => {
  expect(tolerance(fp64, 1)).toBe(2 ** -51);
});
