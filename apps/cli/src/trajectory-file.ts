import { type FileTrajectory, readTrajectory, type TrajectoryFormat, writeEuroc, writeKitti, writeTum } from "@slam/eval";
import { InputError } from "./failure.ts";
import { extensionOf } from "./graph-file.ts";
import { type ReadBytes, readBytes } from "./read-bytes.ts";

const FORMATS: { readonly [extension: string]: TrajectoryFormat } = { tum: "tum", kitti: "kitti", csv: "euroc" };

/** Reads a trajectory, in the format that its content shows. */
export async function readTrajectoryFile(file: string, read: ReadBytes = readBytes): Promise<FileTrajectory> {
  return readTrajectory(await read(file), file);
}

/** The format that a name to write says; undefined for no trajectory. */
export function targetFormat(target: string): TrajectoryFormat | undefined {
  return FORMATS[extensionOf(target)];
}

/** @throws InputError where the format needs times and the trajectory has none. */
export function encodeTrajectory(target: string, format: TrajectoryFormat, { timestamps, poses }: FileTrajectory): Iterable<string> {
  if (format === "kitti") return writeKitti(poses);
  if (timestamps === undefined) throw new InputError(`${target}: a trajectory of KITTI's format has no times, and this format needs them`);
  return format === "tum" ? writeTum({ timestamps, poses }) : writeEuroc({ timestamps, poses });
}
