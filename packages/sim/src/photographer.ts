import { checkLength, OptionError } from "@slam/errors";
import { exp, log } from "@slam/float";
import { se3 } from "@slam/lie";
import { type BundleScene, Observations, type SceneEstimate, type SceneOptions } from "./bundle-scene.ts";
import { newRoom, type ProjectionModel, type ProjectionRoom } from "./camera.ts";
import type { Random } from "./random.ts";
import { streamOf } from "./streams.ts";

/** Beyond the corner of an image, the polynomial of a lens may turn back into it. */
const BEYOND_CORNER = 1.1;

/** Of a camera's start around the truth, for a `start` of 1. */
export interface StartDeviations {
  /** Metres. */
  readonly translation: number;
  /** Radians. */
  readonly rotation: number;
  /** Metres. */
  readonly point: number;
}

/** Share of the focal length, and of k1 and k2. */
const LENS_START = [0.01, 0.01, 0.002] as const;

/** Cameras of Snavely's model where they are; each takes pictures of points, which become a scene. */
export class Photographer {
  readonly cameras: number;
  readonly #truth: Omit<SceneEstimate, "points">;
  readonly #model: ProjectionModel;
  readonly #halfImage: readonly [number, number];
  readonly #room: ProjectionRoom;
  readonly #cameraFromWorld: Float64Array;
  readonly #p = new Float64Array(3);
  readonly #observations = new Observations(2);
  readonly #random: Random;
  readonly #options: Required<SceneOptions>;
  #last = 0;

  /**
   * @param model f, k1, k2 and u, v from the image's centre, looking down -z: `snavely` of @slam/camera.
   * @throws DimensionError for a model with other intrinsics or measurements; OptionError for one that looks elsewhere.
   */
  constructor(
    what: string,
    model: ProjectionModel,
    truth: Omit<SceneEstimate, "points">,
    halfImage: readonly [number, number],
    options: Required<SceneOptions>,
  ) {
    checkLength(`${what}: model.intrinsics`, model.intrinsics.length, 3);
    checkLength(`${what}: model.measurement`, model.measurement.length, 2);
    this.#model = model;
    this.#truth = truth;
    this.#halfImage = halfImage;
    this.#options = options;
    this.#room = newRoom({ model });
    this.cameras = truth.poses.length / 7;
    this.#cameraFromWorld = new Float64Array(truth.poses.length);
    for (let at = 0; at < truth.poses.length; at += 7) se3.inverse(truth.poses, at, this.#cameraFromWorld, at);
    this.#random = streamOf(options.seed, "noise");
    if (!this.#project(0, Float64Array.of(0, 0, -1))) {
      throw new OptionError(`${what}: model`, { expected: "one that looks down -z", actual: "another" });
    }
  }

  /** Adds what camera c measures of the point P = points[o ...], with noise, if it is in its image. @returns whether it is. */
  take(c: number, point: number, points: Float64Array, o: number): boolean {
    const p = this.#p;
    se3.act(this.#cameraFromWorld, 7 * c, points, o, p, 0);
    if (!this.#project(c, p)) return false;
    const { sigma, outliers } = this.#options;
    const { value } = this.#room;
    const isOutlier = outliers > 0 && this.#random.uniform() < outliers;
    for (let row = 0; row < 2; row++) {
      if (isOutlier) value[row] = this.#halfImage[row] * (2 * this.#random.uniform() - 1);
      value[row] += sigma * this.#random.gaussian();
    }
    this.#observations.add(c, point, value, 0, isOutlier ? 1 : 0);
    return true;
  }

  /** @returns how many pictures have been taken since the last call; if fewer than two, they are thrown away. */
  keep(): number {
    const taken = this.#observations.count - this.#last;
    if (taken < 2) this.#observations.cutTo(this.#last);
    this.#last = this.#observations.count;
    return taken;
  }

  #project(c: number, p: Float64Array): boolean {
    const [halfWidth, halfHeight] = this.#halfImage;
    const k = this.#truth.intrinsics.subarray(3 * c, 3 * c + 3);
    const reach = (BEYOND_CORNER * p[2]) / k[0];
    const square = p[0] * p[0] + p[1] * p[1];
    if (!(p[2] < 0 && square < reach * reach * (halfWidth * halfWidth + halfHeight * halfHeight))) return false;
    if (!this.#model.project(k, p, this.#room, false)) return false;
    const [u, v] = this.#room.value;
    return Math.abs(u) <= halfWidth && Math.abs(v) <= halfHeight;
  }

  /** The scene of all pictures kept, of these points. */
  scene(points: Float64Array, deviations: StartDeviations): BundleScene {
    const { poses, intrinsics } = this.#truth;
    const { seed, start } = this.#options;
    const random = streamOf(seed, "start");
    const xi = new Float64Array(6);
    const started = poses.slice();
    for (let at = 0; at < poses.length; at += 7) {
      for (let a = 0; a < 6; a++) xi[a] = start * (a < 3 ? deviations.translation : deviations.rotation) * random.gaussian();
      se3.retract(poses, at, xi, 0, started, at);
    }
    const lenses = intrinsics.map((value, i) => value + start * LENS_START[i % 3] * (i % 3 === 0 ? value : 1) * random.gaussian());
    return {
      poses: started,
      intrinsics: lenses,
      intrinsicsOf: Int32Array.from({ length: this.cameras }, (_, c) => c),
      points: points.map((value) => value + start * deviations.point * random.gaussian()),
      ...this.#observations.take(),
      truth: { poses, intrinsics, points },
    };
  }
}

/** How many cameras see a point: an integer from 2 to `most`, P(at least n) = (2 / n)^tail, as long as a few are in photo collections. */
export function drawTrackLength(most: number, tail: number, random: Random): number {
  return Math.min(most, Math.floor(2 * exp(-log(1 - random.uniform()) / tail)));
}
