import { checkLength, OptionError } from "@slam/errors";
import { checkFinite, checkQuaternions } from "../check-arrays.ts";
import { informationSize, poseDof, poseSize } from "../graph.ts";
import { choleskyUpper } from "../whitening.ts";
import type { CheckedMeasurement } from "./stored-graph.ts";

/** What was measured, and how well: numbers as `PoseGraph` has them. */
export interface Measurement {
  /** [x y theta] or [x y z qx qy qz qw]; metres, radians, a unit quaternion. */
  readonly measurement: ArrayLike<number>;
  /** Upper triangle, row-major: 6 or 21 numbers. */
  readonly information: ArrayLike<number>;
}

/** A copy of the pose. Throws what is wrong with it. */
export function checkedPose(what: string, dimension: 2 | 3, given: ArrayLike<number>): Float64Array {
  checkLength(what, given.length, poseSize({ dimension }));
  const pose = Float64Array.from(given);
  checkFinite(what, pose);
  if (dimension === 3) checkQuaternions(what, pose);
  return pose;
}

/**
 * A copy of the measurement, and its information's square root.
 *
 * @param isSole whether nothing else may determine the pose: its information is then positive definite, otherwise semidefinite.
 */
export function checkedMeasurement(
  caller: string,
  dimension: 2 | 3,
  { measurement, information }: Measurement,
  isSole: boolean,
): CheckedMeasurement {
  const dof = poseDof({ dimension });
  const checked = checkedPose(`${caller}: measurement`, dimension, measurement);
  checkLength(`${caller}: information`, information.length, informationSize({ dimension }));
  const triangle = Float64Array.from(information);
  checkFinite(`${caller}: information`, triangle);
  const whitening = triangle.slice();
  const isSemidefinite = choleskyUpper(whitening, 0, dof, new Float64Array(dof));
  if (!isSemidefinite || (isSole && hasZeroRow(whitening, dof))) {
    throw new OptionError(`${caller}: information`, {
      expected: isSole ? "a positive definite matrix" : "a positive semidefinite matrix",
      actual: isSemidefinite ? "singular" : "indefinite",
    });
  }
  return { measurement: checked, information: triangle, whitening };
}

function hasZeroRow(upper: Float64Array, n: number): boolean {
  for (let i = 0, ii = 0; i < n; ii += n - i, i++) if (upper[ii] === 0) return true;
  return false;
}
