import { DimensionError } from "@slam/errors";
import { planarPoses, selectPoses } from "@slam/eval";
import { fp64, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import { expect, test } from "vitest";

test("planarPoses turns about z", () => {
  const half = Math.sqrt(0.5);

  expectClose(planarPoses(Float64Array.of(1, 2, Math.PI / 2)), [1, 2, 0, 0, 0, half, half], tolerance(fp64, 1));
  expect(() => planarPoses(new Float64Array(4))).toThrow(DimensionError);
});

test("selectPoses takes poses in the order asked for", () => {
  const trajectory = { timestamps: Float64Array.of(10, 11, 12), poses: Float64Array.from({ length: 21 }, (_, i) => i) };

  expect(selectPoses(trajectory, Int32Array.of(2, 0))).toEqual({
    timestamps: Float64Array.of(12, 10),
    poses: Float64Array.of(14, 15, 16, 17, 18, 19, 20, 0, 1, 2, 3, 4, 5, 6),
  });
});
