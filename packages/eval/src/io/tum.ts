import { checkLength } from "@slam/errors";
import { type Trajectory, timedPoses } from "../trajectory.ts";
import { chunksOfLines } from "./chunks.ts";
import { checkUnitQuaternion, type RowFormat, readRows } from "./rows.ts";

const TUM: RowFormat = {
  columns: "t x y z qx qy qz qw",
  count: 8,
  separator: "blanks",
  add(row, place, out) {
    checkUnitQuaternion(row.subarray(4), "qx qy qz qw", place);
    out.push(...row);
  },
};

/**
 * Reads lines `t x y z qx qy qz qw`: seconds, metres, worldFromBody. Blank lines and lines that start with # are skipped; quaternions are
 * normalised, with qw >= 0.
 *
 * @param file what messages call it.
 * @throws ParseError for a line that is something else, and for a file without poses.
 * @see https://cvg.cit.tum.de/data/datasets/rgbd-dataset/file_formats
 */
export function readTum(bytes: Uint8Array, file: string = "trajectory"): Trajectory {
  return timedPoses(readRows(bytes, file, TUM));
}

/** The lines of a trajectory, in chunks; every number is written so that it reads back as it is. */
export function* writeTum(trajectory: Trajectory): Generator<string, void, undefined> {
  const { timestamps, poses } = trajectory;
  checkLength("writeTum: poses", poses.length, 7 * timestamps.length);
  yield* chunksOfLines(timestamps.length, (i) => `${timestamps[i]} ${poses.subarray(7 * i, 7 * i + 7).join(" ")}`);
}
