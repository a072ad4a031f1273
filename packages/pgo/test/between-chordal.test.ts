import { fp64, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chordalSe2 } from "../src/between-chordal.ts";
import { betweenSe2 } from "../src/between-se2.ts";
import { planarPose } from "./arbitrary-pose.ts";

function error(factor: typeof chordalSe2, xi: Float64Array, xj: Float64Array, z: Float64Array): Float64Array {
  const e = new Float64Array(3);
  factor.error(fp64, Float64Array.of(...xi, ...xj), 0, 3, z, 0, e);
  return e;
}

test("two quarter turns: 3 m ahead, 1 m expected, turned a quarter too far", () => {
  const half = Math.PI / 2;

  const e = error(chordalSe2, Float64Array.of(1, 2, half), Float64Array.of(1, 5, Math.PI), Float64Array.of(1, 0, 0));

  expectClose(e, [2, 0, Math.SQRT2], tolerance(fp64, 4));
});

test("the translation is g2o's, and the rest 2 sin(turn / 2)", () => {
  fc.assert(
    fc.property(planarPose, planarPose, planarPose, (xi, xj, z) => {
      const expected = error(betweenSe2, xi, xj, z);
      fc.pre(Math.abs(expected[2]) < Math.PI - tolerance(fp64, 16));
      expected[2] = 2 * Math.sin(expected[2] / 2);

      expectClose(error(chordalSe2, xi, xj, z), expected, tolerance(fp64, 32));
    }),
  );
});

test("whole turns change nothing but rounding", () => {
  fc.assert(
    fc.property(planarPose, planarPose, planarPose, fc.integer({ min: -3, max: 3 }), (xi, xj, z, turns) => {
      const e = error(chordalSe2, xi, xj, z);
      fc.pre(Math.abs(e[2]) < 2 - tolerance(fp64, 64));
      const turned = Float64Array.of(xj[0], xj[1], xj[2] + 2 * Math.PI * turns);

      expectClose(error(chordalSe2, xi, turned, z), e, tolerance(fp64, 64));
    }),
  );
});

test("takes an angle that is not finite as one that has no direction", () => {
  const e = error(chordalSe2, Float64Array.of(0, 0, Infinity), Float64Array.of(1, 0, 0), Float64Array.of(0, 0, 0));

  expect([...e].every(Number.isNaN)).toBe(true);
});
