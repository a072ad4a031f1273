import { type FileTrajectory, readTrajectory, type TrajectoryFormat, trajectoryFormat, writeEuroc, writeKitti, writeTum } from "@slam/eval";
import { InputError } from "./failure.ts";
import { extensionOf } from "./graph-file.ts";
import { type ReadBytes, readBytes } from "./read-bytes.ts";

const FORMATS: { readonly [extension: string]: TrajectoryFormat } = { tum: "tum", kitti: "kitti", csv: "euroc" };

/** A trajectory with or without times. */
export type TimedPoses = Pick<FileTrajectory, "timestamps" | "poses">;

/** Reads a trajectory, in the format that its content shows. */
export async function readTrajectoryFile(file: string, read: ReadBytes = readBytes): Promise<FileTrajectory> {
  return readTrajectory(await read(file), file);
}

/** By the content: lines of numbers, which no pose graph begins with. A name that says trajectory is believed, so that messages are of one. */
export async function isTrajectoryFile(file: string, read: ReadBytes): Promise<boolean> {
  return targetFormat(file) !== undefined || trajectoryFormat(await read(file)) !== undefined;
}

/** The format that a name to write says; undefined for no trajectory. */
export function targetFormat(target: string): TrajectoryFormat | undefined {
  return FORMATS[extensionOf(target)];
}

/** @throws InputError where the format needs times and the trajectory has none. */
export function encodeTrajectory(target: string, format: TrajectoryFormat, { timestamps, poses }: TimedPoses): Iterable<string> {
  if (format === "kitti") return writeKitti(poses);
  if (timestamps === undefined) throw new InputError(`${target}: a trajectory of KITTI's format has no times, and this format needs them`);
  return format === "tum" ? writeTum({ timestamps, poses }) : writeEuroc({ timestamps, poses });
}
