import { newProjection } from "@slam/camera";
import { log } from "@slam/float";
import { se3 } from "@slam/lie";
import type { UnitCamera } from "./camera.ts";

const N = 6;
const ITERATIONS = 10;
/** Radians and metres: a step this short moves no measurement by a hundredth of its noise, kilometres away aside. */
const SHORT = 1e-6;

/** What a pose sees: positions in the world, 3 numbers each, and what was measured of them. */
export interface Sighting {
  readonly points: ArrayLike<number>;
  readonly measurements: ArrayLike<number>;
}

/**
 * The pose from which known points are seen where they were measured: the least sum of C^2 log(1 + |z - pi(X^-1 P)|^2 / C^2), by Gauss-Newton with the weights of the Cauchy loss, damped while
 * steps fail. Points that the guess does not see take no part.
 *
 * @param guess not changed.
 * @returns the pose, no worse than the guess.
 */
export function resect(camera: UnitCamera, { points, measurements }: Sighting, guess: Float64Array, C: number): Float64Array {
  const { model, intrinsics, rows } = camera;
  const projection = newProjection(model);
  const count = points.length / 3;
  const P = Float64Array.from(points);
  const inverse = new Float64Array(7);
  const q = new Float64Array(3);
  const line = new Float64Array(N);

  /** The cost at X; H and g too, where they are given. Infinite where fewer points are seen than were by the guess. */
  function evaluate(X: Float64Array, H?: Float64Array, g?: Float64Array): { readonly cost: number; readonly seen: number } {
    se3.inverse(X, 0, inverse, 0);
    let cost = 0;
    let seen = 0;
    H?.fill(0);
    g?.fill(0);
    for (let i = 0; i < count; i++) {
      se3.act(inverse, 0, P, 3 * i, q, 0);
      if (!model.project(intrinsics, q, projection, H !== undefined)) continue;
      seen++;
      let square = 0;
      for (let r = 0; r < rows; r++) square += (projection.value[r] - measurements[i * rows + r]) ** 2;
      cost += log(1 + square / (C * C));
      if (H !== undefined && g !== undefined) addRows(i, 1 / (1 + square / (C * C)), H, g);
    }
    return { cost, seen };
  }

  /** H += w J'J, g += w J'r with J = dpi/dq [-I, [q]x]. */
  function addRows(i: number, w: number, H: Float64Array, g: Float64Array): void {
    const { value, byPoint } = projection;
    for (let r = 0; r < rows; r++) {
      const [x, y, z] = [byPoint[3 * r], byPoint[3 * r + 1], byPoint[3 * r + 2]];
      line[0] = -x;
      line[1] = -y;
      line[2] = -z;
      line[3] = y * q[2] - z * q[1];
      line[4] = z * q[0] - x * q[2];
      line[5] = x * q[1] - y * q[0];
      const error = value[r] - measurements[i * rows + r];
      for (let a = 0; a < N; a++) {
        g[a] += w * line[a] * error;
        for (let b = 0; b <= a; b++) H[a * N + b] += w * line[a] * line[b];
      }
    }
  }

  let pose = guess.slice();
  const H = new Float64Array(N * N);
  const g = new Float64Array(N);
  const moved = new Float64Array(7);
  let damping = 1e-6;
  let now = evaluate(pose, H, g);
  for (let k = 0; k < ITERATIONS; k++) {
    const step = solveDamped(H, g, damping);
    if (step === undefined) break;
    se3.retract(pose, 0, step, 0, moved, 0);
    const then = evaluate(moved);
    if (then.seen < now.seen || !(then.cost <= now.cost)) {
      damping *= 100;
      continue;
    }
    pose = moved.slice();
    damping /= 10;
    if (Math.max(...step.map(Math.abs)) < SHORT) break;
    now = evaluate(pose, H, g);
  }
  se3.normalize(pose, 0, pose, 0);
  return pose;
}

/** -(H + damping diag H)^-1 g by Cholesky; undefined where H is singular, as it is of fewer than three points. */
function solveDamped(H: Float64Array, g: Float64Array, damping: number): Float64Array | undefined {
  const L = H.slice();
  const x = new Float64Array(N);
  for (let i = 0; i < N; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = j === i ? L[i * N + i] * (1 + damping) : L[i * N + j];
      for (let k = 0; k < j; k++) sum -= L[i * N + k] * L[j * N + k];
      if (j === i && !(sum > 1e-12 * H[i * N + i])) return undefined;
      L[i * N + j] = j === i ? Math.sqrt(sum) : sum / L[j * N + j];
    }
    let sum = -g[i];
    for (let k = 0; k < i; k++) sum -= L[i * N + k] * x[k];
    x[i] = sum / L[i * N + i];
  }
  for (let i = N - 1; i >= 0; i--) {
    for (let k = i + 1; k < N; k++) x[i] -= L[k * N + i] * x[k];
    x[i] /= L[i * N + i];
  }
  return x;
}
