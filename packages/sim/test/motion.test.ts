import { DimensionError, OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { se3 } from "@slam/lie";
import { driftPoses, type Motion, sampleMotion } from "@slam/sim";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const half = Math.sqrt(0.5);

/** A metre ahead in the first second; then, in two, a quarter turn about z on the spot. */
const motion: Motion = {
  timestamps: Float64Array.of(10, 11, 13),
  poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, half, half),
};

describe("sampling", () => {
  test("goes evenly from pose to pose", () => {
    const { timestamps, poses } = sampleMotion(motion, 2);

    expect([...timestamps]).toEqual([10, 10.5, 11, 11.5, 12, 12.5, 13]);
    expectClose(poses.subarray(7, 14), [0.5, 0, 0, 0, 0, 0, 1], tolerance(fp64, 4));
    expectClose(poses.subarray(28, 35), [1, 0, 0, 0, 0, Math.sin(Math.PI / 8), Math.cos(Math.PI / 8)], tolerance(fp64, 4));
    expectClose(poses.subarray(42), motion.poses.subarray(14), tolerance(fp64, 4));
  });

  test("takes the last pose before the end, and one pose alone as it is", () => {
    expect([...sampleMotion(motion, 0.4).timestamps]).toEqual([10, 12.5]);
    expect(sampleMotion({ timestamps: Float64Array.of(3), poses: motion.poses.subarray(7, 14) }, 10)).toEqual({
      timestamps: Float64Array.of(3),
      poses: motion.poses.slice(7, 14),
    });
  });

  test("has a sample at the end where rounding would lose it", () => {
    // 0.3 * 10 rounds to 3, but (0.7 - 0.4) * 10 to 2.9999999999999996.
    const timestamps = Float64Array.of(0.4, 0.7, 0.7);

    expect([...sampleMotion({ ...motion, timestamps }, 10).timestamps]).toEqual([0.4, 0.5, 0.6000000000000001, 0.7]);
  });

  test("of poses at one time takes the last", () => {
    const { poses } = sampleMotion({ timestamps: Float64Array.of(0, 0, 1), poses: motion.poses }, 1);

    expectClose(poses.subarray(0, 7), motion.poses.subarray(7, 14), tolerance(fp64, 4));
  });

  test("at its own rate changes nothing", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 6, maxLength: 6 }), { minLength: 1, maxLength: 8 }),
        (steps) => {
          const poses = new Float64Array(7 * steps.length);
          steps.forEach((xi, k) => {
            se3.exp(Float64Array.from(xi), 0, poses, 7 * k);
            se3.normalize(poses, 7 * k, poses, 7 * k);
          });
          const timestamps = Float64Array.from(steps, (_, k) => k / 4);

          const sampled = sampleMotion({ timestamps, poses }, 4);

          expect(sampled.timestamps).toEqual(timestamps);
          const xi = new Float64Array(6);
          for (let at = 0; at < poses.length; at += 7) {
            se3.local(poses, at, sampled.poses, at, xi, 0);
            expectClose(xi, new Float64Array(6), tolerance(fp64, 64));
          }
        },
      ),
    );
  });

  test("refuses nonsense", () => {
    expect(() => sampleMotion(motion, 0)).toThrow(OptionError);
    expect(() => sampleMotion(motion, Infinity)).toThrow(OptionError);
    expect(() => sampleMotion({ ...motion, timestamps: Float64Array.of(1, 0, 2) }, 1)).toThrow(OptionError);
    expect(() => sampleMotion({ ...motion, timestamps: Float64Array.of(0, NaN, 2) }, 1)).toThrow(OptionError);
    expect(() => sampleMotion({ ...motion, timestamps: Float64Array.of(0, 1) }, 1)).toThrow(DimensionError);
    expect(() => sampleMotion({ timestamps: new Float64Array(0), poses: new Float64Array(0) }, 1)).toThrow(OptionError);
  });
});

describe("drift", () => {
  const poses = Float64Array.from({ length: 7 * 2000 }, (_, at) => (at % 7 === 0 ? at / 70 : at % 7 === 6 ? 1 : 0));

  test("begins at the truth, and is the truth without noise", () => {
    expect(driftPoses(poses, { translation: 0.1, rotation: 0.1 }).subarray(0, 7)).toEqual(poses.subarray(0, 7));
    expectClose(driftPoses(poses, { translation: 0, rotation: 0 }), poses, tolerance(fp64, 16));
  });

  test("has steps that are off by as much as asked for", () => {
    const drifted = driftPoses(poses, { translation: 0.02, rotation: 0.003, seed: 3 });
    const squares = [0, 0];
    const [truth, step, xi] = [new Float64Array(7), new Float64Array(7), new Float64Array(6)];
    for (let at = 7; at < poses.length; at += 7) {
      se3.relative(poses, at - 7, poses, at, truth, 0);
      se3.relative(drifted, at - 7, drifted, at, step, 0);
      se3.local(truth, 0, step, 0, xi, 0);
      for (let a = 0; a < 6; a++) squares[a < 3 ? 0 : 1] += xi[a] ** 2;
    }

    // Of 5997 numbers each: the deviation of such an estimate is 0.9 %.
    expect(Math.abs(Math.sqrt(squares[0] / 5997) / 0.02 - 1)).toBeLessThan(0.04);
    expect(Math.abs(Math.sqrt(squares[1] / 5997) / 0.003 - 1)).toBeLessThan(0.04);
  });

  test("is the seed's", () => {
    const drifted = (seed: number): Float64Array => driftPoses(poses.subarray(0, 70), { translation: 0.1, rotation: 0.1, seed });

    expect(drifted(1)).toEqual(drifted(1));
    expect(drifted(1)).not.toEqual(drifted(2));
  });

  test("refuses nonsense", () => {
    expect(() => driftPoses(new Float64Array(8), { translation: 0, rotation: 0 })).toThrow(DimensionError);
    expect(() => driftPoses(poses, { translation: -1, rotation: 0 })).toThrow(OptionError);
    expect(() => driftPoses(poses, { translation: 0, rotation: NaN })).toThrow(OptionError);
    expect(() => driftPoses(poses, { translation: 0, rotation: 0, seed: -1 })).toThrow(OptionError);
  });
});
