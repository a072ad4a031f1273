import { newProjection } from "@slam/camera";
import { OptionError } from "@slam/errors";
import { se3 } from "@slam/lie";
import { type Bundle, POSE_SIZE, pointCount } from "./bundle.ts";
import { Triangulator } from "./window/triangulate.ts";

/** How points are written down, and moved: as positions, or those that two cameras measured by inverse depth in the frame of the first of them. */
export type Landmarks = "position" | "inverse-depth";

/** A direction whose part along the anchor's axis is less than this of it is too far off that axis to be written by what is beside it. */
const LEAST_COSINE = 0.1;
/** A point at infinity or beyond is written this many times as far away as the nearest. */
const FARTHEST = 1e9;

/**
 * Points by inverse depth: P = X (u, v, s) / rho in the frame of an anchor X, a camera that measured it, s = 1 or -1 the side that it looks to. What cameras measure of far points is
 * nearly linear in (u, v, rho), not in P, and rho = 0 is a point like others.
 *
 * @see Civera, Davison and Montiel, Inverse depth parametrization for monocular SLAM, IEEE Trans. Robotics 24, 2008; their two angles are u and v here.
 */
export class Anchors {
  /** The camera that each point is anchored in; -1 for one that stays P. */
  readonly camera: Int32Array;
  /** s of each point. */
  readonly side: Float64Array;
  readonly #bundle: Bundle;
  readonly #first: number;
  readonly #inverse = new Float64Array(POSE_SIZE);
  readonly #q = new Float64Array(3);

  /**
   * Anchors points in the first camera that measured and sees them, where they have measurements of two cameras at least.
   *
   * @param isLeft whether a point stays P, by its index.
   * @throws OptionError for a camera model that measures depth, and so needs none of this.
   */
  constructor(bundle: Bundle, isLeft: (point: number) => boolean) {
    const { model, intrinsics, camera, point, poses } = bundle;
    if (intrinsics.length > 0 && new Triangulator(model, intrinsics.subarray(0, model.intrinsics.length)).measuresDepth) {
      throw new OptionError("landmarks: inverse-depth", { expected: "a camera model that measures directions alone", actual: model.name });
    }
    this.#bundle = bundle;
    this.#first = poses.length + intrinsics.length;
    const count = pointCount(bundle);
    this.camera = new Int32Array(count).fill(-1);
    this.side = new Float64Array(count).fill(1);
    const out = newProjection(model);
    const firstOf = new Int32Array(count).fill(-1);
    const isSeenTwice = new Uint8Array(count);
    for (const [i, p] of point.entries()) {
      if (firstOf[p] < 0) firstOf[p] = camera[i];
      else if (firstOf[p] !== camera[i]) isSeenTwice[p] = 1;
    }
    for (const [i, p] of point.entries()) {
      if (this.camera[p] >= 0 || isSeenTwice[p] === 0 || isLeft(p)) continue;
      const [x, y, z] = this.#inFrame(poses, camera[i], bundle.points, 3 * p);
      const lens = bundle.intrinsicsOf[camera[i]] * model.intrinsics.length;
      const isSeen = model.project(intrinsics.subarray(lens, lens + model.intrinsics.length), this.#q, out, false);
      if (!isSeen || !(Math.abs(z) > LEAST_COSINE * Math.sqrt(x * x + y * y + z * z))) continue;
      this.camera[p] = camera[i];
      this.side[p] = z < 0 ? -1 : 1;
    }
  }

  /** #q <- X^-1 P */
  #inFrame(poses: Float64Array, c: number, points: Float64Array, at: number): Float64Array {
    se3.inverse(poses, POSE_SIZE * c, this.#inverse, 0);
    se3.act(this.#inverse, 0, points, at, this.#q, 0);
    return this.#q;
  }

  /** x with u, v and rho in the place of anchored points, from one with P. */
  encode(x: Float64Array): Float64Array {
    const encoded = x.slice();
    for (const [p, c] of this.camera.entries()) {
      if (c < 0) continue;
      const at = this.#first + 3 * p;
      const [u, v, z] = this.#inFrame(x, c, x, at);
      const rho = this.side[p] / z;
      encoded[at] = u * rho;
      encoded[at + 1] = v * rho;
      encoded[at + 2] = rho;
    }
    return encoded;
  }

  /** The inverse of `encode`; a point at infinity or beyond is put far away in its direction. */
  decode(x: Float64Array): Float64Array {
    const decoded = x.slice();
    let most = 0;
    for (const [p, c] of this.camera.entries()) if (c >= 0) most = Math.max(most, x[this.#first + 3 * p + 2]);
    const least = (most || 1) / FARTHEST;
    for (const [p, c] of this.camera.entries()) {
      if (c < 0) continue;
      const at = this.#first + 3 * p;
      const depth = 1 / Math.max(x[at + 2], least);
      this.#q.set([x[at] * depth, x[at + 1] * depth, this.side[p] * depth]);
      se3.act(x, POSE_SIZE * c, this.#q, 0, decoded, at);
    }
    return decoded;
  }

  /** The anchor of each observation's point where that is another camera than the one that measured; -1 elsewhere. */
  otherCameras(): Int32Array {
    const { camera, point } = this.#bundle;
    return point.map((p, i) => (this.camera[p] === camera[i] ? -1 : this.camera[p]));
  }
}
