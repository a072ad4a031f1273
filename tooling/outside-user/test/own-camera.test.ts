import { start } from "@slam/ba";
import type { CameraModel } from "@slam/camera";
import { ate } from "@slam/eval";
import { DescriptorRecognizer, Odometry } from "@slam/odometry";
import { apartment, driveBundle, simulateDrive } from "@slam/sim";
import { expect, test } from "vitest";

/** A scanner that looks ahead: azimuth and elevation in pixels, so many a radian, and how far away. */
const scanner: CameraModel = {
  name: "scanner",
  intrinsics: ["pixels"],
  measurement: ["azimuth", "elevation", "range"],
  project([k]: Float64Array, [x, y, z]: Float64Array, { value, byPoint, byIntrinsics }, derivatives) {
    const ground = Math.sqrt(x * x + z * z);
    const range = Math.sqrt(ground * ground + y * y);
    const [azimuth, elevation] = [Math.atan2(x, z), Math.atan2(y, ground)];
    value.set([k * azimuth, k * elevation, range]);
    if (derivatives) {
      byPoint.set([(k * z) / ground ** 2, 0, (-k * x) / ground ** 2]);
      byPoint.set([(-k * x * y) / (ground * range ** 2), (k * ground) / range ** 2, (-k * y * z) / (ground * range ** 2)], 3);
      byPoint.set([x / range, y / range, z / range], 6);
      byIntrinsics.set([azimuth, elevation, 0]);
    }
    return z > 0;
  },
  unproject([k]: Float64Array, [u, v, range]: Float64Array, p) {
    const [azimuth, elevation] = [u / k, v / k];
    const ground = range * Math.cos(elevation);
    p.set([ground * Math.sin(azimuth), range * Math.sin(elevation), ground * Math.cos(azimuth)]);
    return range > 0 && p[2] > 0;
  },
};

const camera = {
  model: scanner,
  intrinsics: [300],
  limits: [
    [-400, 400],
    [-300, 300],
    [0, 20],
  ] as const,
  sigma: [0.5, 0.5, 0.01],
};
const world = apartment({ length: 60, rate: 2, seed: 1 });
const settings = { features: 40, trackLength: 4 };
const drive = simulateDrive(world, camera, settings);

test("a camera written outside: odometry, loops and all", { timeout: 60_000 }, () => {
  const odometry = new Odometry({ camera, window: 5, places: new DescriptorRecognizer() });
  drive.frames.forEach((frame, k) => {
    odometry.addFrame({ ...frame, time: drive.times[k] });
  });
  const { odometry: chain, poses, loops } = odometry.finish();
  const error = (all: Float64Array): number => ate(drive.truth, all, { align: "se3" }).rmse;

  expect(loops.accepted).toBeGreaterThan(10);
  expect(error(poses)).toBeLessThan(0.03);
  expect(error(poses)).toBeLessThan(0.5 * error(chain));
});

test("and bundle adjustment by each linear solver, its resolution refined", { timeout: 60_000 }, () => {
  const scene = driveBundle(world, camera, settings);
  const ends = (["cgnr", "schur-cg", "schur-direct"] as const).map((linear) => {
    const run = start({ ...scene, model: scanner }, { linear, held: { cameras: [0] }, ftol: 1e-9 });
    while (!run.done) run.step();
    return run;
  });

  for (const { report, bundle } of ends) {
    expect(report.termination).toBe("converged");
    expect(Math.abs(report.finalCost / ends[0].report.finalCost - 1)).toBeLessThan(1e-5);
    expect(Math.abs(bundle.intrinsics[0] - 300)).toBeLessThan(1);
  }
});
