import { type CameraModel, newProjection, type Projection } from "@slam/camera";
import { se3 } from "@slam/lie";
import { newArrays, type Scratch } from "@slam/linop";
import type { Anchors } from "./anchors.ts";
import { type Bundle, cameraCount, lensCount, POSE_SIZE, pointCount } from "./bundle.ts";
import { squareRoots } from "./whitening.ts";

/**
 * A point of the problem: poses, then intrinsics, then points, as they lie in a bundle.
 *
 * @param scratch what it is taken from. Default a new array.
 */
export function pointOf(
  { poses, intrinsics, points }: Pick<Bundle, "poses" | "intrinsics" | "points">,
  scratch: Scratch = newArrays,
): Float64Array {
  const x = scratch.numbers(poses.length + intrinsics.length + points.length);
  x.set(poses);
  x.set(intrinsics, poses.length);
  x.set(points, poses.length + intrinsics.length);
  return x;
}

/** The bundle at x. */
export function withPoint(bundle: Bundle, x: Float64Array): Bundle {
  const lenses = bundle.poses.length;
  const points = lenses + bundle.intrinsics.length;
  return { ...bundle, poses: x.slice(0, lenses), intrinsics: x.slice(lenses, points), points: x.slice(points) };
}

/**
 * Residuals r = W (pi(k, q) - z) of one observation after the other, q = R'(P - t) the point in the camera's frame, and their derivatives, in fp64; points may be anchored. With X Exp(xi),
 * xi = [v; w]: dq = -v + q x w, so dq/dxi = [-I, [q]x]; and dq/dP = R'.
 */
export class Observer {
  readonly rows: number;
  readonly lens: number;
  /** Of the observation that `observe` was given last. */
  readonly residual: Float64Array;
  /** rows x 6, of the pose. */
  readonly byPose: Float64Array;
  /** rows x 6, of the pose that the point is anchored in, where that is another one. */
  readonly byAnchor: Float64Array;
  /** rows x lens. */
  readonly byIntrinsics: Float64Array;
  /** rows x 3, of the point in the world, or of u, v and rho of an anchored one. */
  readonly byPoint: Float64Array;
  readonly #bundle: Bundle;
  readonly #model: CameraModel;
  readonly #projection: Projection;
  readonly #roots: Float64Array | undefined;
  /** R of each camera, at the point that was moved to last. */
  readonly rotations: Float64Array;
  /** k of each lens. */
  readonly #lenses: readonly Float64Array[];
  readonly #q = new Float64Array(3);
  readonly #anchors: Anchors | undefined;
  /** Of an anchored point: R_c'R_a, (u, v, s) in the anchor's frame, and R_c'(t_a - t_c). */
  readonly #turn = new Float64Array(9);
  readonly #ray = new Float64Array(3);
  readonly #between = new Float64Array(3);
  readonly #row: Float64Array;
  readonly #matrix = new Float64Array(16);
  #x: Float64Array = new Float64Array(0);

  /** @param scratch what is as large as the bundle is taken from. Default new arrays. */
  constructor(bundle: Bundle, anchors?: Anchors, scratch: Scratch = newArrays) {
    this.#anchors = anchors;
    const { model, information } = bundle;
    const rows = model.measurement.length;
    const lens = model.intrinsics.length;
    this.rows = rows;
    this.lens = lens;
    this.residual = new Float64Array(rows);
    this.byPose = new Float64Array(6 * rows);
    this.byAnchor = new Float64Array(6 * rows);
    this.byPoint = new Float64Array(3 * rows);
    this.byIntrinsics = new Float64Array(lens * rows);
    this.#bundle = bundle;
    this.#model = model;
    this.#projection = newProjection(model);
    this.#roots = information && squareRoots(information, rows, scratch);
    this.rotations = scratch.numbers(9 * cameraCount(bundle));
    this.#lenses = Array.from({ length: lensCount(bundle) }, () => new Float64Array(lens));
    this.#row = new Float64Array(rows);
  }

  /** Takes the point at which observations are evaluated from now on; not copied. */
  moveTo(x: Float64Array): void {
    this.#x = x;
    const { poses } = this.#bundle;
    for (let c = 0; c < cameraCount(this.#bundle); c++) {
      se3.toMatrix(x, POSE_SIZE * c, this.#matrix, 0);
      for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) this.rotations[9 * c + 3 * a + b] = this.#matrix[4 * a + b];
    }
    for (const [set, k] of this.#lenses.entries()) k.set(x.subarray(poses.length + set * this.lens, poses.length + (set + 1) * this.lens));
  }

  /** Evaluates observation i. @returns whether the camera sees the point. */
  observe(i: number, derivatives: boolean): boolean {
    const { camera, point, intrinsicsOf, poses, intrinsics, measurements } = this.#bundle;
    const c = camera[i];
    const at = poses.length + intrinsics.length + 3 * point[i];
    const x = this.#x;
    const anchor = this.#anchors?.camera[point[i]] ?? -1;
    if (anchor >= 0) return this.#observeAnchored(i, anchor, at, derivatives);
    const R = this.rotations;
    const q = this.#q;
    const dx = x[at] - x[POSE_SIZE * c];
    const dy = x[at + 1] - x[POSE_SIZE * c + 1];
    const dz = x[at + 2] - x[POSE_SIZE * c + 2];
    for (let a = 0; a < 3; a++) q[a] = R[9 * c + a] * dx + R[9 * c + 3 + a] * dy + R[9 * c + 6 + a] * dz;
    const seen = this.#model.project(this.#lenses[intrinsicsOf[c]], q, this.#projection, derivatives);
    const { value } = this.#projection;
    for (let r = 0; r < this.rows; r++) this.residual[r] = value[r] - measurements[i * this.rows + r];
    if (derivatives) this.#differentiate(9 * c);
    if (this.#roots !== undefined) this.#whiten(this.#roots, i, derivatives);
    return seen;
  }

  /**
   * As `observe`, of q rho = R_c'(R_a (u, v, s) + rho (t_a - t_c)), which is seen where q is and measured as it: dq rho = -rho v_c + (q rho) x w_c, R_c'R_a (rho v_a + w_a x
   * (u, v, s)) of the anchor's step.
   */
  #observeAnchored(i: number, anchor: number, at: number, derivatives: boolean): boolean {
    const { camera, point, intrinsicsOf, measurements } = this.#bundle;
    const c = camera[i];
    const x = this.#x;
    const R = this.rotations;
    const q = this.#q;
    const ray = this.#ray;
    const turn = this.#turn;
    const rho = x[at + 2];
    ray[0] = x[at];
    ray[1] = x[at + 1];
    ray[2] = this.#anchors!.side[point[i]];
    const isOwn = anchor === c;
    const dx = x[POSE_SIZE * anchor] - x[POSE_SIZE * c];
    const dy = x[POSE_SIZE * anchor + 1] - x[POSE_SIZE * c + 1];
    const dz = x[POSE_SIZE * anchor + 2] - x[POSE_SIZE * c + 2];
    for (let a = 0; a < 3; a++) {
      const [r0, r1, r2] = [R[9 * c + a], R[9 * c + 3 + a], R[9 * c + 6 + a]];
      for (let b = 0; b < 3; b++) {
        const entry = r0 * R[9 * anchor + b] + r1 * R[9 * anchor + 3 + b] + r2 * R[9 * anchor + 6 + b];
        // Exactly, in its own anchor.
        turn[3 * a + b] = isOwn ? Number(a === b) : entry;
      }
      this.#between[a] = r0 * dx + r1 * dy + r2 * dz;
      q[a] = turn[3 * a] * ray[0] + turn[3 * a + 1] * ray[1] + turn[3 * a + 2] * ray[2] + rho * this.#between[a];
    }
    const seen = this.#model.project(this.#lenses[intrinsicsOf[c]], q, this.#projection, derivatives);
    const { value } = this.#projection;
    for (let r = 0; r < this.rows; r++) this.residual[r] = value[r] - measurements[i * this.rows + r];
    if (derivatives) this.#differentiateAnchored(rho, isOwn);
    if (this.#roots !== undefined) this.#whiten(this.#roots, i, derivatives);
    return seen && rho >= 0;
  }

  #differentiateAnchored(rho: number, isOwn: boolean): void {
    const { byPoint: D, byIntrinsics } = this.#projection;
    const turn = this.#turn;
    const ray = this.#ray;
    const q = this.#q;
    for (let r = 0; r < this.rows; r++) {
      const d = [D[3 * r], D[3 * r + 1], D[3 * r + 2]];
      const g = [0, 1, 2].map((b) => d[0] * turn[b] + d[1] * turn[3 + b] + d[2] * turn[6 + b]);
      this.byPoint[3 * r] = g[0];
      this.byPoint[3 * r + 1] = g[1];
      this.byPoint[3 * r + 2] = d[0] * this.#between[0] + d[1] * this.#between[1] + d[2] * this.#between[2];
      for (let a = 0; a < 3; a++) {
        const [k, l] = [(a + 1) % 3, (a + 2) % 3];
        this.byPose[6 * r + a] = isOwn ? 0 : -rho * d[a];
        this.byPose[6 * r + 3 + a] = isOwn ? 0 : d[k] * q[l] - d[l] * q[k];
        this.byAnchor[6 * r + a] = rho * g[a];
        this.byAnchor[6 * r + 3 + a] = g[l] * ray[k] - g[k] * ray[l];
      }
    }
    for (let k = 0; k < byIntrinsics.length; k++) this.byIntrinsics[k] = byIntrinsics[k];
  }

  #differentiate(rotation: number): void {
    const { byPoint, byIntrinsics } = this.#projection;
    const R = this.rotations;
    const pose = this.byPose;
    const point = this.byPoint;
    const q0 = this.#q[0];
    const q1 = this.#q[1];
    const q2 = this.#q[2];
    for (let r = 0; r < this.rows; r++) {
      const x = byPoint[3 * r];
      const y = byPoint[3 * r + 1];
      const z = byPoint[3 * r + 2];
      const at = 6 * r;
      pose[at] = -x;
      pose[at + 1] = -y;
      pose[at + 2] = -z;
      // [x y z] [q]x
      pose[at + 3] = y * q2 - z * q1;
      pose[at + 4] = z * q0 - x * q2;
      pose[at + 5] = x * q1 - y * q0;
      for (let b = 0; b < 3; b++) point[3 * r + b] = x * R[rotation + 3 * b] + y * R[rotation + 3 * b + 1] + z * R[rotation + 3 * b + 2];
    }
    // A typed array's `set` costs more than these few.
    for (let k = 0; k < byIntrinsics.length; k++) this.byIntrinsics[k] = byIntrinsics[k];
  }

  #whiten(roots: Float64Array, i: number, derivatives: boolean): void {
    this.#multiply(roots, i, this.residual, 1);
    if (!derivatives) return;
    this.#multiply(roots, i, this.byPose, 6);
    if (this.#anchors !== undefined) this.#multiply(roots, i, this.byAnchor, 6);
    this.#multiply(roots, i, this.byPoint, 3);
    this.#multiply(roots, i, this.byIntrinsics, this.lens);
  }

  /** A <- W A, rows x columns. */
  #multiply(roots: Float64Array, i: number, A: Float64Array, columns: number): void {
    const rows = this.rows;
    const at = i * rows * rows;
    for (let j = 0; j < columns; j++) {
      for (let r = 0; r < rows; r++) {
        let sum = 0;
        for (let k = r; k < rows; k++) sum += roots[at + r * rows + k] * A[k * columns + j];
        this.#row[r] = sum;
      }
      for (let r = 0; r < rows; r++) A[r * columns + j] = this.#row[r];
    }
  }

  get observations(): number {
    return this.#bundle.camera.length;
  }

  get points(): number {
    return pointCount(this.#bundle);
  }
}
