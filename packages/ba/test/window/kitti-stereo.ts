import { readStereo } from "@slam/ba";
import { se3 } from "@slam/lie";
import { publicData } from "../public-data.ts";

/** KITTI 00's first 154 frames as key frames of a stereo camera. */
export interface StereoSequence {
  readonly intrinsics: readonly number[];
  /** n x 7, a visual odometry's, and KITTI's truth. */
  readonly estimate: Float64Array;
  readonly truth: Float64Array;
  /** What each key frame measured: landmarks, and uL uR v of each. */
  readonly frames: readonly { readonly landmark: number[]; readonly measurements: number[] }[];
}

const NAMES = {
  factors: "vo/kitti00_stereo_gtsam/VO_stereo_factors00.txt",
  poses: "vo/kitti00_stereo_gtsam/VO_camera_poses00.txt",
  calibration: "vo/kitti00_stereo_gtsam/VO_calibration00.txt",
};

export function readKittiStereo(): StereoSequence {
  const bytes = { factors: publicData(NAMES.factors), poses: publicData(NAMES.poses), calibration: publicData(NAMES.calibration) };
  const { bundle, cameraIds, landmarkIds } = readStereo(bytes, NAMES);
  const frames = cameraIds.map(() => ({ landmark: [] as number[], measurements: [] as number[] }));
  for (const [i, c] of bundle.camera.entries()) {
    frames[c].landmark.push(landmarkIds[bundle.point[i]]);
    frames[c].measurements.push(...bundle.measurements.subarray(3 * i, 3 * i + 3));
  }
  return { intrinsics: [...bundle.intrinsics], estimate: bundle.poses, truth: truthOf(cameraIds), frames };
}

/** KITTI numbers frames as the stereo problem numbers its cameras. */
function truthOf(cameraIds: readonly number[]): Float64Array {
  const lines = new TextDecoder().decode(publicData("trajectories/kitti/00.txt")).split("\n");
  const truth = new Float64Array(7 * cameraIds.length);
  for (const [n, id] of cameraIds.entries()) {
    se3.fromMatrix(Float64Array.of(...lines[id].trim().split(" ").map(Number), 0, 0, 0, 1), 0, truth, 7 * n);
  }
  return truth;
}
