import { checkChoice, checkLength } from "@slam/errors";
import { type Statistics, statistics } from "./statistics.ts";
import { type Similarity, transformPoses, umeyama } from "./umeyama.ts";

export interface AteOptions {
  /**
   * What the estimate is free in. "none": nothing; "se3": the world's frame, for an estimate with a frame of its own; "sim3": its scale
   * besides, for a single camera. Default "none".
   */
  readonly align?: "none" | "se3" | "sim3";
}

export interface AteReport extends Statistics {
  /** What the estimate was moved by; the identity for "none". */
  readonly alignment: Similarity;
}

/**
 * Absolute trajectory error: the statistics of |reference_i - estimate_i| in metres, after alignment. Rotations do not count. Planar
 * trajectories come as `planarPoses`.
 *
 * @param reference n x 7 poses, n > 0.
 * @param estimate n x 7 poses; row i goes with row i of the reference.
 * @throws DimensionError if the lengths differ or are not 7 n; OptionError without poses or for an unknown alignment.
 * @see Sturm, Engelhard, Endres, Burgard, Cremers, A benchmark for the evaluation of RGB-D SLAM systems, IROS 2012.
 */
export function ate(reference: Float64Array, estimate: Float64Array, options: AteOptions = {}): AteReport {
  const { align = "none" } = options;
  checkChoice("ate: align", align, ["none", "se3", "sim3"]);
  const n = Math.floor(reference.length / 7);
  checkLength("ate: reference", reference.length, 7 * n);
  checkLength("ate: estimate", estimate.length, reference.length);
  const to = positions(reference);
  const identity: Similarity = { scale: 1, rotation: Float64Array.of(0, 0, 0, 1), translation: new Float64Array(3) };
  const alignment = align === "none" ? identity : umeyama(to, positions(estimate), { scale: align === "sim3" });
  const at = positions(transformPoses(alignment, estimate));
  const errors = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const dx = to[3 * i] - at[3 * i];
    const dy = to[3 * i + 1] - at[3 * i + 1];
    const dz = to[3 * i + 2] - at[3 * i + 2];
    errors[i] = Math.sqrt(dx * dx + dy * dy + dz * dz);
  }
  return { ...statistics(errors), alignment };
}

/** The n x 3 points of n x 7 poses. */
function positions(poses: Float64Array): Float64Array {
  const points = new Float64Array((poses.length / 7) * 3);
  for (let i = 0; 7 * i < poses.length; i++) points.set(poses.subarray(7 * i, 7 * i + 3), 3 * i);
  return points;
}
