import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Alignment,
  alignPoses,
  ape,
  associate,
  type PoseRelation,
  type RpeOptions,
  readTrajectory,
  rpe,
  selectPoses,
  statistics,
  transformPoses,
} from "@slam/eval";
import { describe, expect, test } from "vitest";

const folder = join(process.env.SLAM_DATA ?? join(import.meta.dirname, "../../../../shared/data"), "trajectories");

interface Pair {
  readonly reference: Float64Array;
  readonly estimate: Float64Array;
}

function read(referenceFile: string, estimateFile: string, maxDifference: number = 0.01): Pair {
  const reference = readTrajectory(readFileSync(join(folder, referenceFile)), referenceFile);
  const estimate = readTrajectory(readFileSync(join(folder, estimateFile)), estimateFile);
  if (reference.timestamps === undefined || estimate.timestamps === undefined)
    return { reference: reference.poses, estimate: estimate.poses };
  const pairs = associate(reference.timestamps, estimate.timestamps, maxDifference);
  return {
    reference: selectPoses({ timestamps: reference.timestamps, poses: reference.poses }, pairs.reference).poses,
    estimate: selectPoses({ timestamps: estimate.timestamps, poses: estimate.poses }, pairs.estimate).poses,
  };
}

function aligned({ reference, estimate }: Pair, ...alignments: readonly Alignment[]): Pair {
  const moved = alignments.reduce((poses, each) => transformPoses(alignPoses(reference, poses, each), poses), estimate);
  return { reference, estimate: moved };
}

const XYZ = ["evo/freiburg1_xyz-groundtruth.txt", "evo/freiburg1_xyz-rgbdslam.txt"] as const;
const DESK = ["evo/fr2_desk_groundtruth.txt", "evo/fr2_desk_ORB_kf_mono.txt", 0.02] as const;
const KITTI = ["kitti/00.txt", "evo/KITTI_00_ORB.txt"] as const;

// The first rmse is evo's own; the others were computed once after evo's definitions with NumPy and SciPy, on matrices.
describe.skipIf(!existsSync(join(folder, XYZ[0])))("as evo has it", () => {
  test.each<[files: readonly [string, string, number?], alignments: readonly Alignment[], PoseRelation, pairs: number, rmse: number]>([
    [XYZ, ["se3"], "trans_part", 785, 0.013470088849733684],
    [XYZ, [], "trans_part", 785, 0.0200794183785066],
    [XYZ, ["se3"], "rot_part", 785, 0.05078646042139974],
    [XYZ, ["se3"], "angle_deg", 785, 2.0576996020154468],
    [XYZ, ["se3"], "angle_rad", 785, 0.03591363307214649],
    [XYZ, ["se3"], "full", 785, 0.052542438616361556],
    [[XYZ[0], "evo/freiburg1_xyz-rgbdslam_drift.txt"], ["origin"], "trans_part", 785, 0.019367969657842314],
    [DESK, ["sim3"], "trans_part", 122, 0.007899783266103591],
    [DESK, ["scale"], "trans_part", 122, 2.887275584757064],
    [KITTI, ["se3"], "trans_part", 4541, 1.3034497145650605],
    [["evo/V102_groundtruth.csv", "evo/V102.txt"], ["se3"], "trans_part", 798, 0.09172711520685764],
    [["euroc/euroc_MH_04_groundtruth.txt", "euroc/euroc_MH_04_vislam_ba_estimate0.txt"], ["se3"], "trans_part", 187, 0.10302275016007703],
  ])("ape of %s, %s, %s: %d pairs, rmse %d", (files, alignments, relation, pairs, rmse) => {
    const { reference, estimate } = aligned(read(...files), ...alignments);

    const found = statistics(ape(reference, estimate, relation));

    expect(found.pairs).toBe(pairs);
    expect(Math.abs(found.rmse - rmse)).toBeLessThanOrEqual(1e-12 * rmse);
  });

  // KITTI's rotations are rounded to 1e-7, and we make them orthonormal, evo does not.
  test.each<[files: readonly [string, string], RpeOptions, pairs: number, rmse: number, within: number]>([
    [XYZ, {}, 784, 0.005764370848928318, 1e-12],
    [XYZ, { delta: 10, relation: "angle_deg" }, 78, 0.7015713582109019, 1e-12],
    [XYZ, { delta: 10, allPairs: true }, 775, 0.014040675998645393, 1e-12],
    [XYZ, { delta: 0.1, unit: "m" }, 79, 0.014384451144396399, 1e-12],
    [XYZ, { delta: 0.1, unit: "m", allPairs: true, relation: "angle_deg" }, 728, 0.6629578730985507, 1e-12],
    [XYZ, { delta: 5, unit: "d" }, 85, 0.014840949419839917, 1e-12],
    [XYZ, { delta: 5, unit: "d", allPairs: true }, 25196, 0.01653252142358563, 1e-12],
    [XYZ, { delta: 0.1, unit: "r" }, 74, 0.014030719182064385, 1e-12],
    [XYZ, { relation: "full" }, 784, 0.010459791934727814, 1e-12],
    [XYZ, { relation: "rot_part" }, 784, 0.008728074016289186, 1e-12],
    [KITTI, { delta: 100, unit: "m", allPairs: true, relation: "angle_deg" }, 4457, 0.8969429007336768, 1e-12],
    [KITTI, { delta: 100, unit: "m" }, 35, 1.1027430749753226, 1e-5],
  ])("rpe of %s, %o: %d pairs, rmse %d", (files, options, pairs, rmse, within) => {
    const { reference, estimate } = read(...files);

    const found = statistics(rpe(reference, estimate, options).errors);

    expect(found.pairs).toBe(pairs);
    expect(Math.abs(found.rmse - rmse)).toBeLessThanOrEqual(within * rmse);
  });
});
