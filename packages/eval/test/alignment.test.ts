import { DimensionError, OptionError } from "@slam/errors";
import { type Alignment, alignPoses, planarPoses, transformPoses } from "@slam/eval";
import { fp64, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import { expect, test } from "vitest";

const u = tolerance(fp64, 32);
const corner = planarPoses(Float64Array.of(0, 0, 0, 1, 0, 0, 1, 2, 0));

test("'none' changes no bit", () => {
  expect(transformPoses(alignPoses(corner, corner, "none"), corner)).toEqual(corner);
});

test("'se3' undoes a motion, 'sim3' a similarity", () => {
  const rotation = Float64Array.of(0, 0.6, 0, 0.8);
  const moved = transformPoses({ scale: 1, rotation, translation: Float64Array.of(1, 2, 3) }, corner);
  const grown = transformPoses({ scale: 2, rotation, translation: Float64Array.of(1, 2, 3) }, corner);

  expectClose(transformPoses(alignPoses(corner, moved, "se3"), moved), corner, u);
  expectClose(transformPoses(alignPoses(corner, grown, "sim3"), grown), corner, u);
});

test("'scale' is the scale of 'sim3' and moves nothing", () => {
  const grown = transformPoses({ scale: 4, rotation: Float64Array.of(0, 0, 0, 1), translation: Float64Array.of(1, 2, 3) }, corner);

  const { scale, rotation, translation } = alignPoses(corner, grown, "scale");

  expect(scale).toBeCloseTo(0.25, 14);
  expect([...rotation, ...translation]).toEqual([0, 0, 0, 1, 0, 0, 0]);
});

test("'origin' lays the first pose on the first, with its rotation, and the others behind it", () => {
  // Driven straight on along x, in a frame that is turned by a quarter.
  const reference = planarPoses(Float64Array.of(5, 5, Math.PI / 2, 5, 9, Math.PI / 2));
  const estimate = planarPoses(Float64Array.of(1, 1, 0, 4, 1, 0));

  const moved = transformPoses(alignPoses(reference, estimate, "origin"), estimate);

  expectClose(moved, planarPoses(Float64Array.of(5, 5, Math.PI / 2, 5, 8, Math.PI / 2)), u);
});

test("refuses lengths that do not fit, no poses, and an unknown alignment", () => {
  expect(() => alignPoses(corner, corner.subarray(7), "none")).toThrow(DimensionError);
  expect(() => alignPoses(corner.subarray(1), corner.subarray(1), "se3")).toThrow(DimensionError);
  expect(() => alignPoses(new Float64Array(0), new Float64Array(0), "origin")).toThrow(OptionError);
  expect(() => alignPoses(corner, corner, "sim2" as Alignment)).toThrow(OptionError);
});
