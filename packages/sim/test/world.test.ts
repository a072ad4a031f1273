import { OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { type LieGroup, se2, se3 } from "@slam/lie";
import { type GridOptions, garage, grid, manhattan, type PoseGraphWorld, ring, sphere, torus, type WorldOptions } from "@slam/sim";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";

const planarGrid = (options: GridOptions): PoseGraphWorld => grid({ ...options, dimension: 2 });

const worlds: [name: string, world: (options: WorldOptions) => PoseGraphWorld, size: number, hash: string][] = [
  ["sphere", sphere, 7, "4e836e8b"],
  ["torus", torus, 7, "fd28ddd1"],
  ["grid", grid, 7, "f8612e34"],
  ["planar grid", planarGrid, 3, "a9473187"],
  ["manhattan", manhattan, 3, "efb72a24"],
  ["garage", garage, 7, "3bc7773a"],
  ["ring", ring, 3, "760eb04b"],
];

describe.each(worlds)("%s", (_, world, size, hash) => {
  const group = size === 3 ? se2 : se3;

  test("is the same in every bit for the same seed, in every engine", () => {
    expect(hashOf(world({ poses: 200, seed: 5 }))).toBe(hash);
  });

  test("differs with the seed", () => {
    expect(hashOf(world({ poses: 200, seed: 6 }))).not.toBe(hash);
  });

  test("has arrays that fit each other", () => {
    const { dimension, truth, from, to, measurements, information, initial } = world({ poses: 200, loops: 10 });
    const edges = 199 + 10;

    expect(dimension === 2 ? 3 : 7).toBe(size);
    expect(truth.length).toBe(200 * size);
    expect(initial.length).toBe(200 * size);
    expect(from.length).toBe(edges);
    expect(to.length).toBe(edges);
    expect(measurements.length).toBe(edges * size);
    expect(information.length).toBe(edges * (size === 3 ? 6 : 21));
  });

  test("joins each pose to the one before, and never two poses twice", () => {
    const { from, to } = world({ poses: 200 });
    const pairs = new Set(Array.from(from, (i, k) => `${i} ${to[k]}`));

    expect(pairs.size).toBe(from.length);
    for (let i = 1; i < 200; i++) expect(pairs.has(`${i - 1} ${i}`)).toBe(true);
    expect(from.every((i, k) => i < to[k])).toBe(true);
    expect(to).toEqual(to.toSorted());
  });

  test("measures the truth without noise, which the odometry then retraces", () => {
    const { truth, from, to, measurements, initial, information } = world({ poses: 200, noise: 0 });
    const expected = new Float64Array(measurements.length);
    for (let k = 0; k < from.length; k++) {
      group.relative(truth, from[k] * size, truth, to[k] * size, expected, k * size);
      group.normalize(expected, k * size, expected, k * size);
    }

    expectSamePoses(group, measurements, expected, tolerance(fp64, 8));
    expectSamePoses(group, initial, truth, tolerance(fp64, 200));
    expect(information.every(Number.isFinite)).toBe(true);
  });

  test("has measurement errors as large as the information says", () => {
    const noisy = world({ seed: 11, poses: 2000, noise: 0.5 });
    const dof = size === 3 ? 3 : 6;
    const mean = chi2AtTruth(noisy) / (noisy.from.length * dof);

    // of about 6000 numbers at least: standard deviation of the mean sqrt(2 / 6000) = 0.018
    expect(Math.abs(mean - 1)).toBeLessThan(0.06);
  });

  test("starts at the truth and drifts away from it", () => {
    const { truth, initial } = world({ poses: 200 });

    expect(initial.subarray(0, size)).toEqual(truth.subarray(0, size));
    expect(initial.subarray(199 * size)).not.toEqual(truth.subarray(199 * size));
  });

  test("has unit quaternions and angles in range", () => {
    const { truth, measurements, initial } = world({ poses: 200 });

    for (const poses of [truth, measurements, initial]) {
      for (let o = 0; o < poses.length; o += size) {
        const size2 = poses.subarray(o + 3, o + 7).reduce((sum, q) => sum + q * q, 0);
        if (size === 7) expect(Math.abs(size2 - 1)).toBeLessThanOrEqual(tolerance(fp64, 4));
        else expect(Math.abs(poses[o + 2])).toBeLessThanOrEqual(Math.PI);
      }
    }
  });

  test("takes as many loop closures as asked for, if there are so many", () => {
    expect(world({ poses: 200, loops: 0 }).from.length).toBe(199);
    expect(world({ poses: 200, loops: 7 }).from.length).toBe(206);
    expect(world({ poses: 200, loops: 1e6 }).from.length).toBe(world({ poses: 200, loops: 1e7 }).from.length);
  });

  test("works down to five poses, and refuses fewer and other nonsense", () => {
    expect(world({ poses: 5 }).truth.length).toBe(5 * size);
    expect(() => world({ poses: 4 })).toThrow(OptionError);
    expect(() => world({ loops: -1 })).toThrow(OptionError);
    expect(() => world({ noise: NaN })).toThrow(OptionError);
    expect(() => world({ seed: 0.5 })).toThrow(OptionError);
  });
});

describe("the default", () => {
  test.each([
    ["sphere", 2500, 4949, sphere],
    ["torus", 5000, 9999, torus],
    ["grid", 1000, 2700, grid],
    ["manhattan", 3500, 5459, manhattan],
    ["garage", 1660, 5643, garage],
    ["ring", 434, 459, ring],
  ] as const)("%s has %i poses and %i edges", (_, poses, edges, world) => {
    const made = world();

    expect(made.truth.length).toBe(poses * (made.dimension === 2 ? 3 : 7));
    expect(made.from.length).toBe(edges);
  });
});

test("a grid has neighbours one metre apart alone", () => {
  const { truth, from, to } = grid({ poses: 30 });

  for (let k = 0; k < from.length; k++) {
    const [i, j] = [7 * from[k], 7 * to[k]];
    expect(Math.hypot(truth[i] - truth[j], truth[i + 1] - truth[j + 1], truth[i + 2] - truth[j + 2])).toBe(1);
  }
  expect(() => grid({ dimension: 4 as 3 })).toThrow(OptionError);
});

test("a ring closes on the very poses it began with", () => {
  const { truth, from, to } = ring({ poses: 50, loops: 8 });

  for (let k = 0; k < from.length; k++) {
    if (to[k] - from[k] > 1) expect(truth.subarray(3 * to[k], 3 * to[k] + 3)).toEqual(truth.subarray(3 * from[k], 3 * from[k] + 3));
  }
});

/** g2o's chi2 of the truth: e = [t; vec q] or [x, y, theta] of Z^-1 Xi^-1 Xj. */
function chi2AtTruth(world: PoseGraphWorld): number {
  const group = world.dimension === 2 ? se2 : se3;
  const { size, dof } = group;
  const stride = (dof * (dof + 1)) / 2;
  const e = new Float64Array(size);
  let chi2 = 0;
  world.from.forEach((from, k) => {
    group.relative(world.truth, from * size, world.truth, world.to[k] * size, e, 0);
    group.relative(world.measurements, k * size, e, 0, e, 0);
    group.normalize(e, 0, e, 0);
    for (let i = 0, at = k * stride; i < dof; i++) {
      for (let j = i; j < dof; j++, at++) chi2 += (i === j ? 1 : 2) * e[i] * world.information[at] * e[j];
    }
  });
  return chi2;
}

/** Angles next to -pi and pi are near each other, and so are q and -q. */
function expectSamePoses(group: LieGroup, actual: Float64Array, expected: Float64Array, bound: number): void {
  expect(actual.length).toBe(expected.length);
  const difference = new Float64Array(group.dof);
  for (let o = 0; o < actual.length; o += group.size) {
    group.local(actual, o, expected, o, difference, 0);
    expectClose(difference, new Float64Array(group.dof), bound);
  }
}

/** FNV-1a over every bit of the world. */
function hashOf(world: PoseGraphWorld): string {
  let hash = 0x811c9dc5;
  for (const array of [world.truth, world.from, world.to, world.measurements, world.information, world.initial]) {
    for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
