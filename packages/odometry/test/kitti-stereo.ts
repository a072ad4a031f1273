import { readStereo } from "@slam/ba";
import { stereo } from "@slam/camera";
import { readKitti } from "@slam/eval";
import type { Camera, Frame } from "@slam/odometry";
import { publicData } from "./public-data.ts";

const NAMES = {
  factors: "vo/kitti00_stereo_gtsam/VO_stereo_factors00.txt",
  poses: "vo/kitti00_stereo_gtsam/VO_camera_poses00.txt",
  calibration: "vo/kitti00_stereo_gtsam/VO_calibration00.txt",
};

/** KITTI 00's first 154 frames as a front end gives them, 135 of them; where the camera was, n x 7. */
export function readKittiStereo(): {
  readonly camera: Camera;
  readonly frames: readonly Frame[];
  readonly truth: Float64Array;
} {
  const bytes = { factors: publicData(NAMES.factors), poses: publicData(NAMES.poses), calibration: publicData(NAMES.calibration) };
  const { bundle, cameraIds, landmarkIds } = readStereo(bytes, NAMES);
  const seen = cameraIds.map(() => ({ track: [] as number[], measurements: [] as number[] }));
  for (const [i, c] of bundle.camera.entries()) {
    seen[c].track.push(landmarkIds[bundle.point[i]]);
    seen[c].measurements.push(...bundle.measurements.subarray(3 * i, 3 * i + 3));
  }
  const poses = readKitti(publicData("trajectories/kitti/00.txt"));
  // Frames come ten a second, and cameras are numbered by frames.
  const truth = Float64Array.from(cameraIds.flatMap((id) => [...poses.subarray(7 * id, 7 * id + 7)]));
  const frames = seen.map((frame, c) => ({ time: cameraIds[c] / 10, ...frame }));
  return { camera: { model: stereo, intrinsics: bundle.intrinsics }, frames, truth };
}
