import { DimensionError, OptionError } from "@slam/errors";
import { ate, planarPoses, transformPoses } from "@slam/eval";
import { fp64, tolerance } from "@slam/float";
import { expect, test } from "vitest";

const u = tolerance(fp64, 16);
const square = planarPoses(Float64Array.of(0, 0, 0, 1, 0, 1.5, 1, 1, 3, 0, 1, -1.5));

test("of a trajectory against itself is zero", () => {
  expect(ate(square, square)).toMatchObject({ pairs: 4, rmse: 0, max: 0, sse: 0 });
});

test("counts distances as they are without alignment", () => {
  const shifted = planarPoses(Float64Array.of(3, 4, 0, 4, 4, 0, 4, 5, 0, 3, 5, 0));

  expect(ate(square, shifted)).toMatchObject({ rmse: 5, mean: 5, median: 5, std: 0, min: 5, max: 5, sse: 100 });
});

test("forgets the frame when aligned, and the scale in sim3 alone", () => {
  const moved = transformPoses({ scale: 3, rotation: Float64Array.of(0, 0.6, 0, 0.8), translation: Float64Array.of(9, 8, 7) }, square);

  expect(ate(square, moved, { align: "sim3" }).rmse).toBeLessThanOrEqual(u);
  // 3 times as large about its centre: each corner is off by 2 times its distance of sqrt(1/2).
  expect(ate(square, moved, { align: "se3" }).rmse).toBeCloseTo(Math.SQRT2, 14);
  expect(ate(square, moved, { align: "sim3" }).alignment.scale).toBeCloseTo(1 / 3, 14);
});

test("refuses trajectories of different lengths, none at all, and an unknown alignment", () => {
  expect(() => ate(square, square.subarray(7))).toThrow(DimensionError);
  expect(() => ate(square.subarray(1), square.subarray(1))).toThrow(DimensionError);
  expect(() => ate(new Float64Array(0), new Float64Array(0))).toThrow(OptionError);
  expect(() => ate(square, square, { align: "sim2" as "sim3" })).toThrow(OptionError);
});
