import { DimensionError, OptionError } from "@slam/errors";
import { se3 } from "@slam/lie";
import { type BundleScene, orbit, photos, type SceneOptions } from "@slam/sim";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mono } from "./cameras.ts";
import { hashOf } from "./hash.ts";
import { snavely } from "./snavely.ts";

const scenes: readonly [string, (options?: SceneOptions) => BundleScene, image: readonly [number, number], hash: string][] = [
  ["orbit", (options) => orbit(snavely, options), [480, 360], "8d3e25e2"],
  ["photos", (options) => photos(snavely, options), [800, 600], "79532c8f"],
];

describe.each(scenes)("%s", (_, scene, [halfWidth, halfHeight], hash) => {
  test("has arrays that fit each other, and indices in range", () => {
    const { poses, intrinsics, intrinsicsOf, points, camera, point, measurements, outlier, truth } = scene({ poses: 12, points: 90 });
    const m = camera.length;

    expect([poses.length, intrinsics.length, intrinsicsOf.length, points.length]).toEqual([84, 36, 12, 270]);
    expect([truth.poses.length, truth.intrinsics.length, truth.points.length]).toEqual([84, 36, 270]);
    expect([point.length, measurements.length, outlier.length]).toEqual([m, 2 * m, m]);
    expect([...new Set(camera)].sort((a, b) => a - b)).toEqual([...intrinsicsOf]);
    expect([...new Set(point)]).toEqual(Array.from({ length: 90 }, (__, k) => k));
  });

  test("measures what the true cameras see, within their images and noise", () => {
    const given = fc.record({
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      poses: fc.integer({ min: 5, max: 60 }),
      outliers: fc.constantFrom(0, 0.3),
    });
    fc.assert(
      fc.property(given, (options) => {
        const { truth, camera, point, measurements, outlier } = scene({ ...options, points: 200 });
        const p = new Float64Array(3);
        const inverse = new Float64Array(7);
        const out = { value: new Float64Array(2), byPoint: new Float64Array(0), byIntrinsics: new Float64Array(0) };
        camera.forEach((c, i) => {
          se3.inverse(truth.poses, 7 * c, inverse, 0);
          se3.act(inverse, 0, truth.points, 3 * point[i], p, 0);
          expect(snavely.project(truth.intrinsics.subarray(3 * c, 3 * c + 3), p, out, false)).toBe(true);
          expect(Math.abs(out.value[0]) <= halfWidth + 1e-9 && Math.abs(out.value[1]) <= halfHeight + 1e-9).toBe(true);
          // The noise of both is within 6 of its deviations of 0.5.
          const error = Math.max(...[0, 1].map((row) => Math.abs(measurements[2 * i + row] - out.value[row])));
          if (outlier[i] === 0) expect(error).toBeLessThan(3);
        });
      }),
      { numRuns: 10 },
    );
  });

  test("has each point in two pictures at least, and none twice in one", () => {
    const { camera, point, points } = scene({ poses: 40 });
    const views = new Map<number, number[]>();
    point.forEach((k, i) => {
      views.set(k, [...(views.get(k) ?? []), camera[i]]);
    });

    expect(views.size).toBe(points.length / 3);
    for (const cameras of views.values()) {
      expect(cameras.length).toBeGreaterThanOrEqual(2);
      expect(new Set(cameras).size).toBe(cameras.length);
    }
  });

  test("has tracks with a long tail, and cameras that all see enough", () => {
    const { camera, point } = scene({ poses: 200, seed: 2 });
    const [lengths, loads] = [countEach(point), countEach(camera)];

    expect(lengths.filter((n) => n <= 3).length / lengths.length).toBeGreaterThan(0.5);
    expect(lengths[lengths.length - 1]).toBeGreaterThan(25);
    expect(loads.length).toBe(200);
    expect(loads[0]).toBeGreaterThan(40);
  });

  test("is one piece: from each camera points lead to all others", () => {
    const { camera, point } = scene({ poses: 60, seed: 3 });
    const reached = new Set([0]);
    for (let before = 0; before < reached.size; ) {
      before = reached.size;
      const seen = new Set(point.filter((_k, i) => reached.has(camera[i])));
      camera.forEach((c, i) => {
        if (seen.has(point[i])) reached.add(c);
      });
    }

    expect(reached.size).toBe(60);
  });

  test("has as many outliers as asked for, anywhere in the image", () => {
    const { outlier } = scene({ poses: 100, outliers: 0.2 });
    const share = outlier.reduce((sum, is) => sum + is, 0) / outlier.length;

    // Of more than 20,000: the share's deviation is 0.003.
    expect(outlier.length).toBeGreaterThan(20_000);
    expect(Math.abs(share - 0.2)).toBeLessThan(0.015);
  });

  test("starts at the truth if told to, and otherwise off it", () => {
    const at = scene({ poses: 10, start: 0 });
    const off = scene({ poses: 10 });

    expect([at.intrinsics, at.points]).toEqual([at.truth.intrinsics, at.truth.points]);
    expect(Math.max(...at.poses.map((x, k) => Math.abs(x - at.truth.poses[k])))).toBeLessThan(1e-14);
    expect(off.truth).toEqual(at.truth);
    for (const name of ["poses", "intrinsics", "points"] as const) expect(off[name]).not.toEqual(off.truth[name]);
  });

  test("is the same in every bit for the same seed, in every engine, and another for another", () => {
    const bitsOf = (seed: number): string => {
      const made = scene({ poses: 20, points: 300, outliers: 0.1, seed });
      return hashOf([
        made.poses,
        made.intrinsics,
        made.points,
        made.camera,
        made.point,
        made.measurements,
        made.outlier,
        ...Object.values(made.truth),
      ]);
    };

    expect(bitsOf(5)).toBe(hash);
    expect(bitsOf(6)).not.toBe(hash);
  });

  test("refuses other models and nonsense", () => {
    const bare = scene === scenes[0][1] ? orbit : photos;

    expect(() => bare(mono.model)).toThrow(OptionError);
    expect(() => bare({ ...snavely, intrinsics: ["f"] })).toThrow(DimensionError);
    expect(() => bare({ ...snavely, measurement: ["u"] })).toThrow(DimensionError);
    expect(() => scene({ poses: 4 })).toThrow(OptionError);
    expect(() => scene({ points: 0 })).toThrow(OptionError);
    expect(() => scene({ sigma: -1 })).toThrow(OptionError);
    expect(() => scene({ outliers: 2 })).toThrow(OptionError);
    expect(() => scene({ start: NaN })).toThrow(OptionError);
    expect(() => scene({ seed: -1 })).toThrow(OptionError);
  });
});

/** How often each number is there, ascending. */
function countEach(indices: Int32Array): readonly number[] {
  const counts = new Map<number, number>();
  for (const k of indices) counts.set(k, (counts.get(k) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => a - b);
}
