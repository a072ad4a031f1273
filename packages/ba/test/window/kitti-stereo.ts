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

/** As GTSAM's example has it: `fx fy skew cx cy b`; index and 4 x 4 pose; camera, landmark, uL, uR, v, point. */
export function readKittiStereo(): StereoSequence {
  const [fx, fy, , cx, cy, b] = rowsOf("vo/kitti00_stereo_gtsam/VO_calibration00.txt")[0];
  const poses = rowsOf("vo/kitti00_stereo_gtsam/VO_camera_poses00.txt");
  const all = rowsOf("trajectories/kitti/00.txt");
  const estimate = new Float64Array(7 * poses.length);
  const truth = new Float64Array(7 * poses.length);
  const position = new Map<number, number>();
  for (const [n, [index, ...matrix]] of poses.entries()) {
    position.set(index, n);
    se3.fromMatrix(Float64Array.from(matrix), 0, estimate, 7 * n);
    se3.fromMatrix(Float64Array.of(...all[index], 0, 0, 0, 1), 0, truth, 7 * n);
  }
  const frames = poses.map(() => ({ landmark: [] as number[], measurements: [] as number[] }));
  for (const [camera, landmark, uL, uR, v] of rowsOf("vo/kitti00_stereo_gtsam/VO_stereo_factors00.txt")) {
    const frame = frames[position.get(camera)!];
    frame.landmark.push(landmark);
    frame.measurements.push(uL, uR, v);
  }
  return { intrinsics: [fx, fy, cx, cy, b], estimate, truth, frames };
}

function rowsOf(path: string): number[][] {
  const lines = new TextDecoder().decode(publicData(path)).split("\n");
  return lines.filter((line) => line.trim() !== "").map((line) => line.trim().split(/\s+/).map(Number));
}
