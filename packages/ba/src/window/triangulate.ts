import { type CameraModel, newProjection, type Projection } from "@slam/camera";
import { fp64, tolerance } from "@slam/float";
import { se3, so3 } from "@slam/lie";

/** Radians between two rays, about a degree: with less between them the errors of poses not solved for yet put the point anywhere, behind the cameras too. */
const LEAST_PARALLAX = 0.02;

/** Near each axis: every camera sees one of them. */
const DIRECTIONS: readonly (readonly number[])[] = [2, 1, 0].flatMap((axis) =>
  [1, -1].map((sign) => [0, 1, 2].map((a) => (a === axis ? sign : 0.05 * (a + 1)))),
);

/** Where landmarks are, from what one key frame or two have measured. */
export class Triangulator {
  readonly #model: CameraModel;
  readonly #intrinsics: Float64Array;
  readonly #projection: Projection;
  readonly #q = new Float64Array(3);
  /** Whether a measurement says how far away the point is. */
  readonly measuresDepth: boolean;

  constructor(model: CameraModel, intrinsics: Float64Array) {
    this.#model = model;
    this.#intrinsics = intrinsics;
    this.#projection = newProjection(model);
    this.measuresDepth = this.#canTellDepth();
  }

  /** Where one view puts a point of the world; undefined where it does not say how far away, or the model has no inverse. */
  fromDepth(pose: Float64Array, z: Float64Array): Float64Array | undefined {
    const q = this.measuresDepth ? this.#unproject(z) : undefined;
    if (q === undefined) return undefined;
    const point = new Float64Array(3);
    se3.act(pose, 0, q, 0, point, 0);
    return point;
  }

  /** Whether a point that is seen is seen elsewhere when it is twice as far away. */
  #canTellDepth(): boolean {
    const { value } = this.#projection;
    for (const direction of DIRECTIONS) {
      if (!this.#model.project(this.#intrinsics, direction, this.#projection, false)) continue;
      const near = value.slice();
      this.#model.project(
        this.#intrinsics,
        direction.map((x) => 2 * x),
        this.#projection,
        false,
      );
      // What rounding a pixel may be off by is that of the largest number in it.
      const largest = Math.max(...near.map(Math.abs), ...this.#intrinsics.map(Math.abs));
      return near.some((z, a) => Math.abs(z - value[a]) > tolerance(fp64, 1, 64) * largest);
    }
    return false;
  }

  /**
   * The middle of where two rays are closest, in front of both cameras; undefined where they are all but parallel.
   *
   * @see Beardsley, Zisserman and Murray, Sequential updating of projective and affine structure from motion, IJCV 23, 1997: the midpoint method.
   */
  fromTwo(a: Float64Array, za: Float64Array, b: Float64Array, zb: Float64Array): Float64Array | undefined {
    const u = this.#ray(a, za);
    const v = this.#ray(b, zb);
    if (u === undefined || v === undefined) return undefined;
    const base = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
    const cosine = dot(u, v);
    const sine2 = 1 - cosine * cosine;
    if (!(sine2 > LEAST_PARALLAX ** 2)) return undefined;
    // |a + s u - b - t v| is least where it is orthogonal to u and v.
    const s = (dot(u, base) - cosine * dot(v, base)) / sine2;
    const t = (cosine * dot(u, base) - dot(v, base)) / sine2;
    if (!(s > 0 && t > 0)) return undefined;
    return Float64Array.from({ length: 3 }, (_, k) => (a[k] + s * u[k] + b[k] + t * v[k]) / 2);
  }

  /** The direction in the world that z is seen in, of length 1. */
  #ray(pose: Float64Array, z: Float64Array): Float64Array | undefined {
    const q = this.#unproject(z);
    if (q === undefined) return undefined;
    const ray = new Float64Array(3);
    so3.act(pose.subarray(3), 0, q, 0, ray, 0);
    const norm = Math.sqrt(dot(ray, ray));
    return ray.map((x) => x / norm);
  }

  #unproject(z: Float64Array): Float64Array | undefined {
    return this.#model.unproject?.(this.#intrinsics, z, this.#q) ? this.#q : undefined;
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
