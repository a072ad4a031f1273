import type { DerivativeFormulas } from "./formulas.ts";

/**
 * How a point in the camera's frame becomes a measurement: z = pi(k, p), with k the intrinsics. The frame is x right, y down, z forward (metres) unless the
 * model says otherwise; pixels have their origin at the image's upper left corner.
 *
 * Implement it for a camera of one's own: nothing asks which model it is.
 */
export interface CameraModel {
  readonly name: string;
  /** What each of the intrinsics is called, in their order: `["fx", "fy", "cx", "cy"]`. */
  readonly intrinsics: readonly string[];
  /** What each component of a measurement is called: `["u", "v"]`. */
  readonly measurement: readonly string[];
  /**
   * out.value <- pi(k, p), and with `derivatives` out.byPoint <- dz/dp and out.byIntrinsics <- dz/dk. All in fp64.
   *
   * @param k as many as `intrinsics`.
   * @param p the point in the camera's frame, 3 numbers.
   * @param out nothing in it is read; without `derivatives` only `value` is written.
   * @returns whether the camera sees p: false behind it and outside the model's domain. What the formula gives there is written all the same, finite or not.
   */
  project(k: ArrayLike<number>, p: ArrayLike<number>, out: Projection, derivatives: boolean): boolean;
  /**
   * The derivatives once more, for solvers that write kernels: a model without them is evaluated by `project`, which takes longer. Default none.
   */
  readonly formulas?: DerivativeFormulas;
  /**
   * The inverse: p <- the point that z is seen of, where z holds its depth, else the unit vector towards it. May alias neither k nor z.
   *
   * @param p 3 numbers; not written where there is none.
   * @returns whether there is such a point that the camera sees.
   */
  unproject?(k: ArrayLike<number>, z: ArrayLike<number>, p: Float64Array): boolean;
}

/** Where a model writes: row-major, as `newProjection` makes it. */
export interface Projection {
  /** z, as many as `measurement`. */
  readonly value: Float64Array;
  /** dz/dp, measurement x 3. */
  readonly byPoint: Float64Array;
  /** dz/dk, measurement x intrinsics. */
  readonly byIntrinsics: Float64Array;
}

/** Room for what `model.project` writes; make it once and use it for all points. */
export function newProjection({ measurement, intrinsics }: Pick<CameraModel, "measurement" | "intrinsics">): Projection {
  const rows = measurement.length;
  return {
    value: new Float64Array(rows),
    byPoint: new Float64Array(3 * rows),
    byIntrinsics: new Float64Array(rows * intrinsics.length),
  };
}
