import { checkInteger, checkLength, OptionError } from "@slam/errors";
import type { Scratch } from "@slam/linop";
import { POSE_SIZE } from "../bundle.ts";
import { squareRoots } from "../whitening.ts";
import type { Frame } from "./track.ts";

/** What one key frame brings; m observations. Arrays are copied. */
export interface KeyFrame {
  /** [x y z qx qy qz qw], worldFromCamera: the guess it starts from. */
  readonly pose: ArrayLike<number>;
  /** The landmark of each observation: whole numbers of the caller's, none twice. */
  readonly landmark: ArrayLike<number>;
  /** m x model.measurement.length. */
  readonly measurements: ArrayLike<number>;
  /** m x the upper triangle, row-major, of inverse covariances. Default the identity. */
  readonly information?: ArrayLike<number>;
  /** m x 3, in the world: guesses for landmarks that are not in the window yet; read of those alone, and NaN says there is none. Default from the measurements. */
  readonly points?: ArrayLike<number>;
}

/**
 * The key frame as the window keeps it, copied.
 *
 * @param rows of a measurement.
 * @param scratch what is taken from there it needs no longer once it returns.
 * @throws DimensionError, OptionError for one that contradicts itself.
 */
export function frameOf(
  { pose, landmark, measurements, information, points }: KeyFrame,
  rows: number,
  id: number,
  scratch: Scratch,
): Frame {
  const m = landmark.length;
  const ids = Int32Array.from(landmark);
  const wrong = ids.findIndex((own, at) => own !== landmark[at]);
  if (wrong >= 0) checkInteger(`keyFrame.landmark[${wrong}]`, landmark[wrong], -(2 ** 31), 2 ** 31 - 1);
  const repeated = m - new Set(ids).size;
  if (repeated > 0) throw new OptionError("keyFrame.landmark", { expected: "no landmark twice", actual: `${repeated} repeated` });
  if (points !== undefined) checkLength("keyFrame.points", points.length, 3 * m);
  const frame: Frame = {
    id,
    pose: copyOf("keyFrame.pose", pose, POSE_SIZE),
    landmark: ids,
    measurements: copyOf("keyFrame.measurements", measurements, m * rows),
    information: information && copyOf("keyFrame.information", information, (m * rows * (rows + 1)) / 2),
    index: -1,
  };
  const norm = Math.hypot(...frame.pose.subarray(3));
  if (Math.abs(norm - 1) > 1e-6) throw new OptionError("keyFrame.pose", { expected: "a quaternion of unit length", actual: norm });
  // For what it throws: later would be too late.
  if (frame.information !== undefined) squareRoots(frame.information, rows, scratch);
  return frame;
}

/** A copy of `length` finite numbers. */
export function copyOf(what: string, values: ArrayLike<number>, length: number): Float64Array {
  checkLength(what, values.length, length);
  const copy = Float64Array.from(values);
  const bad = copy.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) throw new OptionError(`${what}[${bad}]`, { expected: "a finite number", actual: copy[bad] });
  return copy;
}
