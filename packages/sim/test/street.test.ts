import { OptionError } from "@slam/errors";
import { simulateDrive, street } from "@slam/sim";
import { describe, expect, test } from "vitest";
import { pair } from "./cameras.ts";
import { hashOf } from "./hash.ts";

describe.each([0, 1])("the streets of seed %i", (seed) => {
  const world = street({ length: 600, rate: 5, seed });
  const { timestamps, poses, landmarks, boxes = new Float64Array(0) } = world;

  test("are driven at the speed and the rate asked for", () => {
    expect(timestamps.length).toBe(301);
    expect(landmarks.length).toBe(3 * 25 * 600);
    for (let at = 7; at < poses.length; at += 7) {
      const step = Math.hypot(poses[at] - poses[at - 7], poses[at + 1] - poses[at - 6]);
      // A chord of an arc of radius 12 m.
      expect(step).toBeLessThan(2 + 1e-9);
      expect(step).toBeGreaterThan(1.99);
      expect(poses[at + 2]).toBe(1.5);
    }
  });

  test("have houses beside the car, not in its way", () => {
    for (let at = 0; at < poses.length; at += 7) {
      const away = Array.from({ length: boxes.length / 6 }, (_, b) => {
        const dx = Math.max(boxes[6 * b] - poses[at], 0, poses[at] - boxes[6 * b + 3]);
        const dy = Math.max(boxes[6 * b + 1] - poses[at + 1], 0, poses[at + 1] - boxes[6 * b + 4]);
        return Math.hypot(dx, dy);
      });
      expect(Math.min(...away)).toBeGreaterThan(5);
      expect(Math.min(...away)).toBeLessThan(20);
    }
  });

  test("turn, and are full of landmarks everywhere", () => {
    const { frames } = simulateDrive(world, { ...pair, range: [1, 60] });
    const [xs, ys] = [0, 1].map((axis) => new Set(Array.from(timestamps, (_, k) => Math.round(poses[7 * k + axis] / 50))));

    expect(Math.min(...frames.map(({ landmark }) => landmark.length))).toBeGreaterThan(20);
    expect(Math.min(xs.size, ys.size)).toBeGreaterThan(2);
  });
});

test("a town grows with the drive, and is the same in every bit for the same seed, in every engine", () => {
  const { poses, landmarks, boxes = new Float64Array(0) } = street({ length: 100, landmarks: 50, seed: 9 });

  expect(hashOf([poses, landmarks, boxes])).toBe("b36bf750");
  expect(boxes.length).toBe(6 * 9);
  expect(street({ length: 401, landmarks: 1 }).boxes?.length).toBe(6 * 16);
});

test("refuses nonsense", () => {
  for (const bad of [0, -1, NaN, Infinity]) {
    expect(() => street({ length: bad })).toThrow(OptionError);
    expect(() => street({ speed: bad })).toThrow(OptionError);
    expect(() => street({ rate: bad })).toThrow(OptionError);
  }
  expect(() => street({ landmarks: -1 })).toThrow(OptionError);
  expect(() => street({ seed: -1 })).toThrow(OptionError);
});
