import { bundleFormatOf } from "./bundle-file.ts";
import type { ReadBytes } from "./read-bytes.ts";
import { countText } from "./text.ts";
import { isTrajectoryFile, readTrajectoryFile } from "./trajectory-file.ts";

/** What a file of a trajectory holds. */
export interface TrajectoryInfo {
  readonly file: string;
  readonly format: string;
  readonly poses: number;
  /** The earliest and the latest time; undefined in a format without. */
  readonly seconds?: { readonly first: number; readonly last: number };
}

/** Whether a file is a trajectory and no bundle: the factors of a stereo problem have as many columns as TUM's lines. */
export async function isTrajectoryAlone(file: string, read: ReadBytes): Promise<boolean> {
  return bundleFormatOf(file) === "BAL" && isTrajectoryFile(file, read);
}

export async function inspectTrajectory(file: string, read: ReadBytes): Promise<TrajectoryInfo> {
  const { format, timestamps, poses } = await readTrajectoryFile(file, read);
  const sorted = timestamps?.slice().sort();
  return { file, format, poses: poses.length / 7, ...(sorted && { seconds: { first: sorted[0]!, last: sorted.at(-1)! } }) };
}

const NAMES: { readonly [format: string]: string } = { tum: "TUM", kitti: "KITTI", euroc: "EuRoC" };

export function trajectoryInfoText({ file, format, poses, seconds }: TrajectoryInfo): string {
  const time = seconds === undefined ? "none in the file" : `${seconds.first} ... ${seconds.last} s`;
  return `${file}: ${NAMES[format]}, a trajectory of ${countText(poses, "pose")}\ntime          ${time}\n`;
}
