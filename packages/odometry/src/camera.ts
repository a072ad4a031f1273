import { type CameraModel, newProjection } from "@slam/camera";
import { checkLength, OptionError } from "@slam/errors";
import type { Camera } from "./front-end.ts";

/** A camera whose measurements have unit variance in each component. */
export interface UnitCamera {
  readonly model: CameraModel;
  readonly intrinsics: Float64Array;
  /** Components of a measurement. */
  readonly rows: number;
  /** z over its standard deviations. */
  whiten(measurements: ArrayLike<number>): Float64Array;
}

/** @throws OptionError, DimensionError for a camera that contradicts itself, or measures no depth. */
export function unitCamera({ model, intrinsics, sigma }: Camera): UnitCamera {
  const rows = model.measurement.length;
  checkLength("camera.intrinsics", intrinsics.length, model.intrinsics.length);
  if (rows < 3 || model.unproject === undefined) {
    throw new OptionError("camera.model", { expected: "one that measures depth and has unproject", actual: model.name });
  }
  const deviations = Float64Array.from(sigma ?? new Float64Array(rows).fill(1));
  checkLength("camera.sigma", deviations.length, rows);
  for (const [r, value] of deviations.entries()) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new OptionError(`camera.sigma[${r}]`, { expected: "a finite number > 0", actual: value });
    }
  }
  const isUnit = deviations.every((value) => value === 1);
  return {
    model: isUnit ? model : overDeviations(model, deviations),
    intrinsics: Float64Array.from(intrinsics),
    rows,
    whiten: (measurements) => Float64Array.from(measurements, (z, k) => z / deviations[k % rows]),
  };
}

/** The model of z / sigma: all that is solved then weighs each component as it is known, and no observation carries a matrix. */
function overDeviations(model: CameraModel, sigma: Float64Array): CameraModel {
  const rows = sigma.length;
  const z = new Float64Array(rows);
  return {
    name: model.name,
    intrinsics: model.intrinsics,
    measurement: model.measurement,
    project(k, p, out, derivatives) {
      const seen = model.project(k, p, out, derivatives);
      const { value, byPoint, byIntrinsics } = out;
      for (let r = 0; r < rows; r++) value[r] /= sigma[r];
      if (derivatives) {
        for (let i = 0; i < byPoint.length; i++) byPoint[i] /= sigma[Math.floor(i / 3)];
        for (let i = 0; i < byIntrinsics.length; i++) byIntrinsics[i] /= sigma[Math.floor(i / k.length)];
      }
      return seen;
    },
    unproject(k, whitened, p) {
      for (let r = 0; r < rows; r++) z[r] = whitened[r] * sigma[r];
      return model.unproject!(k, z, p);
    },
  };
}

/** z - pi(T p) of one point after another, for those that judge a pose by what it makes of them. */
export class Reprojector {
  readonly #camera: UnitCamera;
  readonly #projection: ReturnType<typeof newProjection>;

  constructor(camera: UnitCamera) {
    this.#camera = camera;
    this.#projection = newProjection(camera.model);
  }

  /** |z - pi(q)|^2 with q in the camera's frame; infinite where the camera does not see it. */
  squared(q: Float64Array, z: Float64Array, at: number): number {
    const { model, intrinsics, rows } = this.#camera;
    if (!model.project(intrinsics, q, this.#projection, false)) return Number.POSITIVE_INFINITY;
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += (z[at * rows + r] - this.#projection.value[r]) ** 2;
    return sum;
  }
}
