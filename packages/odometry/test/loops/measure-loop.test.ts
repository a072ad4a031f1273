import { newProjection, stereo } from "@slam/camera";
import { se3 } from "@slam/lie";
import { presetPolicy } from "@slam/nlls";
import type { Place } from "@slam/odometry";
import { Random } from "@slam/sim";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { unitCamera } from "../../src/camera.ts";
import { edgeInformation } from "../../src/information.ts";
import { findConsensus } from "../../src/loops/consensus.ts";
import { type LoopSettings, measureLoop } from "../../src/loops/measure-loop.ts";
import { rigidMotion } from "../../src/loops/rigid-motion.ts";

const camera = unitCamera({ model: stereo, intrinsics: [320, 320, 320, 240, 0.12], sigma: [0.5, 0.5, 0.5] });
const settings: LoopSettings = {
  camera,
  leastInliers: 8,
  policy: presetPolicy("fp64"),
  linear: "schur-dense",
  loss: { loss: "huber", C: 1.5 },
};

/** A turn of a tenth and a step of some centimetres. */
const motion = new Float64Array(7);
se3.exp(Float64Array.of(0.2, -0.1, 0.15, 0.05, 0.1, -0.03), 0, motion, 0);

/** Two places that see n landmarks, noise in standard deviations; the positions are as measured. */
function places(n: number, noise: number, random: Random): readonly [Place, Place, Int32Array] {
  const out = newProjection(camera.model);
  const place = (id: number): Place => ({
    id,
    time: id,
    track: new Int32Array(n),
    points: new Float64Array(3 * n),
    measurements: new Float64Array(3 * n),
  });
  const [earlier, later] = [place(0), place(1)];
  const inverse = new Float64Array(7);
  se3.inverse(motion, 0, inverse, 0);
  for (let k = 0; k < n; k++) {
    const p = Float64Array.of(3 * random.uniform() - 1.5, 2 * random.uniform() - 1, 2 + 3 * random.uniform());
    for (const side of [earlier, later]) {
      if (side === later) se3.act(inverse, 0, p, 0, p, 0);
      camera.model.project(camera.intrinsics, p, out, false);
      side.measurements.set(
        out.value.map((z) => z + noise * random.gaussian()),
        3 * k,
      );
      const q = new Float64Array(3);
      camera.model.unproject!(camera.intrinsics, side.measurements.subarray(3 * k, 3 * k + 3), q);
      side.points.set(q, 3 * k);
    }
  }
  return [earlier, later, Int32Array.from({ length: 2 * n }, (_, k) => k >> 1)];
}

test("three pairs of points determine the motion between them", () => {
  const b = Float64Array.of(1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9);
  const a = new Float64Array(12);
  for (let k = 0; k < 4; k++) se3.act(motion, 0, b, 3 * k, a, 3 * k);
  const T = new Float64Array(7);
  rigidMotion(a, b, Int32Array.of(3, 3, 0, 0, 1, 1, 2, 2), [1, 2, 3], T);

  expectClose(T, motion, 1e-12);
});

describe("the motion between two places", () => {
  test("is found among more false pairs than true ones, and the true ones with it", () => {
    const random = new Random(5);
    const [earlier, later, pairs] = places(60, 0.5, random);
    for (let k = 24; k < 60; k++) pairs[2 * k + 1] = 24 + ((k - 24 + 1 + random.integer(34)) % 36);
    const consensus = findConsensus(camera, earlier, later, pairs, 12, random)!;
    const inliers = [...consensus.inliers];

    expect(inliers.filter((k) => k < 24).length).toBeGreaterThan(21);
    expect(inliers.filter((k) => k >= 24).length).toBeLessThan(5);
    expectClose(consensus.motion, motion, 0.1);
  });

  test("is that of all measurements where they are exact", () => {
    const [earlier, later, pairs] = places(12, 0, new Random(1));
    const loop = measureLoop(settings, earlier, later, pairs, new Random(2))!;

    expect(loop.inliers).toBe(12);
    expectClose(loop.measurement, motion, 1e-9);
  });

  test("is as far from the truth as its covariance says", () => {
    const random = new Random(3);
    const squared = Array.from({ length: 40 }, () => {
      const [earlier, later, pairs] = places(20, 1, random);
      const { measurement, covariance } = measureLoop({ ...settings, loss: { loss: "huber", C: 10 } }, earlier, later, pairs, random)!;
      return squaredError(measurement, edgeInformation(covariance)!);
    });
    const mean = squared.reduce((sum, value) => sum + value, 0) / squared.length;

    // Of 40 numbers of mean 6 and variance 12 the mean is off by 0.55.
    expect(Math.abs(mean - 6)).toBeLessThan(3 * 0.55);
  });

  test("is none where too few pairs agree", () => {
    const random = new Random(4);
    const [earlier, later, pairs] = places(30, 0.5, random);
    const mixed = pairs.map((index, k) => (k % 2 === 0 ? index : (index + 7) % 30));

    expect(measureLoop(settings, earlier, later, mixed, random)).toBe(undefined);
    expect(measureLoop(settings, earlier, later, pairs.subarray(0, 4), random)).toBe(undefined);
  });
});

/** e'We of the truth against a measurement. */
function squaredError(measurement: Float64Array, information: Float64Array): number {
  const e = new Float64Array(7);
  se3.relative(measurement, 0, motion, 0, e, 0);
  se3.normalize(e, 0, e, 0);
  let sum = 0;
  for (let a = 0, at = 0; a < 6; a++) for (let b = a; b < 6; b++, at++) sum += (a === b ? 1 : 2) * information[at] * e[a] * e[b];
  return sum;
}
