import { checkInteger, checkNumber } from "@slam/errors";

/**
 * What bundle adjustment is given, but for the camera model, with the answer beside it. n cameras, s lenses, p points, m observations; with `model` it is a Bundle of @slam/ba.
 */
export interface BundleScene extends SceneEstimate {
  /** The lens of each camera. */
  readonly intrinsicsOf: Int32Array;
  readonly camera: Int32Array;
  readonly point: Int32Array;
  /** m x rows of the camera model. */
  readonly measurements: Float64Array;
  /** m of 0 or 1, 1 where the measurement is not the point's. */
  readonly outlier: Uint8Array;
  /** What the measurements are of; the scene's own numbers are where a solver starts. */
  readonly truth: SceneEstimate;
}

export interface SceneEstimate {
  /** n x 7, worldFromCamera. */
  readonly poses: Float64Array;
  /** s x those of the camera model. */
  readonly intrinsics: Float64Array;
  /** p x 3; each is measured at least twice. */
  readonly points: Float64Array;
}

/** Observations as they are made, in arrays that grow. */
export class Observations {
  #count = 0;
  #camera = new Int32Array(1024);
  #point = new Int32Array(1024);
  #outlier = new Uint8Array(1024);
  #measurements: Float64Array;
  readonly #rows: number;

  constructor(rows: number) {
    this.#rows = rows;
    this.#measurements = new Float64Array(1024 * rows);
  }

  get count(): number {
    return this.#count;
  }

  add(camera: number, point: number, measurements: Float64Array, o: number, outlier: number): void {
    const k = this.#count++;
    if (k === this.#camera.length) this.#grow(2 * k);
    this.#camera[k] = camera;
    this.#point[k] = point;
    this.#outlier[k] = outlier;
    for (let row = 0; row < this.#rows; row++) this.#measurements[this.#rows * k + row] = measurements[o + row];
  }

  /** Forgets all but the first so many. */
  cutTo(count: number): void {
    this.#count = count;
  }

  /**
   * @param pointOf the new number of each point, or -1 to leave its observations out. Default all as they are.
   * @returns the observations in arrays of their own, in their order.
   */
  take(pointOf?: Int32Array): Pick<BundleScene, "camera" | "point" | "measurements" | "outlier"> {
    if (pointOf !== undefined) this.#renumber(pointOf);
    const count = this.#count;
    return {
      camera: this.#camera.slice(0, count),
      point: this.#point.slice(0, count),
      measurements: this.#measurements.slice(0, this.#rows * count),
      outlier: this.#outlier.slice(0, count),
    };
  }

  /** In place: what is kept only moves to the front. */
  #renumber(pointOf: Int32Array): void {
    const rows = this.#rows;
    let kept = 0;
    for (let k = 0; k < this.#count; k++) {
      const point = pointOf[this.#point[k]];
      if (point < 0) continue;
      this.#camera[kept] = this.#camera[k];
      this.#point[kept] = point;
      this.#outlier[kept] = this.#outlier[k];
      this.#measurements.copyWithin(rows * kept, rows * k, rows * (k + 1));
      kept++;
    }
    this.#count = kept;
  }

  #grow(room: number): void {
    this.#camera = grown(this.#camera, new Int32Array(room));
    this.#point = grown(this.#point, new Int32Array(room));
    this.#outlier = grown(this.#outlier, new Uint8Array(room));
    this.#measurements = grown(this.#measurements, new Float64Array(this.#rows * room));
  }
}

function grown<T extends Int32Array | Uint8Array | Float64Array>(old: T, room: T): T {
  room.set(old);
  return room;
}

export interface SceneOptions {
  /** Cameras, at least 5. Default 100. */
  readonly poses?: number;
  /** Default 50 for each camera. */
  readonly points?: number;
  /** Standard deviation of each component of a measurement, in pixels. Default 0.5. */
  readonly sigma?: number;
  /** Share of measurements that are anywhere in the image. Default 0. */
  readonly outliers?: number;
  /** Factor on how far poses, points and intrinsics start from the truth; 0 starts there. Default 1. */
  readonly start?: number;
  /** An integer in 0 ... 2^32 - 1; the same seed gives the same bits. Default 0. */
  readonly seed?: number;
}

/** @throws OptionError for options out of range. */
export function checkSceneOptions(scene: string, options: SceneOptions): Required<SceneOptions> {
  const { poses = 100, sigma = 0.5, outliers = 0, start = 1, seed = 0 } = options;
  checkInteger(`${scene}: poses`, poses, 5);
  const { points = 50 * poses } = options;
  checkInteger(`${scene}: points`, points, 1);
  checkNumber(`${scene}: sigma`, sigma, 0);
  checkNumber(`${scene}: outliers`, outliers, 0, 1);
  checkNumber(`${scene}: start`, start, 0);
  checkInteger(`${scene}: seed`, seed, 0, 2 ** 32 - 1);
  return { poses, points, sigma, outliers, start, seed };
}
