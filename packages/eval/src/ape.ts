import { checkChoice } from "@slam/errors";
import { se3 } from "@slam/lie";
import { checkPosePairs } from "./alignment.ts";
import { distanceBetween } from "./distance.ts";
import { errorSize, POSE_RELATIONS, type PoseRelation } from "./pose-relation.ts";

/**
 * Absolute pose errors, as evo defines them: the size of E_i = P_i^-1 Q_i of the estimate P and the reference Q as they are. Alignment comes
 * before: `alignPoses`.
 *
 * @param reference n x 7 poses.
 * @param estimate n x 7 poses; row i goes with row i of the reference.
 * @param relation what of E_i counts. Default "trans_part", the distance in metres.
 * @returns n errors; their summary is `statistics`.
 * @throws DimensionError if the lengths differ or are not 7 n; OptionError for an unknown relation.
 * @see Sturm, Engelhard, Endres, Burgard, Cremers, A benchmark for the evaluation of RGB-D SLAM systems, IROS 2012.
 */
export function ape(reference: Float64Array, estimate: Float64Array, relation: PoseRelation = "trans_part"): Float64Array {
  checkChoice("ape: relation", relation, POSE_RELATIONS);
  const n = checkPosePairs("ape", reference, estimate);
  const errors = new Float64Array(n);
  const e = new Float64Array(7);
  for (let i = 0; i < n; i++) {
    if (relation === "trans_part") {
      // |R'(q - p)| without the rounding of R.
      errors[i] = distanceBetween(estimate, 7 * i, reference, 7 * i);
    } else {
      se3.relative(estimate, 7 * i, reference, 7 * i, e, 0);
      errors[i] = errorSize(relation, e);
    }
  }
  return errors;
}
