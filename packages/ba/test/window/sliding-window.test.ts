import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Bundle, type KeyFrame, SlidingWindow, start, type WindowOptions } from "@slam/ba";
import { type CameraModel, pinhole, rgbd, stereo } from "@slam/camera";
import { ate } from "@slam/eval";
import { se3 } from "@slam/lie";
import { parsePolicy, presetPolicy } from "@slam/nlls";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { hasPublicData } from "../public-data.ts";
import { readKittiStereo } from "./kitti-stereo.ts";
import { type Street, steadyTracks, street } from "./street.ts";

const STEREO = [700, 700, 600, 180, 0.5];
const tight = { maxIterations: 50, ftol: 1e-12 };

/** Drives through the key frames; the final pose of each. */
function driven(keyFrames: readonly KeyFrame[], options: WindowOptions): { readonly window: SlidingWindow; readonly poses: Float64Array } {
  const window = new SlidingWindow(options);
  const poses = new Float64Array(7 * keyFrames.length);
  for (const keyFrame of keyFrames) {
    const { dropped } = window.addKeyFrame(keyFrame);
    if (dropped !== undefined) poses.set(dropped.pose, 7 * dropped.id);
    window.solve();
  }
  for (const { id, pose } of window.keyFrames) poses.set(pose, 7 * id);
  return { window, poses };
}

/** X_a^-1 X_b of the key frames from `first` on, relative to it. */
function relativeTo(poses: Float64Array, first: number): number[] {
  const relative = new Float64Array(7);
  const all: number[] = [];
  for (let at = 7 * first; at < poses.length; at += 7) {
    se3.relative(poses, 7 * first, poses, at, relative, 0);
    se3.normalize(relative, 0, relative, 0);
    all.push(...relative);
  }
  return all;
}

/** The optimum over all observations that `isKept`. */
function batch(
  { keyFrames, landmarks }: Street,
  model: CameraModel,
  intrinsics: readonly number[],
  isKept: (frame: number, landmark: number) => boolean = () => true,
): Float64Array {
  const rows = model.measurement.length;
  const camera: number[] = [];
  const point: number[] = [];
  const measurements: number[] = [];
  for (const [k, frame] of keyFrames.entries()) {
    for (let at = 0; at < frame.landmark.length; at++) {
      if (!isKept(k, frame.landmark[at])) continue;
      camera.push(k);
      point.push(frame.landmark[at]);
      for (let a = 0; a < rows; a++) measurements.push(frame.measurements[at * rows + a]);
    }
  }
  const bundle: Bundle = {
    model,
    poses: Float64Array.from(keyFrames.flatMap(({ pose }) => Array.from(pose))),
    intrinsics: Float64Array.from(intrinsics),
    intrinsicsOf: new Int32Array(keyFrames.length),
    points: landmarks,
    camera: Int32Array.from(camera),
    point: Int32Array.from(point),
    measurements: Float64Array.from(measurements),
  };
  const run = start(bundle, { policy: presetPolicy("fp64"), held: { cameras: [0], intrinsics: true }, ftol: 1e-14, eta: 1e-8 });
  while (!run.done) run.step();
  return run.bundle.poses;
}

/** The point in the camera's own frame, as it is: linear in positions, and in rotations to first order. */
const whole: CameraModel = {
  name: "whole",
  intrinsics: ["unit"],
  measurement: ["x", "y", "z"],
  project(k, p, { value, byPoint, byIntrinsics }, derivatives) {
    for (let a = 0; a < 3; a++) value[a] = p[a] / k[0];
    if (derivatives) {
      byPoint.fill(0);
      for (let a = 0; a < 3; a++) byPoint[4 * a] = 1 / k[0];
      for (let a = 0; a < 3; a++) byIntrinsics[a] = -p[a] / k[0] ** 2;
    }
    return true;
  },
  unproject(k, z, p) {
    for (let a = 0; a < 3; a++) p[a] = z[a] * k[0];
    return true;
  },
};

const SMALL: [CameraModel, number[], number][] = [
  [whole, [1], 1e-6],
  [stereo, STEREO, 1e-4],
];

describe.each(SMALL)("where steps are so small that the problem of %o is linear,", (model, intrinsics, noise) => {
  test("the window equals the batch where no landmark outlives the key frame dropped", () => {
    const drive = street({ model, intrinsics, frames: 9, tracks: steadyTracks(9, 3, 8), noise });
    const { window, poses } = driven(drive.keyFrames, { model, intrinsics, size: 3, ...tight });
    const full = batch(drive, model, intrinsics);
    const [actual, expected, guess] = [poses, full, drive.truth].map((all) => relativeTo(all, 6));
    const away = largestDifference(expected, guess);

    expect(window.dropped.discarded).toBe(0);
    expect(window.dropped.keyFrames).toBe(6);
    // What is not linear is of second order in how far the optimum is.
    expect(largestDifference(actual, expected)).toBeLessThan(1e-4 * away);
  });

  test("the window equals the batch over all that was not discarded where landmarks do", () => {
    const tracks = steadyTracks(9, 5, 5);
    const size = 3;
    const drive = street({ model, intrinsics, frames: 9, tracks, noise });
    const { window, poses } = driven(drive.keyFrames, { model, intrinsics, size, ...tight });
    // Frame k goes when k + size comes.
    const isDiscarded = (k: number, landmark: number): boolean => tracks[landmark].includes(k + size);
    const some = batch(drive, model, intrinsics, (k, landmark) => !isDiscarded(k, landmark));
    const full = batch(drive, model, intrinsics);
    const [actual, expected, other, guess] = [poses, some, full, drive.truth].map((all) => relativeTo(all, 6));
    const away = largestDifference(expected, guess);

    expect(window.dropped.discarded).toBe(
      drive.keyFrames.reduce((sum, { landmark }, k) => sum + Array.from(landmark).filter((l) => isDiscarded(k, l)).length, 0),
    );
    expect(window.dropped.discarded).toBeGreaterThan(0);
    expect(largestDifference(actual, expected)).toBeLessThan(1e-4 * away);
    expect(largestDifference(other, expected)).toBeGreaterThan(1e-2 * away);
  });
});

test.each([
  [stereo, STEREO, "se3"],
  [rgbd, [525, 525, 320, 240], "se3"],
  [pinhole, [700, 710, 320, 240], "sim3"],
] as [CameraModel, number[], "se3" | "sim3"][])("finds the path that exact measurements of %o were made on", (model, intrinsics, align) => {
  const drive = street({ model, intrinsics, frames: 14, tracks: steadyTracks(14, 5, 6), away: 0.01 });
  const guess = Float64Array.from(drive.keyFrames.flatMap(({ pose }) => Array.from(pose)));
  const { poses } = driven(drive.keyFrames, { model, intrinsics, size: 5, ...tight });

  expect(ate(drive.truth, guess, { align }).rmse).toBeGreaterThan(1e-3);
  expect(ate(drive.truth, poses, { align }).rmse).toBeLessThan(1e-6);
});

test.each(["schur-cg", "cgnr"] as const)("%s goes the way of the dense system, with J in 16 bits too", (linear) => {
  const drive = street({ model: stereo, intrinsics: STEREO, frames: 8, tracks: steadyTracks(8, 4, 8), noise: 0.5, away: 0.01 });
  const options = { model: stereo, intrinsics: STEREO, size: 4, ...tight, ftol: 1e-10 };
  const dense = driven(drive.keyFrames, options);
  const wide = driven(drive.keyFrames, { ...options, linear });
  const narrow = driven(drive.keyFrames, { ...options, linear, policy: parsePolicy({ preset: "fp32", matvec: "fp16", name: "sixteen" }) });

  expectClose(wide.poses, dense.poses, 1e-5);
  expectClose(narrow.poses, dense.poses, 1e-4);
});

test("a robust loss keeps false measurements from bending the path", () => {
  const drive = street({ model: stereo, intrinsics: STEREO, frames: 12, tracks: steadyTracks(12, 4, 12), noise: 0.2 });
  const keyFrames = drive.keyFrames.map((frame, k) => ({
    ...frame,
    measurements: Array.from(frame.measurements, (z, i) => (i % 31 === k ? z + 40 : z)),
  }));
  const options = { model: stereo, intrinsics: STEREO, size: 4 };
  const error = (more: Partial<WindowOptions>): number =>
    ate(drive.truth, driven(keyFrames, { ...options, ...more }).poses, { align: "se3" }).rmse;

  expect(error({ loss: { loss: "cauchy", C: 0.5 } })).toBeLessThan(0.3 * error({}));
});

test("an information of its own weighs each measurement", () => {
  const drive = street({ model: stereo, intrinsics: STEREO, frames: 6, tracks: steadyTracks(6, 4, 8), noise: 0.5 });
  const options = { model: stereo, intrinsics: STEREO, size: 3, ...tight };
  const weighed = (scale: number): KeyFrame[] =>
    drive.keyFrames.map((frame) => ({
      ...frame,
      information: Array.from(frame.landmark).flatMap((l) => [l % 2 ? scale : 1, 0, 0, l % 2 ? scale : 1, 0, l % 2 ? scale : 1]),
    }));
  const plain = driven(drive.keyFrames, options).poses;

  expectClose(driven(weighed(1), options).poses, plain, 1e-9);
  expect(largestDifference(driven(weighed(9), options).poses, plain)).toBeGreaterThan(1e-5);
});

describe("a time budget", () => {
  afterEach(() => void vi.restoreAllMocks());

  test("ends a solve with the best point so far, and says that it acted", () => {
    const drive = street({ model: stereo, intrinsics: STEREO, frames: 3, tracks: steadyTracks(3, 3, 8), noise: 0.5, away: 0.1 });
    const filled = (): SlidingWindow => {
      const window = new SlidingWindow({ model: stereo, intrinsics: STEREO, size: 3, ...tight });
      for (const frame of drive.keyFrames) window.addKeyFrame(frame);
      return window;
    };
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now++);
    const none = filled().solve({ timeBudget: 0 });
    const all = filled().solve();
    const window = filled();
    const some = window.solve({ timeBudget: all.milliseconds / 2 });

    expect(all.termination).toBe("converged");
    expect([none.termination, none.iterations.length]).toEqual(["time-budget", 0]);
    expect(none.finalCost).toBe(none.initialCost);
    expect(some.termination).toBe("time-budget");
    expect(some.message).toMatch(/the budget is/);
    expect(some.milliseconds).toBeLessThanOrEqual(all.milliseconds / 2 + 10);
    expect(some.iterations.length).toBeGreaterThan(0);
    expect(some.iterations.length).toBeLessThan(all.iterations.length);
    expect(some.finalCost).toBeLessThan(some.initialCost);
    // It goes on from there.
    expect(window.solve().initialCost).toBe(some.finalCost);
  });

  test("that is long enough changes nothing", () => {
    const drive = street({ model: stereo, intrinsics: STEREO, frames: 3, tracks: steadyTracks(3, 3, 8), noise: 0.5 });
    const window = new SlidingWindow({ model: stereo, intrinsics: STEREO, size: 3 });
    for (const frame of drive.keyFrames) window.addKeyFrame(frame);

    expect(window.solve({ timeBudget: 1e6 }).termination).toBe("converged");
  });
});

test("a landmark given with its place starts there; one of a single camera waits for a second view", () => {
  const lens = [700, 710, 320, 240];
  const drive = street({ model: pinhole, intrinsics: lens, frames: 2, tracks: [[0, 1], [0, 1], [0]] });
  const window = new SlidingWindow({ model: pinhole, intrinsics: lens, size: 2 });
  const [first, second] = drive.keyFrames;
  window.addKeyFrame({ ...first, points: [Number.NaN, 0, 0, 1, 2, 3, Number.NaN, 0, 0] });

  expect([...window.landmarks]).toEqual([[1, Float64Array.of(1, 2, 3)]]);
  expect(window.solve()).toMatchObject({ landmarks: 0, observations: 0, keyFrames: 1 });
  window.addKeyFrame(second);
  expectClose(window.landmarks.get(0)!, drive.landmarks.subarray(0, 3), 1e-9);
  expect(window.landmarks.has(2)).toBe(false);
});

test("a key frame that shares nothing with the others stays at its guess", () => {
  const tracks = [...Array.from({ length: 6 }, () => [0, 1]), ...Array.from({ length: 6 }, () => [2])];
  const drive = street({ model: stereo, intrinsics: STEREO, frames: 3, tracks, noise: 0.5, away: 0.01 });
  const { window } = driven(drive.keyFrames, { model: stereo, intrinsics: STEREO, size: 3, ...tight });

  expectClose(window.keyFrames[2].pose, drive.keyFrames[2].pose, 1e-6);
  expect(largestDifference(window.keyFrames[1].pose, drive.keyFrames[1].pose)).toBeGreaterThan(1e-4);
});

test("a key frame of which the prior says nothing keeps no other from moving", () => {
  // Three equations for the six unknowns of the pose that goes leave none for key frame 2.
  const tracks = [[0, 2], ...Array.from({ length: 6 }, () => [1, 3])];
  const drive = street({ model: stereo, intrinsics: STEREO, frames: 4, tracks, noise: 0.5, away: 0.01 });
  const { window } = driven(drive.keyFrames.slice(0, 3), { model: stereo, intrinsics: STEREO, size: 3, ...tight });
  window.addKeyFrame(drive.keyFrames[3]);
  const before = window.keyFrames;
  const report = window.solve();
  const after = window.keyFrames;

  expect(window.dropped).toMatchObject({ landmarks: 1, observations: 2 });
  expect(report.termination).toBe("converged");
  expect(after[1]).toEqual(before[1]);
  expect(largestDifference(after[2].pose, before[2].pose)).toBeGreaterThan(1e-4);
});

test("counts what it evaluates, in the formats of the policy", () => {
  const drive = street({ model: stereo, intrinsics: STEREO, frames: 4, tracks: steadyTracks(4, 4, 3), noise: 0.3, away: 0.01 });
  const window = new SlidingWindow({ model: stereo, intrinsics: STEREO, size: 4, linear: "cgnr", policy: presetPolicy("fp32") });
  for (const frame of drive.keyFrames) window.addKeyFrame(frame);
  const { work, observations } = window.solve();

  // Once more in fp64: what is called converged is checked there.
  expect(Object.keys(work.flops.jacobian ?? {})).toEqual(["fp32", "fp64"]);
  expect(work.flops.jacobian?.fp32).toBeGreaterThan(0);
  expect((work.flops.jacobian?.fp32 ?? 0) % (observations * 180)).toBe(0);
  expect(Object.keys(work.flops.residual ?? {})).toContain("fp64");
  expect(work.flops.update?.fp64).toBeGreaterThan(0);
});

test("every observation is in the window, in the prior, discarded or silent, whatever the tracks", () => {
  const tracks = fc.array(
    fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 8 }).map((track) => track.sort((a, b) => a - b)),
    { minLength: 12, maxLength: 30 },
  );
  fc.assert(
    fc.property(tracks, fc.integer({ min: 2, max: 5 }), fc.nat(1000), (tracks, size, seed) => {
      const drive = street({ model: stereo, intrinsics: STEREO, frames: 8, tracks, noise: 0.3, away: 0.01, seed });
      const window = new SlidingWindow({ model: stereo, intrinsics: STEREO, size });
      let seen = 0;
      for (const frame of drive.keyFrames) {
        window.addKeyFrame(frame);
        seen += frame.landmark.length;
        const report = window.solve();
        const { observations, discarded, silent } = window.dropped;

        expect(["converged", "max-iterations", "stagnated"]).toContain(report.termination);
        // But for rounding.
        expect(report.finalCost).toBeLessThanOrEqual(report.initialCost + 1e-20);
        expect(report.observations + observations + discarded + silent).toBe(seen);
      }
      expectGaugeFree(window);
    }),
    { numRuns: 30 },
  );
});

test.each(["schur-dense", "schur-cg"] as const)("%s takes no more memory over 1000 key frames", { timeout: 60_000 }, (linear) => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const inUse = (): number => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const { keyFrames } = street({ model: stereo, intrinsics: STEREO, frames: 1000, tracks: steadyTracks(1000, 3, 2), noise: 0.3 });
  const window = new SlidingWindow({ model: stereo, intrinsics: STEREO, size: 4, linear, maxIterations: 2 });
  const { R } = window.prior;
  let before = 0;
  let landmarks = 0;
  for (const [k, frame] of keyFrames.entries()) {
    window.addKeyFrame(frame);
    window.solve();
    landmarks = Math.max(landmarks, window.landmarks.size);
    if (k === 200) before = inUse();
  }

  expect(window.dropped.keyFrames).toBe(996);
  expect(landmarks).toBe(12);
  expect(window.prior.R).toBe(R);
  // Less than a kilobyte a key frame, which holds more than that.
  expect(inUse() - before).toBeLessThan(800 * 1024);
});

test.each(["schur-dense", "schur-cg", "cgnr"] as const)("what %s has told stays as it was while the window goes on", (linear) => {
  const { keyFrames } = street({ model: stereo, intrinsics: STEREO, frames: 8, tracks: steadyTracks(8, 5, 3), noise: 0.3, away: 0.02 });
  const window = new SlidingWindow({ model: stereo, intrinsics: STEREO, size: 4, linear, loss: { loss: "huber" } });
  const told: unknown[] = [];
  const written: string[] = [];

  for (const frame of keyFrames) {
    const { dropped } = window.addKeyFrame(frame);
    const report = window.solve();
    const ids = window.keyFrames.map(({ id }) => id);
    const covariance = ids.length < 2 ? undefined : window.relativeCovariance(ids[0], ids[1]);
    told.push({ dropped, report, covariance, keyFrames: window.keyFrames, landmarks: [...window.landmarks] });
    written.push(JSON.stringify(told[told.length - 1]));
  }

  expect(window.dropped.keyFrames).toBe(4);
  expect(told.map((one) => JSON.stringify(one))).toEqual(written);
});

test("a loss or a camera that throws leaves a window that goes on with the same bits", () => {
  const { keyFrames } = street({ model: stereo, intrinsics: STEREO, frames: 6, tracks: steadyTracks(6, 5, 3), noise: 0.3, away: 0.02 });
  let isBroken = false;
  const failing = () => ({
    rho: (s: number) => s,
    weight(): number {
      if (isBroken) throw new Error("broken");
      return 1;
    },
  });
  const options = { model: stereo, intrinsics: STEREO, size: 4, loss: { loss: failing } };
  const [window, other] = [new SlidingWindow(options), new SlidingWindow(options)];

  for (const frame of keyFrames) {
    for (const one of [window, other]) one.addKeyFrame(frame);
    isBroken = true;
    expect(() => window.solve()).toThrow("broken");
    isBroken = false;
    for (const one of [window, other]) one.solve();
  }

  expect(window.keyFrames).toEqual(other.keyFrames);
});

test("what is wrong is said before the window changes", () => {
  const frame = { pose: [0, 0, 0, 0, 0, 0, 1], landmark: [3, 4], measurements: [1, 2, 3, 4, 5, 6] };
  const window = new SlidingWindow({ model: stereo, intrinsics: STEREO, size: 2 });

  expect(() => new SlidingWindow({ model: stereo, intrinsics: STEREO, size: 1 })).toThrow(/size/);
  expect(() => new SlidingWindow({ model: stereo, intrinsics: [700], size: 3 })).toThrow(/intrinsics/);
  expect(() => new SlidingWindow({ model: stereo, intrinsics: STEREO, size: 3, linear: "qr" as "cgnr" })).toThrow(/linear is "qr"/);
  expect(() => new SlidingWindow({ model: stereo, intrinsics: STEREO, size: 3, loss: { loss: "huber", C: 0 } })).toThrow(/C/);
  expect(() => window.solve()).toThrow(/a key frame/);
  expect(() => window.addKeyFrame({ ...frame, landmark: [3, 3] })).toThrow(/no landmark twice/);
  expect(() => window.addKeyFrame({ ...frame, landmark: [3, 0.5] })).toThrow(/landmark\[1\]/);
  expect(() => window.addKeyFrame({ ...frame, pose: [0, 0, 0, 0, 0, 0, 2] })).toThrow(/unit length/);
  expect(() => window.addKeyFrame({ ...frame, measurements: [1, 2, 3, 4, 5, Number.NaN] })).toThrow(/measurements\[5\]/);
  expect(() => window.addKeyFrame({ ...frame, points: [1] })).toThrow(/points/);
  expect(() => window.addKeyFrame({ ...frame, information: [1, 0, 0, 1, 0, -1, 1, 0, 0, 1, 0, 1] })).toThrow(/positive definite/);
  expect(window.keyFrames).toEqual([]);
  expect(() => {
    window.addKeyFrame(frame);
    window.solve({ timeBudget: -1 });
  }).toThrow(/timeBudget/);
});

test.skipIf(!hasPublicData)("follows KITTI 00's first 25 key frames as its stereo features have them", { timeout: 60_000 }, () => {
  const { intrinsics, estimate, truth, frames } = readKittiStereo();
  const window = new SlidingWindow({ model: stereo, intrinsics, size: 5, loss: { loss: "huber", C: 1.5 } });
  const poses = new Float64Array(7 * 25);
  const step = new Float64Array(7);
  const pose = estimate.slice(0, 7);
  for (let k = 0; k < 25; k++) {
    if (k > 0) {
      // As if the car went on as it did before.
      se3.compose(window.keyFrames[window.keyFrames.length - 1].pose, 0, step, 0, pose, 0);
    }
    const { dropped } = window.addKeyFrame({ pose, ...frames[k] });
    if (dropped !== undefined) poses.set(dropped.pose, 7 * dropped.id);
    window.solve();
    const [before, last] = window.keyFrames.slice(-2);
    if (last === undefined) se3.identity(step, 0);
    else se3.relative(before.pose, 0, last.pose, 0, step, 0);
  }
  for (const { id, pose } of window.keyFrames) poses.set(pose, 7 * id);

  const error = (all: Float64Array): number => ate(truth.slice(0, 7 * 25), all.slice(0, 7 * 25), { align: "se3" }).rmse;
  expect(error(poses)).toBeLessThan(1.1 * error(estimate));
});

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

/** |R Ad(X0^-1)| of the prior's first estimates is rounding beside the rows it is made of, at least 1 px a metre here: the whole window moves as one. */
function expectGaugeFree({ prior }: SlidingWindow): void {
  const { R, stride, width, firstEstimates } = prior;
  const inverse = new Float64Array(7);
  const motions = new Float64Array(36);
  const moved = new Float64Array(6 * stride);
  const scale = Math.sqrt(R.reduce((sum, x) => sum + x * x, 0));
  for (let c = 0; 6 * c < width; c++) {
    if (!prior.touches(c)) continue;
    se3.inverse(firstEstimates, 7 * c, inverse, 0);
    se3.adjoint(inverse, 0, motions, 0);
    for (let i = 0; i < width; i++)
      for (let k = 0; k < 6; k++) for (let j = 0; j < 6; j++) moved[6 * i + k] += R[i * stride + 6 * c + j] * motions[6 * j + k];
  }
  for (const x of moved) expect(Math.abs(x)).toBeLessThan(1e-8 * (scale + 1));
}
