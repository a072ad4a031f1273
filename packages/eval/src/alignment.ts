import { checkChoice, checkLength, OptionError } from "@slam/errors";
import { se3 } from "@slam/lie";
import { type Similarity, umeyama } from "./umeyama.ts";

/**
 * What an estimate is free in. "none": nothing; "se3": the world's frame, for an estimate with a frame of its own; "sim3": its scale besides,
 * for a single camera; "scale": its scale alone, that of "sim3"; "origin": the world's frame, in which the first poses coincide.
 */
export type Alignment = "none" | "se3" | "sim3" | "scale" | "origin";

const ALIGNMENTS: readonly Alignment[] = ["none", "se3", "sim3", "scale", "origin"];

/**
 * The motion that takes an estimate to its reference: for `transformPoses`.
 *
 * @param reference n x 7 poses, n > 0.
 * @param estimate n x 7 poses; row i goes with row i of the reference.
 * @throws DimensionError if the lengths differ or are not 7 n; OptionError without poses or for an unknown alignment.
 */
export function alignPoses(reference: Float64Array, estimate: Float64Array, alignment: Alignment): Similarity {
  checkChoice("alignPoses: alignment", alignment, ALIGNMENTS);
  const n = checkPosePairs("alignPoses", reference, estimate);
  if (n === 0) throw new OptionError("alignPoses: poses", { expected: "at least 1", actual: 0 });
  if (alignment === "none") return similarity(1);
  if (alignment === "origin") return fromFirstToFirst(reference, estimate);
  const found = umeyama(positions(reference), positions(estimate), { scale: alignment !== "se3" });
  return alignment === "scale" ? similarity(found.scale) : found;
}

/** @returns n. @throws DimensionError if the lengths differ or are not 7 n. */
export function checkPosePairs(what: string, reference: Float64Array, estimate: Float64Array): number {
  const n = Math.floor(reference.length / 7);
  checkLength(`${what}: reference`, reference.length, 7 * n);
  checkLength(`${what}: estimate`, estimate.length, reference.length);
  return n;
}

/** p -> scale p */
function similarity(scale: number): Similarity {
  return { scale, rotation: Float64Array.of(0, 0, 0, 1), translation: new Float64Array(3) };
}

/** Q_0 P_0^-1 */
function fromFirstToFirst(reference: Float64Array, estimate: Float64Array): Similarity {
  const motion = new Float64Array(7);
  se3.inverse(estimate, 0, motion, 0);
  se3.compose(reference, 0, motion, 0, motion, 0);
  se3.normalize(motion, 0, motion, 0);
  return { scale: 1, rotation: motion.slice(3), translation: motion.slice(0, 3) };
}

/** The n x 3 points of n x 7 poses. */
function positions(poses: Float64Array): Float64Array {
  const points = new Float64Array((poses.length / 7) * 3);
  for (let i = 0; 7 * i < poses.length; i++) points.set(poses.subarray(7 * i, 7 * i + 3), 3 * i);
  return points;
}
