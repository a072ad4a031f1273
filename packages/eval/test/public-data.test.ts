import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AteReport, associate, ate, readTum, selectPoses, type Trajectory } from "@slam/eval";
import { describe, expect, test } from "vitest";

const folder = join(process.env.SLAM_DATA ?? join(import.meta.dirname, "../../../../shared/data"), "trajectories/evo");

function read(name: string): Trajectory {
  return readTum(readFileSync(join(folder, name)), name);
}

function compare(truth: string, estimated: string, maxDifference: number, align: "se3" | "sim3"): AteReport {
  const reference = read(truth);
  const estimate = read(estimated);
  const pairs = associate(reference.timestamps, estimate.timestamps, maxDifference);
  return ate(selectPoses(reference, pairs.reference).poses, selectPoses(estimate, pairs.estimate).poses, { align });
}

// The rmse of 785 pairs is evo's; the other numbers were computed once with NumPy's SVD.
describe("of the TUM benchmark", () => {
  test.skipIf(!existsSync(join(folder, "freiburg1_xyz-rgbdslam.txt")))("freiburg1_xyz, RGBD-SLAM, aligned", () => {
    const report = compare("freiburg1_xyz-groundtruth.txt", "freiburg1_xyz-rgbdslam.txt", 0.01, "se3");

    expect(report.pairs).toBe(785);
    expect(report.rmse).toBeCloseTo(0.01347008885, 11);
    expect(report.median).toBeCloseTo(0.011183186775, 11);
    expect(report.std).toBeCloseTo(0.006070809206, 11);
  });

  test.skipIf(!existsSync(join(folder, "fr2_desk_ORB_kf_mono.txt")))("freiburg2_desk, the scale of a single camera", () => {
    const report = compare("fr2_desk_groundtruth.txt", "fr2_desk_ORB_kf_mono.txt", 0.02, "sim3");

    expect(report.pairs).toBe(122);
    expect(report.rmse).toBeCloseTo(0.007899783266, 11);
    expect(report.alignment.scale).toBeCloseTo(2.228343750864, 11);
  });
});
