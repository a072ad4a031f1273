import { DimensionError, OptionError } from "@slam/errors";
import { type PairRelation, POSE_RELATIONS, planarPoses, rpe, transformPoses } from "@slam/eval";
import { fp64, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { posesOf, rigidMotion } from "./trajectories.ts";

const u = tolerance(fp64, 16);

describe("of a motion that goes 5 m instead of 4 and turns by a quarter too much", () => {
  const reference = planarPoses(Float64Array.of(7, 7, 0, 11, 7, 0));
  const estimate = planarPoses(Float64Array.of(0, 0, 0, 5, 0, Math.PI / 2));

  test.each<[PairRelation, number]>([
    ["trans_part", 1],
    ["rot_part", 2],
    ["angle_deg", 90],
    ["angle_rad", Math.PI / 2],
    ["full", Math.sqrt(5)],
    ["point_distance", 1],
    ["point_distance_error_ratio", 25],
  ])("%s is %d", (relation, size) => {
    const { errors, from, to } = rpe(reference, estimate, { relation });

    expectClose(errors, [size], u);
    expect([from[0], to[0]]).toEqual([0, 1]);
  });
});

test("point_distance forgets the direction, trans_part does not", () => {
  const reference = planarPoses(Float64Array.of(0, 0, 0, 3, 0, 0));
  const estimate = planarPoses(Float64Array.of(0, 0, 0, 0, 3, 0));

  expectClose(rpe(reference, estimate, { relation: "point_distance" }).errors, [0], 0);
  expectClose(rpe(reference, estimate).errors, [Math.sqrt(18)], u);
});

test("ratios leave out pairs in which the reference stands still", () => {
  const reference = planarPoses(Float64Array.of(0, 0, 0, 0, 0, 0, 2, 0, 0));
  const estimate = planarPoses(Float64Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0));

  const { errors, from, to } = rpe(reference, estimate, { relation: "point_distance_error_ratio" });

  expect([...errors, ...from, ...to]).toEqual([50, 1, 2]);
});

test("takes pairs of the estimate, by its own path", () => {
  const reference = planarPoses(Float64Array.of(0, 0, 0, 5, 0, 0, 9, 0, 0));
  const estimate = planarPoses(Float64Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0));

  expect(rpe(reference, estimate, { delta: 1, unit: "m" })).toEqual({
    errors: Float64Array.of(3),
    from: Int32Array.of(1),
    to: Int32Array.of(2),
  });
});

// Not of ratios: a length they are relative to may round to nothing.
describe.each([...POSE_RELATIONS, "point_distance"] as const)("%s", (relation) => {
  test("does not change when either trajectory is moved as a whole", () => {
    fc.assert(
      fc.property(posesOf(6), posesOf(6), rigidMotion, rigidMotion, (reference, estimate, a, b) => {
        const errors = rpe(reference, estimate, { relation, allPairs: true, delta: 2 }).errors;
        const moved = rpe(transformPoses(a, reference), transformPoses(b, estimate), { relation, allPairs: true, delta: 2 }).errors;
        expectClose(moved, errors, 1e4 * u);
      }),
    );
  });
});

test("has no errors where no pairs are", () => {
  expect(rpe(new Float64Array(0), new Float64Array(0)).errors).toEqual(new Float64Array(0));
});

test("refuses lengths that do not fit, and an unknown relation", () => {
  expect(() => rpe(new Float64Array(14), new Float64Array(7))).toThrow(DimensionError);
  expect(() => rpe(new Float64Array(7), new Float64Array(7), { relation: "angle" as PairRelation })).toThrow(OptionError);
});
