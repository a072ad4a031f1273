import { checkChoice, OptionError } from "@slam/errors";
import { alignPoses, checkPosePairs } from "./alignment.ts";
import { ape } from "./ape.ts";
import { type Statistics, statistics } from "./statistics.ts";
import { type Similarity, transformPoses } from "./umeyama.ts";

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
  if (checkPosePairs("ate", reference, estimate) === 0) throw new OptionError("ate: poses", { expected: "at least 1", actual: 0 });
  const alignment = alignPoses(reference, estimate, align);
  return { ...statistics(ape(reference, transformPoses(alignment, estimate))), alignment };
}
