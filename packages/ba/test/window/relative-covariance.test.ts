import { SlidingWindow } from "@slam/ba";
import { type CameraModel, stereo } from "@slam/camera";
import { se3 } from "@slam/lie";
import { expectClose, identityMatrix, product } from "@slam/testing";
import { expect, test } from "vitest";
import { steadyTracks, street } from "./street.ts";

/** The point in the camera's own frame, as it is. */
const whole: CameraModel = {
  name: "whole",
  intrinsics: [],
  measurement: ["x", "y", "z"],
  project(_, p, { value, byPoint }, derivatives) {
    for (let a = 0; a < 3; a++) value[a] = p[a];
    if (derivatives) for (let k = 0; k < 9; k++) byPoint[k] = k % 4 === 0 ? 1 : 0;
    return true;
  },
  unproject(_, z, p) {
    for (let a = 0; a < 3; a++) p[a] = z[a];
    return true;
  },
};

const STEREO = [700, 700, 600, 180, 0.5];
const POINTS = [
  [1, 0, 2],
  [-1, 1, 3],
  [0, -2, 4],
  [2, 1, 5],
];

test("is that of differences of points that both cameras measure, with twice the variance of one", () => {
  const window = new SlidingWindow({ model: whole, intrinsics: [], size: 2 });
  const frame = { pose: [0, 0, 0, 0, 0, 0, 1], landmark: [0, 1, 2, 3], measurements: POINTS.flat() };
  window.addKeyFrame(frame);
  window.addKeyFrame(frame);
  window.solve();
  // Each point says (p_1 - p_2) / sqrt 2 with unit variance, and moves by [-I, [p]x] xi.
  const information = new Float64Array(36);
  for (const [x, y, z] of POINTS) {
    const J = Float64Array.of(-1, 0, 0, 0, -z, y, 0, -1, 0, z, 0, -x, 0, 0, -1, -y, x, 0);
    for (let i = 0; i < 6; i++)
      for (let j = 0; j < 6; j++) for (let r = 0; r < 3; r++) information[6 * i + j] += (J[6 * r + i] * J[6 * r + j]) / 2;
  }

  expectClose(product(window.relativeCovariance(0, 1)!, information, 6), identityMatrix(6), 1e-8);
});

test("the other way round it is seen from the other frame, and the window stays as it is", () => {
  const { keyFrames } = street({ model: stereo, intrinsics: STEREO, frames: 7, tracks: steadyTracks(7, 4, 8), noise: 0.5, away: 0.01 });
  const window = new SlidingWindow({ model: stereo, intrinsics: STEREO, size: 4, loss: { loss: "huber", C: 1 } });
  for (const frame of keyFrames) {
    window.addKeyFrame(frame);
    window.solve();
  }
  const before = window.keyFrames;
  for (const [i, j] of [
    [3, 4],
    [4, 6],
    [5, 6],
  ]) {
    const there = window.relativeCovariance(i, j)!;
    const back = window.relativeCovariance(j, i)!;
    // With E = T Exp(xi) its inverse is Exp(-xi) T^-1 = T^-1 Exp(-Ad(T) xi).
    const T = new Float64Array(7);
    const A = new Float64Array(36);
    se3.relative(before[i - 3].pose, 0, before[j - 3].pose, 0, T, 0);
    se3.adjoint(T, 0, A, 0);
    const scale = Math.max(...back);
    const transposed = A.map((_, k) => A[6 * (k % 6) + Math.floor(k / 6)]);

    expectClose(
      product(product(A, there, 6), transposed, 6).map((x) => x / scale),
      back.map((x) => x / scale),
      1e-7,
    );
  }
  expect(window.keyFrames).toEqual(before);
});

test("is larger the more key frames lie between, and smaller the more landmarks there are", () => {
  const covariance = (perFrame: number, j: number): number => {
    const { keyFrames } = street({ model: stereo, intrinsics: STEREO, frames: 6, tracks: steadyTracks(6, 3, perFrame), noise: 0.5 });
    const window = new SlidingWindow({ model: stereo, intrinsics: STEREO, size: 6 });
    for (const frame of keyFrames) window.addKeyFrame(frame);
    window.solve();
    return window.relativeCovariance(0, j)![0];
  };

  expect(covariance(8, 5)).toBeGreaterThan(covariance(8, 1));
  expect(covariance(32, 1)).toBeLessThan(0.5 * covariance(8, 1));
});

test("what nothing measures has a variance beyond all others, and a key frame without an observation none", () => {
  const tracks = [...Array.from({ length: 6 }, () => [0, 1]), ...Array.from({ length: 6 }, () => [2])];
  const { keyFrames } = street({ model: stereo, intrinsics: STEREO, frames: 3, tracks, noise: 0.5 });
  const window = new SlidingWindow({ model: stereo, intrinsics: STEREO, size: 4 });
  for (const frame of [...keyFrames, { pose: keyFrames[2].pose, landmark: [], measurements: [] }]) window.addKeyFrame(frame);
  window.solve();
  const variances = (i: number, j: number): number[] => [0, 1, 2, 3, 4, 5].map((k) => window.relativeCovariance(i, j)![7 * k]);

  expect(Math.max(...variances(0, 1))).toBeLessThan(1);
  expect(Math.min(...variances(1, 2))).toBeGreaterThan(1000);
  expect(window.relativeCovariance(2, 3)).toBe(undefined);
  expect(() => window.relativeCovariance(1, 1)).toThrow(/another key frame/);
  expect(() => window.relativeCovariance(0, 4)).toThrow(/a key frame in the window, 0 ... 3/);
});
