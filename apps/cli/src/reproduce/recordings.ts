import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Recording } from "@slam/experiments";
import { readTrajectoryFile } from "../trajectory-file.ts";

/** Of the public trajectories, those that were measured independently of any estimate. */
const FILES: readonly (readonly [name: string, surroundings: Recording["surroundings"], file: string])[] = [
  ["KITTI 00", "street", "kitti/00.txt"],
  ["KITTI 02", "street", "kitti/02.txt"],
  ["KITTI 06", "street", "kitti/06.txt"],
  ["KITTI 09", "street", "kitti/09.txt"],
  ["TUM fr1/xyz", "room", "evo/freiburg1_xyz-groundtruth.txt"],
  ["TUM fr2/desk", "room", "evo/fr2_desk_groundtruth.txt"],
  ["EuRoC V1_02", "room", "evo/V102_groundtruth.csv"],
  ["EuRoC MH_04", "room", "euroc/euroc_MH_04_groundtruth.txt"],
];

/** Frames of KITTI, whose files have no times, come at 10 Hz. */
const KITTI_PERIOD = 0.1;

/**
 * The recorded motions under a folder of public data; those that are not there are named.
 *
 * @throws InputError for one that is no trajectory.
 */
export async function readRecordings(
  data: string,
): Promise<{ readonly recordings: readonly Recording[]; readonly missing: readonly string[] }> {
  const recordings: Recording[] = [];
  const missing: string[] = [];
  for (const [name, surroundings, path] of FILES) {
    const file = join(data, "trajectories", path);
    if (!existsSync(file)) {
      missing.push(name);
      continue;
    }
    const { poses, timestamps = Float64Array.from({ length: poses.length / 7 }, (_, k) => k * KITTI_PERIOD) } =
      await readTrajectoryFile(file);
    recordings.push({ kind: "recording", name, surroundings, motion: { timestamps, poses } });
  }
  return { recordings, missing };
}
