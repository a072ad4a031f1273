import { checkChoice } from "@slam/errors";
import { se3 } from "@slam/lie";
import { checkPosePairs } from "./alignment.ts";
import { distanceBetween } from "./distance.ts";
import { type PosePairOptions, type PosePairs, posePairs } from "./pose-pairs.ts";
import { errorSize, PAIR_RELATIONS, type PairRelation } from "./pose-relation.ts";

export interface RpeOptions extends PosePairOptions {
  /** What of the error of a pair counts. Default "trans_part". */
  readonly relation?: PairRelation;
}

export interface RelativeErrors extends PosePairs {
  /** Of pair k. */
  readonly errors: Float64Array;
}

/**
 * Relative pose errors, as evo defines them: the size of E = (Q_i^-1 Q_j)^-1 (P_i^-1 P_j) of the pairs (i, j) that are `delta` apart in the
 * estimate P. The frame of the world drops out, the scale does not: `alignPoses` finds it.
 *
 * @param reference n x 7 poses Q.
 * @param estimate n x 7 poses P; row i goes with row i of the reference.
 * @returns errors and their pairs, of which there may be none. Of "point_distance_error_ratio" those are left out in which the reference has not
 * moved.
 * @throws DimensionError if the lengths differ or are not 7 n; OptionError for an unknown relation, and as `posePairs` does.
 * @see Sturm, Engelhard, Endres, Burgard, Cremers, A benchmark for the evaluation of RGB-D SLAM systems, IROS 2012.
 */
export function rpe(reference: Float64Array, estimate: Float64Array, options: RpeOptions = {}): RelativeErrors {
  const { relation = "trans_part" } = options;
  checkChoice("rpe: relation", relation, PAIR_RELATIONS);
  checkPosePairs("rpe", reference, estimate);
  const pairs = posePairs(estimate, options);
  const { from, to } = relation === "point_distance_error_ratio" ? movingPairs(reference, pairs) : pairs;
  const errors = new Float64Array(from.length);
  for (let k = 0; k < from.length; k++) errors[k] = pairError(relation, reference, estimate, 7 * from[k], 7 * to[k]);
  return { errors, from, to };
}

/** Those between which the reference has moved. */
function movingPairs(reference: Float64Array, { from, to }: PosePairs): PosePairs {
  const moves = (_: number, k: number): boolean => distanceBetween(reference, 7 * from[k], reference, 7 * to[k]) > 0;
  return { from: from.filter(moves), to: to.filter(moves) };
}

function pairError(relation: PairRelation, reference: Float64Array, estimate: Float64Array, i: number, j: number): number {
  if (relation === "point_distance" || relation === "point_distance_error_ratio") {
    const length = distanceBetween(reference, i, reference, j);
    const off = Math.abs(length - distanceBetween(estimate, i, estimate, j));
    return relation === "point_distance" ? off : (off / length) * 100;
  }
  se3.relative(reference, i, reference, j, q, 0);
  se3.relative(estimate, i, estimate, j, p, 0);
  se3.relative(q, 0, p, 0, e, 0);
  return errorSize(relation, e);
}

const q = new Float64Array(7);
const p = new Float64Array(7);
const e = new Float64Array(7);
