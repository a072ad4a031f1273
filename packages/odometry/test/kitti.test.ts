import { start } from "@slam/ba";
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

test.skipIf(!hasPublicData)(
  "drifts on KITTI 00's stereo features no more than the full batch does, in fp64 and mixed alike",
  { timeout: 120_000 },
  () => {
    const { camera, frames, truth, bundle } = readKittiStereo();
    const follow = (policy: "fp64" | "mixed"): OdometryResult => {
      const odometry = new Odometry({ camera, policy: presetPolicy(policy) });
      for (const frame of frames) odometry.addFrame(frame);
      return odometry.finish();
    };
    const loss = { name: "huber", C: 1.5 } as const;
    const batch = start(bundle, { policy: presetPolicy("fp64"), held: { cameras: [0], intrinsics: true }, loss });
    while (!batch.done) batch.step();
    const [double, mixed] = [follow("fp64"), follow("mixed")];
    const error = (poses: Float64Array): number => ate(truth, poses, { align: "se3" }).rmse;

    expect(double.lost).toEqual([]);
    expect(double.times.length).toBe(135);
    // 0.340 m and 1.43 m in 100 of the batch.
    expect(error(mixed.poses)).toBeLessThan(1.15 * error(batch.bundle.poses));
    expect(drift(truth, mixed.poses)).toBeLessThan(1.15 * drift(truth, batch.bundle.poses));
    expect(Math.abs(drift(truth, mixed.poses) - drift(truth, double.poses))).toBeLessThan(0.01 * drift(truth, double.poses));
    expect(Math.abs(error(mixed.poses) - error(double.poses))).toBeLessThan(0.01 * error(double.poses));
  },
);
