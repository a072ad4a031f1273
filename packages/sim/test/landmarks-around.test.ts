import { OptionError } from "@slam/errors";
import { landmarksAround, type Motion, simulateDrive } from "@slam/sim";
import { describe, expect, test } from "vitest";
import { depth, mono, pair } from "./cameras.ts";
import { hashOf } from "./hash.ts";

/** A helix along z; the camera looks along z and rolls. */
const steps = Array.from({ length: 80 }, (_, k) => k);
const motion: Motion = {
  timestamps: Float64Array.from(steps, (k) => k / 10),
  poses: Float64Array.from(steps.flatMap((k) => [Math.cos(k / 8), Math.sin(k / 8), k / 10, 0, 0, Math.sin(k / 9), Math.cos(k / 9)])),
};

describe.each([
  ["mono", mono],
  ["stereo", pair],
  ["RGB-D", depth],
])("landmarks around a motion, %s", (_, camera) => {
  const landmarks = landmarksAround(motion, { ...camera, range: [0.5, 8] }, { perFrame: 40, seed: 3 });

  test("are as many in each frame as asked for, and stay for those behind", () => {
    const { frames } = simulateDrive({ ...motion, landmarks }, { ...camera, range: [0.5, 8] });

    expect(Math.min(...frames.map(({ landmark }) => landmark.length))).toBeGreaterThanOrEqual(40);
    expect(landmarks.length / 3).toBeLessThan(40 * 40);
  });

  test("keep off the path", () => {
    for (let at = 0; at < landmarks.length; at += 3) {
      for (let pose = 0; pose < motion.poses.length; pose += 7) {
        const away = [0, 1, 2].map((axis) => landmarks[at + axis] - motion.poses[pose + axis]);
        expect(Math.hypot(...away)).toBeGreaterThan(0.5);
      }
    }
  });
});

test("they are the same in every bit for the same seed, and others for another", () => {
  const standing = { timestamps: new Float64Array(1), poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1) };

  expect(hashOf([landmarksAround(standing, mono, { seed: 1 })])).toBe("31dc14ba");
  expect(landmarksAround(standing, mono, { seed: 2 })).not.toEqual(landmarksAround(standing, mono, { seed: 1 }));
});

test("where there is no place for them they are refused", () => {
  // Its image is 45 degrees aside.
  const blind = {
    ...mono,
    halfAngle: 0.1,
    limits: [
      [0, 10],
      [0, 480],
    ] as const,
  };

  expect(() => landmarksAround(motion, blind)).toThrow("none in 1000000 draws before pose 0");
  expect(() => landmarksAround(motion, mono, { perFrame: 0 })).toThrow(OptionError);
  expect(() => landmarksAround(motion, mono, { seed: -1 })).toThrow(OptionError);
});
