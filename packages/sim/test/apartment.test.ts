import { OptionError } from "@slam/errors";
import { se3 } from "@slam/lie";
import { apartment, simulateDrive } from "@slam/sim";
import { describe, expect, test } from "vitest";
import { mono } from "./cameras.ts";

/** [x, y, z] and the direction that each camera looks in. */
function camerasOf(poses: Float64Array): { place: Float64Array; ahead: Float64Array }[] {
  return Array.from({ length: poses.length / 7 }, (_, k) => {
    const matrix = new Float64Array(16);
    se3.toMatrix(poses, 7 * k, matrix, 0);
    return { place: poses.slice(7 * k, 7 * k + 3), ahead: Float64Array.of(matrix[2], matrix[6], matrix[10]) };
  });
}

const distance = (a: Float64Array, b: Float64Array): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

describe.each([0, 1, 2])("the apartment of seed %i", (seed) => {
  const { timestamps, poses, landmarks, boxes = new Float64Array(0) } = apartment({ length: 130, rate: 5, landmarks: 3000, seed });
  const cameras = camerasOf(poses);

  test("is driven at the speed and the rate asked for", () => {
    expect(timestamps.length).toBe(1 + Math.floor(130 / 0.12));
    expect([timestamps[0], timestamps[5]]).toEqual([0, 1]);
    for (let k = 1; k < cameras.length; k++) {
      const step = distance(cameras[k - 1].place, cameras[k].place);
      // A chord of the tightest arc, of radius 0.6 m, is 0.12 m less 0.2 %.
      expect(step).toBeLessThan(0.12 + 1e-12);
      expect(step).toBeGreaterThan(0.1197);
    }
  });

  test("is driven as wheels do: in the direction one looks, around corners no tighter than the arcs", () => {
    for (let k = 1; k < cameras.length; k++) {
      const [a, b] = [cameras[k - 1], cameras[k]];
      const turn = Math.acos(Math.min(1, a.ahead[0] * b.ahead[0] + a.ahead[1] * b.ahead[1]));
      expect(turn).toBeLessThan(0.12 / 0.6 + 1e-9);
      // Between where one looks before and after.
      const along = (c: typeof a): number => (b.place[0] - a.place[0]) * c.ahead[0] + (b.place[1] - a.place[1]) * c.ahead[1];
      expect(along(a) + along(b)).toBeGreaterThan(2 * 0.119);
      expect([a.place[2], a.ahead[2]]).toEqual([1, expect.closeTo(0, 12)]);
    }
  });

  test("leaves room for a robot between its path and everything below a door's height", () => {
    for (const { place } of cameras) {
      for (let at = 0; at < boxes.length; at += 6) {
        if (boxes[at + 2] >= 2) continue;
        const dx = Math.max(boxes[at] - place[0], 0, place[0] - boxes[at + 3]);
        const dy = Math.max(boxes[at + 1] - place[1], 0, place[1] - boxes[at + 4]);
        expect(Math.hypot(dx, dy)).toBeGreaterThan(0.25);
      }
    }
  });

  test("is seen all over: each room is entered, its places are seen again, and every frame has landmarks", () => {
    const rooms = new Set(cameras.map(({ place: [x, y] }) => (Math.abs(x - 5) < 1 ? "corridor" : `${x < 5} ${Math.floor(y / 5)}`)));
    const { frames } = simulateDrive({ timestamps, poses, landmarks, boxes }, mono);
    const seen = new Set(frames.flatMap(({ landmark }) => [...landmark]));
    const again = frames[frames.length - 1].landmark.some((k) => frames.slice(0, 500).some(({ landmark }) => landmark.includes(k)));

    expect(rooms.size).toBe(7);
    expect(Math.min(...frames.map(({ landmark }) => landmark.length))).toBeGreaterThan(15);
    expect(seen.size / 3000).toBeGreaterThan(0.8);
    expect(again).toBe(true);
  });

  test("has its landmarks on surfaces, inside", () => {
    for (let k = 0; k < landmarks.length; k += 3) {
      const [x, y, z] = landmarks.subarray(k, k + 3);
      const on = Array.from({ length: boxes.length / 6 }, (_, b) => boxes.subarray(6 * b, 6 * b + 6)).filter((box) =>
        [x, y, z].every((p, axis) => p >= box[axis] && p <= box[axis + 3]),
      );
      expect(on.length).toBe(1);
      expect([x, y, z].some((p, axis) => p === on[0][axis] || p === on[0][axis + 3])).toBe(true);
      expect(x >= 0 && x <= 10 && y >= 0 && y <= 15 && z > 0 && z < 2.5).toBe(true);
    }
  });
});

test("a longer drive begins as a shorter one does, among the same walls", () => {
  const [short, long] = [apartment({ length: 40, landmarks: 10 }), apartment({ length: 400, landmarks: 10 })];

  expect(long.poses.subarray(0, short.poses.length)).toEqual(short.poses);
  expect(long.boxes).toEqual(short.boxes);
  expect(long.landmarks).toEqual(short.landmarks);
});

test("refuses nonsense", () => {
  for (const bad of [0, -1, NaN, Infinity]) {
    expect(() => apartment({ length: bad })).toThrow(OptionError);
    expect(() => apartment({ speed: bad })).toThrow(OptionError);
    expect(() => apartment({ rate: bad })).toThrow(OptionError);
  }
  expect(() => apartment({ landmarks: -1 })).toThrow(OptionError);
  expect(() => apartment({ seed: -1 })).toThrow(OptionError);
});
