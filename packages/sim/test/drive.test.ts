import { DimensionError, OptionError } from "@slam/errors";
import { se3 } from "@slam/lie";
import { apartment, type Drive, type DriveOptions, type DriveWorld, type MovingCamera, simulateDrive } from "@slam/sim";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { depth, mono, pair } from "./cameras.ts";
import { hashOf } from "./hash.ts";

/** A camera at the origin, or along x, that looks along z. */
function standing(landmarks: readonly number[], boxes: readonly number[] = [], x: readonly number[] = [0]): DriveWorld {
  return {
    timestamps: Float64Array.from(x, (_, k) => k),
    poses: Float64Array.from(x.flatMap((at) => [at, 0, 0, 0, 0, 0, 1])),
    landmarks: Float64Array.from(landmarks),
    boxes: Float64Array.from(boxes),
  };
}

const seenBy = (world: DriveWorld, camera: MovingCamera = mono): number[][] =>
  simulateDrive(world, camera).frames.map(({ landmark }) => [...landmark]);

const tracksOf = (drive: Drive): number[][] => drive.frames.map(({ track }) => [...track]);

describe("a camera sees", () => {
  test("what is before it, where it is", () => {
    const { frames } = simulateDrive(standing([0, 0, 4, 1, -0.5, 2]), mono);

    expect([...frames[0].landmark]).toEqual([0, 1]);
    expect([...frames[0].measurements]).toEqual([320, 240, 480, 160]);
  });

  test("nothing behind it", () => {
    expect(seenBy(standing([0, 0, -4, 0, 0, 4]))).toEqual([[1]]);
  });

  test("nothing outside its image", () => {
    // 90 degrees wide: x = z is the edge.
    expect(seenBy(standing([4.01, 0, 4, 3.99, 0, 4, 0, 3.01, 4, 0, 2.99, 4]))).toEqual([[1, 3]]);
  });

  test("nothing nearer or farther than its range", () => {
    const camera = { ...mono, range: [1, 5] as const };

    expect(seenBy(standing([0, 0, 0.99, 0, 0, 1.01, 0, 0, 4.99, 0, 0, 5.01, 3, 0, 4.5]), camera)).toEqual([[1, 2]]);
  });

  test("nothing outside its angle", () => {
    expect(seenBy(standing([1, 0, 2, 2.1, 0, 2]), { ...mono, halfAngle: Math.PI / 4 })).toEqual([[0]]);
    expect(seenBy(standing([1, 0, 2, 1.1, 0, 2]), { ...mono, halfAngle: Math.atan(0.52) })).toEqual([[0]]);
  });

  test("nothing deeper than its depths, of RGB-D", () => {
    expect(seenBy(standing([0, 0, 0.4, 0, 0, 3, 0, 0, 6.1]), depth)).toEqual([[1]]);
  });

  test("nothing behind a wall, but what is on it, before it, beside it and above it", () => {
    const wall = [-1, -1, 2, 1, 1, 2.1];
    const before = [0, 0, 1.9, 0, 0, 2];
    const behind = [0, 0, 2.1, 0, 0, 4, 1.9, 0, 4];
    const beside = [2.2, 0, 4, 0, -2.2, 4];

    expect(seenBy(standing([...before, ...behind, ...beside], wall))).toEqual([[0, 1, 5, 6]]);
    expect(seenBy(standing([...before, ...behind, ...beside]))).toEqual([[0, 1, 2, 3, 4, 5, 6]]);
  });

  test("along a wall whatever is on it", () => {
    // The camera is in the plane of a face, the landmarks on it.
    expect(seenBy(standing([0, 0, 2, 0, 0, 4], [-1, -1, 1, 0, 1, 5]))).toEqual([[0, 1]]);
  });

  test("nothing from inside a box", () => {
    expect(seenBy(standing([0, 0, 2], [-1, -1, -1, 1, 1, 1]))).toEqual([[]]);
  });
});

describe("a track", () => {
  test("ends where the landmark is out of sight, and another begins where it comes back", () => {
    // A pillar passes between camera and landmark in the third frame of five.
    const world = standing([0, 0, 4, 9, 0, 9], [-0.1, -1, 1.9, 0.1, 1, 2.1], [-1, -0.5, 0, 0.5, 1]);
    const drive = simulateDrive(world, { ...mono, range: [0, 20] });

    // The other one is at the image's edge from the second frame, where the camera has come near enough.
    expect(drive.frames.map(({ landmark }) => [...landmark])).toEqual([[0], [0], [1], [0, 1], [0, 1]]);
    expect(tracksOf(drive)).toEqual([[0], [0], [1], [2, 1], [2, 1]]);
  });

  test("is no longer than it may be, and tracks do not end all at once", () => {
    const landmarks = Array.from({ length: 60 }, (_, k) => [0.01 * k, 0, 4]).flat();
    const { frames } = simulateDrive(standing(landmarks, [], new Array(40).fill(0)), mono, { trackLength: 7 });
    const lengths = new Map<number, number>();
    for (const { track } of frames) for (const t of track) lengths.set(t, (lengths.get(t) ?? 0) + 1);
    const fresh = frames.slice(1).map(({ track }, k) => track.filter((t) => !frames[k].track.includes(t)).length);

    expect(Math.max(...lengths.values())).toBe(7);
    expect(Math.max(...fresh)).toBeLessThan(60);
    expect(new Set(lengths.values()).size).toBeGreaterThan(4);
  });

  test("goes on before others begin, where a frame has no room for all", () => {
    const landmarks = Array.from({ length: 50 }, (_, k) => [0.5 * k - 10, 0, 6]).flat();
    const x = Array.from({ length: 30 }, (_, k) => 0.2 * k);
    const { frames } = simulateDrive(standing(landmarks, [], x), { ...mono, range: [0, 20] }, { features: 6 });
    const all = simulateDrive(standing(landmarks, [], x), { ...mono, range: [0, 20] }).frames;

    for (let k = 1; k < frames.length; k++) {
      const inSight = frames[k - 1].track.filter((_, i) => all[k].landmark.includes(frames[k - 1].landmark[i]));
      expect(frames[k].track.length).toBe(6);
      expect(inSight.every((t) => frames[k].track.includes(t))).toBe(true);
    }
  });
});

describe("laws of a drive through an apartment", () => {
  const worlds = [0, 1, 2].map((seed) => apartment({ length: 12, rate: 4, landmarks: 800, seed }));
  const options = fc.record({
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    outliers: fc.constantFrom(0, 0.2),
    trackLength: fc.constantFrom(2, 10, Infinity),
    features: fc.constantFrom(20, Infinity),
    flippedBits: fc.constantFrom(0, 0.1),
  });
  const property = (law: (drive: Drive, camera: MovingCamera, given: DriveOptions) => void): void => {
    fc.assert(
      fc.property(options, fc.constantFrom(mono, pair, depth), (given, camera) => {
        law(simulateDrive(worlds[given.seed % 3], camera, given), camera, given);
      }),
      { numRuns: 15 },
    );
  };

  test("every measurement but an outlier is what the camera projects, and noise", () => {
    property(({ frames, truth, landmarks }, camera) => {
      const { model, intrinsics, sigma = [0.5, 0.5, 0.5] } = camera;
      const rows = model.measurement.length;
      const out = { value: new Float64Array(rows), byPoint: new Float64Array(0), byIntrinsics: new Float64Array(0) };
      const inverse = new Float64Array(7);
      const p = new Float64Array(3);
      frames.forEach(({ landmark, measurements, outlier }, frame) => {
        se3.inverse(truth, 7 * frame, inverse, 0);
        // 6 sigma, and what two ways to the camera's frame round.
        const isRight = Array.from(landmark, (k, i) => {
          se3.act(inverse, 0, landmarks, 3 * k, p, 0);
          const isSeen = model.project(intrinsics, p, out, false);
          const isClose = out.value.every((z, row) => Math.abs(measurements[rows * i + row] - z) < 6 * sigma[row] + 1e-9);
          return isSeen && (isClose || outlier[i] === 1);
        });
        expect(isRight).not.toContain(false);
      });
    });
  });

  test("every track is one landmark's, in frames that follow each other, and no longer than it may be", () => {
    property(({ frames }, _, { trackLength = Infinity }) => {
      const seen = new Map<number, { landmark: number; first: number; last: number }>();
      frames.forEach(({ track, landmark }, frame) => {
        track.forEach((t, i) => {
          const before = seen.get(t) ?? { landmark: landmark[i], first: frame, last: frame - 1 };
          expect(before).toMatchObject({ landmark: landmark[i], last: frame - 1 });
          seen.set(t, { ...before, last: frame });
        });
      });
      for (const { first, last } of seen.values()) expect(last - first + 1).toBeLessThanOrEqual(trackLength);
      expect(seen.size === 0 || Math.max(...seen.keys()) === seen.size - 1).toBe(true);
    });
  });

  test("no landmark and no track is twice in a frame, and no frame has too many", () => {
    property(({ frames }, { model }, { features = Infinity }) => {
      for (const { track, landmark, measurements, descriptors, outlier } of frames) {
        const m = landmark.length;
        expect(m).toBeLessThanOrEqual(features);
        expect([new Set(landmark).size, new Set(track).size, track.length, outlier.length]).toEqual([m, m, m, m]);
        expect([measurements.length, descriptors.length]).toEqual([m * model.measurement.length, 32 * m]);
        expect(landmark.every((k, i) => i === 0 || landmark[i - 1] < k)).toBe(true);
      }
    });
  });

  test("descriptors of a landmark differ by at most twice the flipped bits, those of two by many", () => {
    property(({ frames }, _, { flippedBits = 0.05 }) => {
      const first = new Map<number, Uint8Array>();
      for (const { landmark, descriptors } of frames) {
        landmark.forEach((k, i) => {
          const own = descriptors.subarray(32 * i, 32 * i + 32);
          const before = first.get(k);
          if (before === undefined) first.set(k, own);
          else expect(hamming(before, own)).toBeLessThanOrEqual(2 * Math.round(256 * flippedBits));
        });
      }
      const [a, b] = [...first.values()];
      // 128 of 256 are expected to differ, with deviation 8.
      if (b !== undefined) expect(hamming(a, b)).toBeGreaterThan(70);
    });
  });
});

function hamming(a: Uint8Array, b: Uint8Array): number {
  let bits = 0;
  for (let k = 0; k < a.length; k++) for (let rest = a[k] ^ b[k]; rest > 0; rest &= rest - 1) bits++;
  return bits;
}

test("outliers are as many as asked for, and far off", () => {
  const world = apartment({ length: 20, rate: 5, landmarks: 2000 });
  const { frames } = simulateDrive(world, mono, { outliers: 0.1 });
  const exact = simulateDrive(world, mono).frames;
  const total = frames.reduce((sum, { outlier }) => sum + outlier.length, 0);
  const outliers = frames.reduce((sum, { outlier }) => sum + outlier.reduce((n, is) => n + is, 0), 0);

  // Of some 10,000: the share's deviation is 0.003.
  expect(total).toBeGreaterThan(5000);
  expect(Math.abs(outliers / total - 0.1)).toBeLessThan(0.015);
  frames.forEach(({ outlier, measurements }, k) => {
    outlier.forEach((is, i) => {
      expect(measurements[2 * i] !== exact[k].measurements[2 * i]).toBe(is === 1);
    });
  });
});

test("noise is as large as sigma says", () => {
  const world = apartment({ length: 20, rate: 5, landmarks: 2000 });
  const noisy = simulateDrive(world, { ...depth, sigma: [0.5, 2, 0.03] }).frames;
  const exact = simulateDrive(world, { ...depth, sigma: [0, 0, 0] }).frames;
  const squares = [0, 0, 0];
  let count = 0;
  noisy.forEach(({ measurements }, k) => {
    measurements.forEach((z, i) => {
      squares[i % 3] += (z - exact[k].measurements[i]) ** 2;
    });
    count += measurements.length / 3;
  });

  // The deviation of such an estimate is 1 / sqrt(2 n) of it.
  for (const [row, sigma] of [0.5, 2, 0.03].entries()) {
    expect(Math.abs(Math.sqrt(squares[row] / count) / sigma - 1)).toBeLessThan(5 / Math.sqrt(2 * count));
  }
});

test("is the same in every bit for the same seed, in every engine, and another for another", () => {
  const bitsOf = (seed: number): string => {
    const world = apartment({ length: 10, rate: 4, landmarks: 500, seed });
    const { times, truth, frames } = simulateDrive(world, pair, { seed, outliers: 0.1, trackLength: 8, features: 30 });
    const arrays = frames.flatMap((frame) => [frame.track, frame.landmark, frame.measurements, frame.descriptors, frame.outlier]);
    return hashOf([times, truth, world.landmarks, world.boxes ?? new Float64Array(0), ...arrays]);
  };

  expect(bitsOf(5)).toBe("c16d4dd8");
  expect(bitsOf(6)).not.toBe(bitsOf(5));
});

test("refuses worlds, cameras and options that make no sense", () => {
  const world = standing([0, 0, 1]);

  expect(() => simulateDrive({ ...world, poses: new Float64Array(6) }, mono)).toThrow(DimensionError);
  expect(() => simulateDrive({ ...world, landmarks: new Float64Array(4) }, mono)).toThrow(DimensionError);
  expect(() => simulateDrive({ ...world, boxes: new Float64Array(5) }, mono)).toThrow(DimensionError);
  expect(() => simulateDrive({ ...world, boxes: Float64Array.of(0, 0, 0, 1, 0, 1) }, mono)).toThrow(OptionError);
  expect(() => simulateDrive(standing([], [], []), mono)).toThrow(OptionError);
  expect(() => simulateDrive({ ...standing([], [], [0, 1]), timestamps: Float64Array.of(1, 0) }, mono)).toThrow(OptionError);
  expect(() => simulateDrive(world, { ...mono, intrinsics: [1] })).toThrow(DimensionError);
  expect(() => simulateDrive(world, { ...mono, limits: [[0, 1]] })).toThrow(DimensionError);
  expect(() =>
    simulateDrive(world, {
      ...mono,
      limits: [
        [0, 1],
        [1, 0],
      ],
    }),
  ).toThrow(OptionError);
  expect(() => simulateDrive(world, { ...mono, sigma: [1, -1] })).toThrow(OptionError);
  expect(() => simulateDrive(world, { ...mono, range: [2, 1] })).toThrow(OptionError);
  expect(() => simulateDrive(world, { ...mono, range: [0, 0] })).toThrow(OptionError);
  expect(() => simulateDrive(world, { ...mono, halfAngle: 2 })).toThrow(OptionError);
  expect(() => simulateDrive(world, mono, { outliers: 1.1 })).toThrow(OptionError);
  expect(() => simulateDrive(world, mono, { trackLength: 1 })).toThrow(OptionError);
  expect(() => simulateDrive(world, mono, { features: 0 })).toThrow(OptionError);
  expect(() => simulateDrive(world, mono, { flippedBits: -0.1 })).toThrow(OptionError);
  expect(() => simulateDrive(world, mono, { seed: 0.5 })).toThrow(OptionError);
});
