import { OptionError } from "@slam/errors";
import { se3 } from "@slam/lie";
import { apartment, type DriveWorld, driveBundle, simulateDrive } from "@slam/sim";
import { describe, expect, test } from "vitest";
import { mono, pair } from "./cameras.ts";
import { hashOf } from "./hash.ts";

/** A camera that looks along z moves along x; a wall hides a landmark from its third place. */
const passing: DriveWorld = {
  timestamps: Float64Array.of(0, 1, 2, 3, 4),
  poses: Float64Array.from([-1, -0.5, 0, 0.5, 1].flatMap((x) => [x, 0, 0, 0, 0, 0, 1])),
  // Hidden once, seen by all, seen by the last alone, never seen.
  landmarks: Float64Array.of(0, 0, 4, 0, 1, 4, 4.9, 0, 4, 0, 0, -4),
  boxes: Float64Array.of(-0.1, -0.2, 1.9, 0.1, 0.2, 2.1),
};

describe("a drive as a bundle", () => {
  test("has landmarks for points, those seen twice or more, in the order of their first time", () => {
    const { camera, point, measurements, truth, outlier } = driveBundle(passing, mono);

    expect([...camera]).toEqual([0, 0, 1, 1, 2, 3, 3, 4, 4]);
    expect([...point]).toEqual([0, 1, 0, 1, 1, 0, 1, 0, 1]);
    expect([...truth.points]).toEqual([0, 0, 4, 0, 1, 4]);
    expect([...measurements.subarray(0, 4)]).toEqual([400, 240, 400, 320]);
    expect([...outlier]).toEqual(new Array(9).fill(0));
  });

  test("or tracks, of which a landmark has another when it comes back", () => {
    const { camera, point, truth } = driveBundle(passing, mono, { points: "tracks" });

    expect([...camera]).toEqual([0, 0, 1, 1, 2, 3, 3, 4, 4]);
    expect([...point]).toEqual([0, 1, 0, 1, 1, 2, 1, 2, 1]);
    expect([...truth.points]).toEqual([0, 0, 4, 0, 1, 4, 0, 0, 4]);
  });

  test("starts at the truth without drift and error", () => {
    const { poses, points, truth } = driveBundle(passing, mono, { drift: { translation: 0, rotation: 0 }, depthError: 0 });

    expect(poses).toEqual(truth.poses);
    expect(points).toEqual(truth.points);
  });

  test("starts with points where the drifted camera nearest to them has them, but for their distances", () => {
    const world = apartment({ length: 15, rate: 3, landmarks: 500, seed: 4 });
    const { poses, points, truth, camera, point } = driveBundle(world, pair, { drift: { translation: 0.1, rotation: 0.02 }, seed: 4 });
    const direction = (estimate: { poses: Float64Array; points: Float64Array }, c: number, k: number): number[] => {
      const p = new Float64Array(7);
      se3.inverse(estimate.poses, 7 * c, p, 0);
      const q = new Float64Array(3);
      se3.act(p, 0, estimate.points, 3 * k, q, 0);
      return Array.from(q, (x) => x / Math.hypot(...q));
    };
    const away = (c: number, k: number): number => Math.hypot(...[0, 1, 2].map((a) => truth.points[3 * k + a] - truth.poses[7 * c + a]));
    const nearest = new Map<number, number>();
    point.forEach((k, i) => {
      const before = nearest.get(k);
      if (before === undefined || away(camera[i], k) < away(before, k)) nearest.set(k, camera[i]);
    });

    expect(nearest.size).toBe(points.length / 3);
    for (const [k, c] of nearest) {
      const [a, b] = [direction({ poses, points }, c, k), direction(truth, c, k)];
      expect(Math.max(...a.map((x, axis) => Math.abs(x - b[axis])))).toBeLessThan(1e-12);
    }
  });

  test("measures what the drive does, features and outliers and all", () => {
    const world = apartment({ length: 15, rate: 3, landmarks: 500, seed: 4 });
    const options = { seed: 4, outliers: 0.1, features: 30, trackLength: 9 };
    const { camera, measurements, outlier, truth, point } = driveBundle(world, pair, { ...options, points: "tracks" });
    const { frames } = simulateDrive(world, pair, options);
    const lengths = new Map<number, number>();
    for (const { track } of frames) for (const t of track) lengths.set(t, (lengths.get(t) ?? 0) + 1);
    const expected = frames.flatMap(({ track, landmark, measurements: z, outlier: is }, frame) =>
      Array.from(track, (t, i) => ({ t, frame, z: [...z.subarray(3 * i, 3 * i + 3)], is: is[i], landmark: landmark[i] })).filter(
        ({ t }) => (lengths.get(t) ?? 0) > 1,
      ),
    );

    expect([...camera]).toEqual(expected.map(({ frame }) => frame));
    expect([...outlier]).toEqual(expected.map(({ is }) => is));
    expect([...measurements]).toEqual(expected.flatMap(({ z }) => z));
    expected.forEach(({ landmark }, i) => {
      expect(truth.points.subarray(3 * point[i], 3 * point[i] + 3)).toEqual(world.landmarks.subarray(3 * landmark, 3 * landmark + 3));
    });
  });

  test("is the same in every bit for the same seed, in every engine", () => {
    const made = driveBundle(apartment({ length: 10, rate: 3, landmarks: 300 }), pair, { seed: 7, outliers: 0.1 });

    expect(hashOf([made.poses, made.points, made.camera, made.point, made.measurements, made.outlier, made.truth.points])).toBe("832fb901");
  });

  test("refuses nonsense", () => {
    expect(() => driveBundle(passing, mono, { points: "all" as "tracks" })).toThrow(OptionError);
    expect(() => driveBundle(passing, mono, { depthError: -1 })).toThrow(OptionError);
    expect(() => driveBundle(passing, mono, { drift: { translation: -1, rotation: 0 } })).toThrow(OptionError);
    expect(() => driveBundle(passing, mono, { outliers: 2 })).toThrow(OptionError);
  });
});
