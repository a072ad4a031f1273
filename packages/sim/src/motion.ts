import { checkInteger, checkLength, checkNumber, OptionError } from "@slam/errors";
import { se3 } from "@slam/lie";
import { Random } from "./random.ts";
import { drawError } from "./world.ts";

/** n poses in time; what @slam/eval calls a trajectory. */
export interface Motion {
  /** Seconds, never falling. */
  readonly timestamps: Float64Array;
  /** n x 7 [x, y, z, qx, qy, qz, qw], worldFromCamera in metres, unit quaternions; a camera is x right, y down, z ahead. */
  readonly poses: Float64Array;
}

/** @throws DimensionError where lengths contradict each other; OptionError where there is no pose, or time runs back or is not finite. */
export function checkMotion(what: string, { timestamps, poses }: Motion): void {
  checkInteger(`${what}: poses`, timestamps.length, 1);
  checkLength(`${what}: poses`, poses.length, 7 * timestamps.length);
  timestamps.forEach((time, i) => {
    checkNumber(`${what}: timestamps[${i}]`, time, i === 0 ? -Number.MAX_VALUE : timestamps[i - 1]);
  });
}

/**
 * The motion at `rate` poses a second from its first pose on: X_i Exp(a Log(X_i^-1 X_j)) between poses i and j that follow each other, a the share of the time between them.
 * Across a gap in the recording the camera moves as if it had kept its speed.
 *
 * @throws DimensionError, OptionError for a motion that is none, and a rate that is not > 0.
 */
export function sampleMotion(motion: Motion, rate: number): Motion {
  checkMotion("sampleMotion", motion);
  if (!(rate > 0 && rate < Infinity)) throw new OptionError("sampleMotion: rate", { expected: "a finite number > 0", actual: rate });
  const { timestamps: given, poses: through } = motion;
  const last = given.length - 1;
  // The last sample may be rounding before the last pose.
  const samples = 1 + Math.floor((given[last] - given[0]) * rate * (1 + 2 ** -40));
  const timestamps = Float64Array.from({ length: samples }, (_, k) => Math.min(given[0] + k / rate, given[last]));
  const poses = new Float64Array(7 * samples);
  const xi = new Float64Array(6);
  for (let k = 0, i = 0; k < samples; k++) {
    while (i < last - 1 && given[i + 1] <= timestamps[k]) i++;
    const j = Math.min(i + 1, last);
    const step = given[j] - given[i];
    const share = step > 0 ? (timestamps[k] - given[i]) / step : 0;
    se3.local(through, 7 * i, through, 7 * j, xi, 0);
    for (let a = 0; a < 6; a++) xi[a] *= share;
    se3.retract(through, 7 * i, xi, 0, poses, 7 * k);
    se3.normalize(poses, 7 * k, poses, 7 * k);
  }
  return { timestamps, poses };
}

export interface DriftOptions {
  /** Standard deviation of each axis of a step's translation, in metres. */
  readonly translation: number;
  /** Of each axis of its rotation, in radians. */
  readonly rotation: number;
  /** An integer in 0 ... 2^32 - 1; the same seed gives the same bits. Default 0. */
  readonly seed?: number;
}

/**
 * The poses as odometry has them: the first is the truth's, and each next one follows the last by a relative pose Z = Xi^-1 Xj N with normal noise N.
 *
 * @param poses n x 7; not changed.
 * @throws DimensionError, OptionError for options out of range.
 */
export function driftPoses(poses: Float64Array, { translation, rotation, seed = 0 }: DriftOptions): Float64Array {
  checkLength("driftPoses: poses", poses.length, 7 * Math.floor(poses.length / 7));
  checkNumber("driftPoses: translation", translation, 0);
  checkNumber("driftPoses: rotation", rotation, 0);
  checkInteger("driftPoses: seed", seed, 0, 2 ** 32 - 1);
  const random = new Random(seed);
  const drifted = poses.slice();
  const step = new Float64Array(7);
  const error = new Float64Array(7);
  for (let at = 7; at < poses.length; at += 7) {
    se3.relative(poses, at - 7, poses, at, step, 0);
    drawError(se3, translation, rotation, random, error);
    se3.compose(step, 0, error, 0, step, 0);
    se3.compose(drifted, at - 7, step, 0, drifted, at);
    se3.normalize(drifted, at, drifted, at);
  }
  return drifted;
}
