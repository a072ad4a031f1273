import { DimensionError, OptionError } from "@slam/errors";
import { alignPoses, ape, POSE_RELATIONS, type PoseRelation, transformPoses } from "@slam/eval";
import { fp64, tolerance } from "@slam/float";
import { se3 } from "@slam/lie";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { posesOf, rigidMotion } from "./trajectories.ts";

const u = tolerance(fp64, 16);
const half = Math.sqrt(0.5);

describe("of a pose 5 m off and turned by a quarter", () => {
  const reference = Float64Array.of(1, 2, 3, 0, 0, 0, 1);
  const estimate = Float64Array.of(4, 6, 3, 0, 0, half, half);

  // R - I has the entries -1 -1 0, 1 -1 0, 0 0 0.
  test.each<[PoseRelation, number]>([
    ["trans_part", 5],
    ["rot_part", 2],
    ["angle_deg", 90],
    ["angle_rad", Math.PI / 2],
    ["full", Math.sqrt(29)],
  ])("%s is %d", (relation, size) => {
    expectClose(ape(reference, estimate, relation), [size], u);
  });
});

test("counts a turn by w < 0 as the same rotation", () => {
  const pose = Float64Array.of(0, 0, 0, 0, 0, 0.6, 0.8);
  const same = Float64Array.of(0, 0, 0, -0, -0, -0.6, -0.8);

  expect(ape(pose, same, "angle_rad")[0]).toBeLessThanOrEqual(u);
});

test("sees turns far smaller than the square root of the roundoff", () => {
  const pose = Float64Array.of(0, 0, 0, 0, 0, 0, 1);
  const turned = Float64Array.of(0, 0, 0, 1e-12, 0, 0, 1);

  expect(ape(pose, turned, "angle_rad")[0]).toBeCloseTo(2e-12, 24);
});

test("rot_part and full are the Frobenius norms of E - I", () => {
  fc.assert(
    fc.property(posesOf(1), posesOf(1), (reference, estimate) => {
      const e = new Float64Array(7);
      const matrix = new Float64Array(16);
      se3.relative(estimate, 0, reference, 0, e, 0);
      se3.toMatrix(e, 0, matrix, 0);
      const squares = matrix.map((x, k) => (x - (k % 5 === 0 ? 1 : 0)) ** 2);
      const full = Math.sqrt(squares.reduce((sum, x) => sum + x, 0));
      const rotation = Math.sqrt(squares.filter((_, k) => k % 4 < 3).reduce((sum, x) => sum + x, 0));
      expectClose(ape(reference, estimate, "full"), [full], 100 * u);
      expectClose(ape(reference, estimate, "rot_part"), [rotation], 100 * u);
    }),
  );
});

describe.each(POSE_RELATIONS)("%s", (relation) => {
  test("is the same of both, moved alike, and of an estimate moved, after alignment", () => {
    fc.assert(
      fc.property(posesOf(6), posesOf(6), rigidMotion, (reference, estimate, motion) => {
        const aligned = (moved: Float64Array): Float64Array => transformPoses(alignPoses(reference, moved, "origin"), moved);
        const both = ape(transformPoses(motion, reference), transformPoses(motion, estimate), relation);
        expectClose(both, ape(reference, estimate, relation), 1e4 * u);
        expectClose(
          ape(reference, aligned(transformPoses(motion, estimate)), relation),
          ape(reference, aligned(estimate), relation),
          1e4 * u,
        );
      }),
    );
  });
});

test("refuses lengths that do not fit, and an unknown relation", () => {
  expect(() => ape(new Float64Array(14), new Float64Array(7))).toThrow(DimensionError);
  expect(() => ape(new Float64Array(8), new Float64Array(8))).toThrow(DimensionError);
  expect(() => ape(new Float64Array(7), new Float64Array(7), "angle" as PoseRelation)).toThrow(OptionError);
});
