import { checkInteger, checkLength, checkNumber, OptionError } from "@slam/errors";

/** How a point in the camera's frame becomes a measurement, z = pi(k, p): what of the models of @slam/camera is needed here, or of one's own. */
export interface ProjectionModel {
  readonly intrinsics: readonly string[];
  readonly measurement: readonly string[];
  /** out.value <- pi(k, p). @returns whether the camera sees p: false behind it. */
  project(k: ArrayLike<number>, p: ArrayLike<number>, out: ProjectionRoom, derivatives: boolean): boolean;
}

/** Where a model writes; derivatives are not asked for. */
export interface ProjectionRoom {
  readonly value: Float64Array;
  readonly byPoint: Float64Array;
  readonly byIntrinsics: Float64Array;
}

/** A camera on the move, x right, y down, z ahead: monocular, stereo or RGB-D as its model says. */
export interface MovingCamera {
  readonly model: ProjectionModel;
  readonly intrinsics: ArrayLike<number>;
  /** The least and the largest value of each component of a measurement: [[0, 640], [0, 480]] of an image, and the depth's behind them of RGB-D. */
  readonly limits: readonly (readonly [least: number, largest: number])[];
  /** Standard deviation of each component, in its own unit. Default 0.5 of each. */
  readonly sigma?: readonly number[];
  /** The nearest and the farthest that landmarks are seen, in metres from the camera. Default [0.2, 10]. */
  readonly range?: readonly [nearest: number, farthest: number];
  /**
   * The largest angle between the axis and what is seen, in radians, at most pi/2. A lens with distortion needs it: far outside its image the polynomial comes back into it. Default pi/2.
   */
  readonly halfAngle?: number;
}

/** @throws DimensionError, OptionError for a camera whose numbers contradict its model or are out of range. @returns the camera, complete. */
export function checkCamera(what: string, camera: MovingCamera): Required<MovingCamera> {
  const { model, intrinsics, limits } = camera;
  const rows = model.measurement.length;
  const { sigma = new Array<number>(rows).fill(0.5), range = [0.2, 10], halfAngle = Math.PI / 2 } = camera;
  checkInteger(`${what}: camera.model.measurement`, rows, 1);
  checkLength(`${what}: camera.intrinsics`, intrinsics.length, model.intrinsics.length);
  checkLength(`${what}: camera.limits`, limits.length, rows);
  checkLength(`${what}: camera.sigma`, sigma.length, rows);
  for (const [least, largest] of limits) {
    if (!(least < largest))
      throw new OptionError(`${what}: camera.limits`, { expected: "least < largest", actual: `${least}, ${largest}` });
  }
  for (const deviation of sigma) checkNumber(`${what}: camera.sigma`, deviation, 0);
  checkNumber(`${what}: camera.range[0]`, range[0], 0);
  checkNumber(`${what}: camera.range[1]`, range[1], range[0]);
  if (!(range[1] > 0)) throw new OptionError(`${what}: camera.range[1]`, { expected: "a finite number > 0", actual: range[1] });
  checkNumber(`${what}: camera.halfAngle`, halfAngle, 0, Math.PI / 2);
  return { model, intrinsics, limits, sigma, range, halfAngle };
}

export function newRoom({ model }: Pick<MovingCamera, "model">): ProjectionRoom {
  const rows = model.measurement.length;
  return {
    value: new Float64Array(rows),
    byPoint: new Float64Array(3 * rows),
    byIntrinsics: new Float64Array(rows * model.intrinsics.length),
  };
}
