import { grid, manhattan } from "@slam/sim";
import { describe, expect, test } from "vitest";
import { randomPoses } from "../../src/init/random.ts";
import { worldGraph } from "../world-graph.ts";

const flat = worldGraph(manhattan({ poses: 2000 }));
const solid = worldGraph(grid({ poses: 1000 }));

describe("random poses", () => {
  test("are the same for the same seed, and others for another", () => {
    expect(randomPoses(solid, [0], 7)).toEqual(randomPoses(solid, [0], 7));
    expect(randomPoses(solid, [0], 7)).not.toEqual(randomPoses(solid, [0], 8));
  });

  test("leave the held ones and the graph as they are", () => {
    const before = flat.poses.slice();

    const poses = randomPoses(flat, [3, 9], 0);

    for (const at of [9, 27]) expect(poses.slice(at, at + 3)).toEqual(before.slice(at, at + 3));
    expect(flat.poses).toEqual(before);
  });

  test("in the plane have headings all around, in [-pi, pi), and places about the held pose as far as a random walk goes", () => {
    const away = { ...flat, poses: flat.poses.slice() };
    away.poses.set([5e5, 4e6], 0);

    const poses = randomPoses(away, [0], 0);

    const meanSquare = meanSquareLength(flat.measurements, 3, 2) / 2;
    // Of x, y, cos theta, sin theta.
    const means = [0, 0, 0, 0];
    let squares = 0;
    for (let at = 3; at < poses.length; at += 3) {
      const [x, y, theta] = poses.subarray(at, at + 3);
      expect(theta >= -Math.PI && theta < Math.PI).toBe(true);
      [x - 5e5, y - 4e6, Math.cos(theta), Math.sin(theta)].forEach((value, i) => {
        means[i] += value / 1999;
      });
      squares += ((x - 5e5) ** 2 + (y - 4e6) ** 2) / (2 * 1999);
    }
    const deviation = Math.sqrt(2000 * meanSquare);
    // Means of 1999 are within 4 / sqrt(1999) deviations.
    expect(Math.max(Math.abs(means[0]), Math.abs(means[1]))).toBeLessThan(0.09 * deviation);
    expect(Math.hypot(means[2], means[3])).toBeLessThan(0.09);
    expect(Math.abs(squares / deviation ** 2 - 1)).toBeLessThan(0.1);
  });

  test("in space have unit quaternions of all directions", () => {
    const poses = randomPoses(solid, [0], 0);

    const second = new Float64Array(4);
    for (let at = 7; at < poses.length; at += 7) {
      const q = poses.subarray(at + 3, at + 7);
      expect(Math.abs(Math.hypot(...q) - 1)).toBeLessThan(1e-15);
      q.forEach((value, i) => {
        second[i] += value ** 2 / 999;
      });
    }
    // E q_i^2 = 1/4, with a standard deviation of sqrt(3/24 - 1/16) / sqrt(999) < 0.008.
    for (const moment of second) expect(Math.abs(moment - 0.25)).toBeLessThan(0.04);
  });
});

/** The mean of |t|^2. */
function meanSquareLength(measurements: Float64Array, size: number, dimension: number): number {
  let sum = 0;
  for (let at = 0; at < measurements.length; at += size) {
    for (let axis = 0; axis < dimension; axis++) sum += measurements[at + axis] ** 2;
  }
  return (sum * size) / measurements.length;
}
