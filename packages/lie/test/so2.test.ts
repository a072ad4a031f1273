import { fp64, tolerance } from "@slam/float";
import { so2 } from "@slam/lie";
import { groupLaws } from "@slam/testing";
import { expect, test } from "vitest";

test("adds angles and wraps the sum", () => {
  const out = new Float64Array(1);
  so2.compose(Float64Array.of(3), 0, Float64Array.of(1), 0, out, 0);

  expect(out[0]).toBe(4 - 2 * Math.PI);
});

test("relative is the second angle seen from the first", () => {
  const out = new Float64Array(1);
  so2.relative(Float64Array.of(0.5), 0, Float64Array.of(2), 0, out, 0);

  expect(out[0]).toBe(1.5);
});

groupLaws(so2, tolerance(fp64, 16));
