import { type Bundle, SlidingWindow, start, startWindow, type WindowRunOptions, type WindowRunReport } from "@slam/ba";
import { pinhole, stereo } from "@slam/camera";
import { OptionError } from "@slam/errors";
import { se3 } from "@slam/lie";
import { presetPolicy } from "@slam/nlls";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { type Street, type StreetOptions, steadyTracks, street } from "./street.ts";

const LENS = [700, 700, 600, 180, 0.5];

/** The drive as a bundle, its points so far off; and the drive. */
function bundleOf(options: StreetOptions, pointsAway = 0.05): { readonly bundle: Bundle; readonly drive: Street } {
  const drive = street(options);
  const { keyFrames, landmarks } = drive;
  return {
    drive,
    bundle: {
      model: options.model,
      poses: Float64Array.from(keyFrames.flatMap(({ pose }) => [...(pose as Float64Array)])),
      intrinsics: Float64Array.from(options.intrinsics),
      intrinsicsOf: new Int32Array(keyFrames.length),
      points: landmarks.map((x, k) => x + pointsAway * (((7 * k) % 11) / 5 - 1)),
      camera: Int32Array.from(keyFrames.flatMap(({ landmark }, c) => Array.from(landmark, () => c))),
      point: Int32Array.from(keyFrames.flatMap(({ landmark }) => Array.from(landmark))),
      measurements: Float64Array.from(keyFrames.flatMap(({ measurements }) => Array.from(measurements))),
    },
  };
}

function finished(bundle: Bundle, options: WindowRunOptions): { readonly bundle: Bundle; readonly report: WindowRunReport } {
  const run = startWindow(bundle, options);
  while (!run.done) run.step();
  return { bundle: run.bundle, report: run.report };
}

const exact = { model: stereo, intrinsics: LENS, frames: 12, tracks: steadyTracks(12, 4, 8), away: 0.05 };

describe("a bundle by a window", () => {
  test("of exact measurements is the truth, the first camera staying where it is", () => {
    const { bundle, drive } = bundleOf(exact);

    const { bundle: found, report } = finished(bundle, { size: 4, ftol: 1e-12 });

    expect(report).toMatchObject({
      termination: "converged",
      method: "lm",
      unseen: 0,
      linear: { solver: "schur-dense", preconditioner: "none" },
    });
    expect(report.initialCost).toBeGreaterThan(1);
    expect(report.finalCost).toBeLessThan(1e-12);
    expectClose(found.poses, drive.truth, 1e-7);
    expectClose(found.points, drive.landmarks, 1e-6);
    expect(report.window).toMatchObject({ size: 4, keyFrames: 12, converged: 12, dropped: { keyFrames: 8 } });
    expect(report.iterations).toHaveLength(12);
    expect(report.linear.factorizations).toBeGreaterThanOrEqual(12);
    expect(report.linear.factorNonzeros).toBeGreaterThan(0);
  });

  test("costs what the whole bundle does, little more than its optimum", () => {
    const { bundle } = bundleOf({ ...exact, noise: 0.5 });
    const loss = { loss: "huber", C: 1 } as const;
    const batch = start(bundle, { held: { cameras: [0], intrinsics: true }, loss, policy: presetPolicy("fp64") });
    while (!batch.done) batch.step();

    const { report, bundle: found } = finished(bundle, { size: 5, loss });
    const again = start(found, { held: { intrinsics: true }, loss, maxIterations: 0 }).report;

    expect(report.loss).toEqual({ name: "huber", C: 1 });
    expectClose([report.initialCost], [batch.report.initialCost], 1e-12);
    expectClose([report.finalCost], [again.finalCost], 1e-12);
    expect(report.finalCost).toBeGreaterThan(batch.report.finalCost);
    expect(report.finalCost).toBeLessThan(1.2 * batch.report.finalCost);
  });

  test("is what a window makes of its key frames", () => {
    const { bundle } = bundleOf({ ...exact, noise: 0.5 });
    const window = new SlidingWindow({ model: stereo, intrinsics: LENS, size: 3, maxIterations: 50 });
    const at = (c: number): number[] => [...bundle.camera.keys()].filter((i) => bundle.camera[i] === c);
    const rows = (values: Float64Array, k: number): number[] => [...values.subarray(3 * k, 3 * k + 3)];
    window.addKeyFrame({
      pose: bundle.poses.subarray(0, 7),
      landmark: at(0).map((i) => bundle.point[i]),
      measurements: at(0).flatMap((i) => rows(bundle.measurements, i)),
      points: at(0).flatMap((i) => rows(bundle.points, bundle.point[i])),
    });
    window.solve();
    const run = startWindow(bundle, { size: 3 });
    run.step();

    expect([...run.bundle.points.subarray(3 * bundle.point[at(0)[0]], 3 * bundle.point[at(0)[0]] + 3)]).toEqual([
      ...(window.landmarks.get(bundle.point[at(0)[0]]) ?? []),
    ]);
    expect(run.bundle.poses.subarray(0, 7)).toEqual(window.keyFrames[0].pose);
  });

  test("of a single camera keeps the distance of its first two cameras", () => {
    const lens = [700, 710, 320, 240];
    const { bundle, drive } = bundleOf({ model: pinhole, intrinsics: lens, frames: 10, tracks: steadyTracks(10, 4, 12), away: 0.01 }, 0.02);
    bundle.poses.set(drive.truth.subarray(0, 14));

    const { bundle: found, report } = finished(bundle, { size: 5, ftol: 1e-12 });

    expect(report.termination).toBe("converged");
    expectClose(found.poses, drive.truth, 1e-6);
  });

  test("cancelled, moves the cameras to come with the last one solved", () => {
    const { bundle, drive } = bundleOf({ ...exact, away: 0 }, 0);
    // From the third camera on the bundle's own estimate is a metre off to the side, and turned.
    const away = new Float64Array(7);
    se3.exp(Float64Array.of(1, 0, 0, 0, 0.1, 0), 0, away, 0);
    for (let c = 2; c < 12; c++) se3.compose(away, 0, drive.truth, 7 * c, bundle.poses, 7 * c);
    const run = startWindow(bundle, { size: 4, ftol: 1e-12 });
    for (let k = 0; k < 4; k++) run.step();
    run.cancel("enough");
    run.step();

    expect(run.done).toBe(true);
    expect(run.report).toMatchObject({ termination: "cancelled", message: "enough, after 4 of 12 key frames", window: { keyFrames: 4 } });
    expectClose(run.bundle.poses, drive.truth, 1e-6);
  });

  test("says of which key frames it could not make an end, and why", () => {
    const { bundle } = bundleOf({ ...exact, noise: 0.5 });
    const { report } = finished(bundle, { size: 4, maxIterations: 0 });
    const late = finished(bundle, { size: 4, timeBudget: 0 }).report;

    expect(report.termination).toBe("max-iterations");
    expect(report.message).toMatch(/^the solves of 1[12] of 12 key frames did not converge; the first, camera [01]: 0 iterations/);
    expect(late.termination).toBe("time-budget");
    expect(late.iterations.every(({ step }) => step === 0)).toBe(true);
  });
});

test("what no window can solve is refused", () => {
  const { bundle } = bundleOf(exact);
  const twice = { ...bundle, point: bundle.point.map((p, i) => (i === 1 ? bundle.point[0] : p)) };

  expect(() => startWindow({ ...bundle, intrinsics: Float64Array.of(...LENS, ...LENS) }, { size: 4 })).toThrow(
    "a window: sets of intrinsics is 2, expected 1, which all cameras share",
  );
  expect(() => startWindow(bundle, { size: 4, loss: { loss: "tukey" as "huber" } })).toThrow(/loss is "tukey"/);
  expect(() => startWindow(bundle, { size: 1 })).toThrow(OptionError);
  expect(() => startWindow(twice, { size: 4 }).step()).toThrow(/no landmark twice/);
});
