import { OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { sim3 } from "@slam/lie";
import { driftScale, ring, type SimilarityWorld, sphere } from "@slam/sim";
import { expectClose } from "@slam/testing";
import { expect, test } from "vitest";

const drifted = (drift: number, noise: number = 1, seed: number = 5): SimilarityWorld =>
  driftScale(sphere({ poses: 400, noise, seed }), { drift, seed });

/** Log(Z^-1 Xi^-1 Xj) at the truth, m x 7. */
function errors({ truth, from, to, measurements }: SimilarityWorld): Float64Array {
  const e = new Float64Array(from.length * 7);
  const relative = new Float64Array(8);
  for (let k = 0; k < from.length; k++) {
    sim3.relative(truth, 8 * from[k], truth, 8 * to[k], relative, 0);
    sim3.local(measurements, 8 * k, relative, 0, e, 7 * k);
  }
  return e;
}

test("is the same for the same seed, and another for another", () => {
  expect(drifted(0.05)).toEqual(drifted(0.05));
  expect(drifted(0.05, 1, 6).truth).not.toEqual(drifted(0.05).truth);
});

test("has the world's poses and edges, and scales that walk from 1", () => {
  const world = sphere({ poses: 400, seed: 5 });
  const { truth, from, to } = drifted(0.05);

  expect(truth.filter((_, k) => k % 8 < 7)).toEqual(world.truth);
  expect([from, to]).toEqual([world.from, world.to]);
  expect(truth[7]).toBe(1);
  const steps = Array.from({ length: 399 }, (_, k) => Math.log(truth[8 * k + 15] / truth[8 * k + 7]));
  const deviation = Math.sqrt(steps.reduce((sum, step) => sum + step * step, 0) / 399);
  // The estimate's own deviation is 1 / sqrt(2 * 399) = 3.5 %.
  expect(Math.abs(deviation / 0.05 - 1)).toBeLessThan(0.15);
});

test("odometry does not see the drift, loops do", () => {
  const { truth, from, to, measurements } = drifted(0.05);
  for (let e = 0; e < from.length; e++) {
    const measured = measurements[8 * e + 7];
    if (to[e] - from[e] === 1) expect(measured).toBe(1);
    else expect(Math.abs(Math.log((measured * truth[8 * from[e] + 7]) / truth[8 * to[e] + 7]))).toBeLessThan(5 * 0.05);
  }
});

test("has measurement errors as large as the information says", () => {
  const world = drifted(0.02, 0.5);
  const e = errors(world);
  let chi2 = 0;
  for (let k = 0; k < world.from.length; k++) {
    for (let a = 0, at = 28 * k; a < 7; at += 7 - a, a++) chi2 += world.information[at] * e[7 * k + a] ** 2;
  }

  // Of some 5500 numbers: the deviation of the mean is sqrt(2 / 5500) = 0.019.
  expect(Math.abs(chi2 / e.length - 1)).toBeLessThan(0.08);
});

test("without noise the world's own is zero, and the drift is all there is", () => {
  const e = errors(drifted(0.05, 0));

  for (let at = 0; at < e.length; at += 7) expectClose(e.subarray(at, at + 6), new Float64Array(6), tolerance(fp64, 256));
});

test("starts along the odometry", () => {
  const { truth, initial, from, to, measurements } = drifted(0.05);
  const next = new Float64Array(8);

  expect(initial.slice(0, 8)).toEqual(truth.slice(0, 8));
  for (let e = 0; e < from.length; e++) {
    if (to[e] - from[e] !== 1) continue;
    sim3.compose(initial, 8 * from[e], measurements, 8 * e, next, 0);
    expect(initial.slice(8 * to[e], 8 * to[e] + 8)).toEqual(next);
  }
});

test("refuses the plane, no drift and other nonsense", () => {
  const world = sphere({ poses: 10 });

  expect(() => driftScale(ring({ poses: 10 }), { drift: 0.1 })).toThrow("one in space");
  expect(() => driftScale(world, { drift: 0 })).toThrow(OptionError);
  expect(() => driftScale(world, { drift: Number.NaN })).toThrow(OptionError);
  expect(() => driftScale(world, { drift: Infinity })).toThrow(OptionError);
  expect(() => driftScale(world, { drift: 0.1, seed: -1 })).toThrow(OptionError);
});
