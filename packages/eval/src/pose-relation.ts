import { norm3, rotationAngle } from "./distance.ts";

/** What of an error E = (R, t) counts. The names are evo's. */
export const POSE_RELATIONS = [
  /** |t|, metres */
  "trans_part",
  /** |R - I|, the Frobenius norm */
  "rot_part",
  /** the angle of R in degrees */
  "angle_deg",
  /** the angle of R in radians */
  "angle_rad",
  /** |E - I| of the 4 x 4 matrix, the Frobenius norm */
  "full",
] as const;

export type PoseRelation = (typeof POSE_RELATIONS)[number];

/**
 * What of a pair of poses counts: besides, how far apart they are, L of the reference and l of the estimate, for positions whose rotations mean
 * something else. "point_distance": |L - l| in metres; "point_distance_error_ratio": the same in percent of L.
 */
export type PairRelation = PoseRelation | "point_distance" | "point_distance_error_ratio";

export const PAIR_RELATIONS: readonly PairRelation[] = [...POSE_RELATIONS, "point_distance", "point_distance_error_ratio"];

const DEGREES = 180 / Math.PI;

/**
 * The size of an error E = [x, y, z, qx, qy, qz, qw] in a relation. |R - I|^2 = 6 - 2 tr R = 8 |vec q|^2, which loses nothing where R is near I.
 */
export function errorSize(relation: PoseRelation, e: Float64Array): number {
  const translation = norm3(e[0], e[1], e[2]);
  if (relation === "trans_part") return translation;
  if (relation === "angle_rad") return rotationAngle(e, 3);
  if (relation === "angle_deg") return rotationAngle(e, 3) * DEGREES;
  const rotation = Math.sqrt(8) * norm3(e[3], e[4], e[5]);
  return relation === "rot_part" ? rotation : Math.sqrt(translation * translation + rotation * rotation);
}
