import { ate, rpe } from "@slam/eval";
import { presetPolicy } from "@slam/nlls";
import { Odometry, type OdometryResult } from "@slam/odometry";
import { expect, test } from "vitest";
import { readKittiStereo } from "./kitti-stereo.ts";
import { hasPublicData } from "./public-data.ts";

/** Metres that 100 m end off by, on average over all stretches of 100 m. */
function drift(truth: Float64Array, poses: Float64Array): number {
  const { errors } = rpe(truth, poses, { delta: 100, unit: "m", allPairs: true });
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** Of bundle adjustment of all 135 frames at once, `start(bundle, { held: { cameras: [0], intrinsics: true }, loss: { loss: "huber", C: 1.5 } })` of @slam/ba. */
const BATCH = { ate: 0.33974, drift: 1.42885 };

test.skipIf(!hasPublicData)(
  "drifts on KITTI 00's stereo features no more than the full batch does, in fp64 and mixed alike",
  { timeout: 60_000 },
  () => {
    const { camera, frames, truth } = readKittiStereo();
    const follow = (policy: "fp64" | "mixed"): OdometryResult => {
      const odometry = new Odometry({ camera, window: 6, policy: presetPolicy(policy) });
      for (const frame of frames) odometry.addFrame(frame);
      return odometry.finish();
    };
    const [double, mixed] = [follow("fp64"), follow("mixed")];
    const error = (poses: Float64Array): number => ate(truth, poses, { align: "se3" }).rmse;

    expect(double.lost).toEqual([]);
    expect(double.times.length).toBe(135);
    expect(error(mixed.poses)).toBeLessThan(1.15 * BATCH.ate);
    expect(drift(truth, mixed.poses)).toBeLessThan(1.15 * BATCH.drift);
    expect(Math.abs(drift(truth, mixed.poses) - drift(truth, double.poses))).toBeLessThan(0.01 * drift(truth, double.poses));
    expect(Math.abs(error(mixed.poses) - error(double.poses))).toBeLessThan(0.01 * error(double.poses));
  },
);
