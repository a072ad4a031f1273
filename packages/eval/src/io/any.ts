import { readEuroc } from "./euroc.ts";
import { readKitti } from "./kitti.ts";
import { firstRow, isNumber } from "./rows.ts";
import { readTum } from "./tum.ts";

export type TrajectoryFormat = "tum" | "kitti" | "euroc";

/** A trajectory as a file has it. */
export interface FileTrajectory {
  readonly format: TrajectoryFormat;
  /** Seconds; undefined in KITTI's files, which have none. */
  readonly timestamps: Float64Array | undefined;
  /** n x 7 */
  readonly poses: Float64Array;
}

/**
 * What a file is by its first line of numbers: EuRoC's has commas, KITTI's 12 numbers, TUM's 8.
 *
 * @returns undefined for anything else.
 */
export function trajectoryFormat(bytes: Uint8Array): TrajectoryFormat | undefined {
  const row = firstRow(bytes);
  if (row === undefined || !row.fields.every(isNumber)) return undefined;
  const { fields, comma } = row;
  if (comma) return fields.length >= 8 ? "euroc" : undefined;
  if (fields.length === 12) return "kitti";
  return fields.length === 8 ? "tum" : undefined;
}

/**
 * Reads a trajectory in the format that its first line of numbers shows.
 *
 * @param file what messages call it.
 * @throws ParseError for a line that is not as in that format; where none is shown, for what TUM's lacks.
 */
export function readTrajectory(bytes: Uint8Array, file: string = "trajectory"): FileTrajectory {
  const format = trajectoryFormat(bytes) ?? "tum";
  if (format === "kitti") return { format, timestamps: undefined, poses: readKitti(bytes, file) };
  return { format, ...(format === "euroc" ? readEuroc(bytes, file) : readTum(bytes, file)) };
}
