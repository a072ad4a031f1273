import { checkLength } from "@slam/errors";
import { type Trajectory, timedPoses } from "../trajectory.ts";
import { chunksOfLines } from "./chunks.ts";
import { checkUnitQuaternion, type RowFormat, readRows } from "./rows.ts";

const NANOSECONDS = 1e9;

const EUROC: RowFormat = {
  columns: "timestamp, x, y, z, qw, qx, qy, qz, ...",
  count: 8,
  open: true,
  separator: "comma",
  add(row, place, out) {
    checkUnitQuaternion(row.subarray(4), "qw, qx, qy, qz", place);
    const [time, x, y, z, qw, qx, qy, qz] = row;
    out.push(time / NANOSECONDS, x, y, z, qx, qy, qz, qw);
  },
};

/**
 * Reads the csv of EuRoC's true states: lines `timestamp, x, y, z, qw, qx, qy, qz` in nanoseconds and metres, worldFromBody. What follows in a
 * line (velocity, biases) has to be numbers and is left out. Blank lines and lines that start with # are skipped; quaternions are normalised,
 * with qw >= 0. Timestamps become seconds, rounded: of today's dates to 2.4e-7 s.
 *
 * @param file what messages call it.
 * @throws ParseError for a line that is something else, and for a file without poses.
 * @see https://projects.asl.ethz.ch/datasets/doku.php?id=kmavvisualinertialdatasets
 */
export function readEuroc(bytes: Uint8Array, file: string = "trajectory"): Trajectory {
  return timedPoses(readRows(bytes, file, EUROC));
}

/** The lines of a trajectory, in chunks: a heading, and 8 columns. Poses read back as they are, timestamps as rounded to nanoseconds. */
export function* writeEuroc(trajectory: Trajectory): Generator<string, void, undefined> {
  const { timestamps, poses } = trajectory;
  checkLength("writeEuroc: poses", poses.length, 7 * timestamps.length);
  yield "#timestamp, p_RS_R_x [m], p_RS_R_y [m], p_RS_R_z [m], q_RS_w [], q_RS_x [], q_RS_y [], q_RS_z []\n";
  yield* chunksOfLines(timestamps.length, (i) => {
    const [x, y, z, qx, qy, qz, qw] = poses.subarray(7 * i, 7 * i + 7);
    return [Math.round(timestamps[i] * NANOSECONDS), x, y, z, qw, qx, qy, qz].join(",");
  });
}
