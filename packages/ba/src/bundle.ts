import type { CameraModel } from "@slam/camera";
import { checkInteger, checkLength, DimensionError, OptionError } from "@slam/errors";

/**
 * What bundle adjustment is given: cameras that have measured points. n cameras, s sets of intrinsics, p points, m observations; arrays are row-major, fp64.
 *
 * Observation i is the measurement z_i = pi(k, X_c^-1 P) + noise of point P = points[point[i]] by camera c = camera[i], with the intrinsics k = those of
 * intrinsicsOf[c] and X_c = worldFromCamera.
 */
export interface Bundle {
  readonly model: CameraModel;
  /** n x 7 [x y z qx qy qz qw], worldFromCamera, unit quaternions. */
  readonly poses: Float64Array;
  /** s x model.intrinsics.length. */
  readonly intrinsics: Float64Array;
  /** The set of each camera. */
  readonly intrinsicsOf: Int32Array;
  /** p x 3, in the world. */
  readonly points: Float64Array;
  readonly camera: Int32Array;
  readonly point: Int32Array;
  /** m x model.measurement.length. */
  readonly measurements: Float64Array;
  /**
   * m x the upper triangle, row-major, of each measurement's inverse covariance. Default the identity: residuals are then in the measurement's own
   * units, pixels.
   */
  readonly information?: Float64Array;
}

export const POSE_SIZE = 7;

export function cameraCount({ poses }: Pick<Bundle, "poses">): number {
  return poses.length / POSE_SIZE;
}

export function pointCount({ points }: Pick<Bundle, "points">): number {
  return points.length / 3;
}

/** How many sets of intrinsics there are. */
export function lensCount({ intrinsics, model }: Pick<Bundle, "intrinsics" | "model">): number {
  return intrinsics.length / model.intrinsics.length;
}

/**
 * Checks in O(n + p + m) what Bundle promises. File readers return bundles that pass; call it on those made by hand.
 *
 * @throws DimensionError if array lengths contradict each other.
 * @throws OptionError if an index is out of range, a number is not finite or a quaternion is not of unit length.
 */
export function checkBundle(bundle: Bundle): void {
  const { model, poses, intrinsics, intrinsicsOf, points, camera, point, measurements, information } = bundle;
  checkMultiple("bundle.poses", poses.length, POSE_SIZE);
  checkMultiple("bundle.intrinsics", intrinsics.length, model.intrinsics.length);
  checkMultiple("bundle.points", points.length, 3);
  const rows = model.measurement.length;
  checkLength("bundle.intrinsicsOf", intrinsicsOf.length, cameraCount(bundle));
  checkLength("bundle.point", point.length, camera.length);
  checkLength("bundle.measurements", measurements.length, camera.length * rows);
  if (information !== undefined) checkLength("bundle.information", information.length, (camera.length * rows * (rows + 1)) / 2);
  checkIndices("bundle.intrinsicsOf", intrinsicsOf, lensCount(bundle));
  checkIndices("bundle.camera", camera, cameraCount(bundle));
  checkIndices("bundle.point", point, pointCount(bundle));
  checkFinite("bundle.poses", poses);
  checkFinite("bundle.intrinsics", intrinsics);
  checkFinite("bundle.points", points);
  checkFinite("bundle.measurements", measurements);
  if (information !== undefined) checkFinite("bundle.information", information);
  for (let at = 3; at < poses.length; at += POSE_SIZE) {
    const square = poses[at] ** 2 + poses[at + 1] ** 2 + poses[at + 2] ** 2 + poses[at + 3] ** 2;
    if (Math.abs(square - 1) > 1e-6) {
      throw new OptionError(`bundle.poses[${at} ... ${at + 3}]`, { expected: "a quaternion of unit length", actual: Math.sqrt(square) });
    }
  }
}

function checkMultiple(what: string, length: number, of: number): void {
  if (length % of !== 0) throw new DimensionError(what, { expected: Math.ceil(length / of) * of, actual: length });
}

function checkIndices(what: string, indices: Int32Array, count: number): void {
  const bad = indices.findIndex((k) => k < 0 || k >= count);
  if (bad >= 0) checkInteger(`${what}[${bad}]`, indices[bad], 0, count - 1);
}

function checkFinite(what: string, values: Float64Array): void {
  const bad = values.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) throw new OptionError(`${what}[${bad}]`, { expected: "a finite number", actual: values[bad] });
}
