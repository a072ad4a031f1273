import type { Bundle } from "@slam/ba";
import { pinhole } from "@slam/camera";
import { tukey } from "@slam/nlls";
import { expect, test } from "vitest";
import { costOf } from "../src/bundle-cost.ts";

/** A camera at the origin looks along z at a point 2 m away that it measures 3 pixels to the right and 4 below, and at another one. */
function bundle(other: readonly number[]): Bundle {
  return {
    model: pinhole,
    poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1),
    intrinsics: Float64Array.of(100, 100, 0, 0),
    intrinsicsOf: Int32Array.of(0),
    points: Float64Array.of(0, 0, 2, ...other),
    camera: Int32Array.of(0, 0),
    point: Int32Array.of(0, 1),
    measurements: Float64Array.of(3, 4, 0, 0),
  };
}

test("half the squares, or what a loss makes of them", () => {
  expect(costOf(bundle([0, 0, 1]))).toEqual({ cost: 12.5, unseen: 0 });
  // From C on the loss is C^2 / 3.
  expect(costOf(bundle([0, 0, 1]), {}, tukey(3)).cost).toBe(1.5);
});

test("is not finite where a residual is not, bounded though the loss may be", () => {
  const beside = bundle([1, 1, 0]);

  expect(costOf(beside).cost).toBe(Number.POSITIVE_INFINITY);
  expect(costOf(beside, {}, tukey(3)).cost).toBe(Number.POSITIVE_INFINITY);
});
