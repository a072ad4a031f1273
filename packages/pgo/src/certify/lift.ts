import { nearestRotation, se2, se3, so2, so3, symmetricEigen } from "@slam/lie";
import { type PoseGraph, poseSize } from "../graph.ts";

/** The graph's estimates as a point of rank d, moved so that the first position is 0. */
export function liftPoses(graph: PoseGraph): Float64Array {
  const { dimension: d, ids, poses } = graph;
  const size = poseSize(graph);
  const X = new Float64Array((d + 1) * ids.length * d);
  const R = new Float64Array(d * d);
  for (let k = 0; k < ids.length; k++) {
    if (d === 2) so2.toMatrix(poses, k * size + 2, R, 0);
    else so3.toMatrix(poses, k * size + 3, R, 0);
    const at = k * (d + 1) * d;
    for (let l = 0; l < d; l++) for (let a = 0; a < d; a++) X[at + l * d + a] = R[a * d + l];
    for (let a = 0; a < d; a++) X[at + d * d + a] = poses[k * size + a] - poses[a];
  }
  return X;
}

/** X with more columns, of zeros: the same point at a higher rank. */
export function widenPoint(X: Float64Array, r: number, wider: number): Float64Array {
  const out = new Float64Array((X.length / r) * wider);
  for (let at = 0, into = 0; at < X.length; at += r, into += wider) out.set(X.subarray(at, at + r), into);
  return out;
}

/**
 * The point of rank d nearest to X: its rows are turned into the d directions in which those of the rotations are longest, mirrored where most of them would
 * be reflections, and replaced by rotations.
 *
 * @see Rosen et al., SE-Sync, algorithm 2.
 */
export function roundToPoses(d: 2 | 3, r: number, X: Float64Array): Float64Array {
  const n = X.length / ((d + 1) * r);
  const V = mainDirections(d, r, X);
  const out = new Float64Array((d + 1) * n * d);
  for (let row = 0; row < (d + 1) * n; row++) {
    for (let c = 0; c < d; c++) {
      let sum = 0;
      for (let a = 0; a < r; a++) sum += X[row * r + a] * V[c * r + a];
      out[row * d + c] = sum;
    }
  }
  const width = (d + 1) * d;
  let reflections = 0;
  for (let at = 0; at < out.length; at += width) if (determinant(d, out, at) < 0) reflections++;
  if (2 * reflections > n) for (let k = 0; k < out.length; k += d) out[k] = -out[k];
  for (let at = 0; at < out.length; at += width) makeRotation(d, out, at);
  return out;
}

/** d x r: eigenvectors of the largest eigenvalues of the sum of y y' over the rows y of rotations. */
function mainDirections(d: number, r: number, X: Float64Array): Float64Array {
  const sum = new Float64Array(r * r);
  for (let at = 0, row = 0; at < X.length; at += r, row = row === d ? 0 : row + 1) {
    if (row < d) for (let a = 0; a < r; a++) for (let b = 0; b < r; b++) sum[a * r + b] += X[at + a] * X[at + b];
  }
  const { vectors } = symmetricEigen(r, sum);
  return Float64Array.from({ length: d * r }, (_, k) => vectors[(k % r) * r + (r - 1 - Math.floor(k / r))]);
}

function determinant(d: number, M: Float64Array, at: number): number {
  const [a, b, c, e, f, g, h, i, j] = M.subarray(at, at + d * d);
  return d === 2 ? a * e - b * c : a * (f * j - g * i) - b * (e * j - g * h) + c * (e * i - f * h);
}

const quaternion = new Float64Array(4);

/** The d x d block at `at` <- the rotation nearest to it. */
function makeRotation(d: 2 | 3, M: Float64Array, at: number): void {
  if (d === 3) {
    nearestRotation(M, at, quaternion, 0);
    so3.toMatrix(quaternion, 0, M, at);
    return;
  }
  const c = M[at] + M[at + 3];
  const s = M[at + 2] - M[at + 1];
  const length = Math.sqrt(c * c + s * s);
  // Where every rotation is as near, none.
  const [cos, sin] = length > 0 ? [c / length, s / length] : [1, 0];
  M.set([cos, -sin, sin, cos], at);
}

/** The poses of X at rank d, moved as a whole so that the pose `anchor` is where the graph has it. */
export function posesOf(graph: PoseGraph, X: Float64Array, anchor: number): Float64Array {
  const { dimension: d, ids, poses } = graph;
  const group = d === 2 ? se2 : se3;
  const { size } = group;
  const out = new Float64Array(poses.length);
  const T = new Float64Array((d + 1) ** 2);
  T[T.length - 1] = 1;
  for (let k = 0; k < ids.length; k++) {
    const at = k * (d + 1) * d;
    for (let a = 0; a < d; a++) {
      for (let l = 0; l < d; l++) T[a * (d + 1) + l] = X[at + l * d + a];
      T[a * (d + 1) + d] = X[at + d * d + a];
    }
    group.fromMatrix(T, 0, out, k * size);
  }
  const motion = new Float64Array(size);
  const inverse = new Float64Array(size);
  group.inverse(out, anchor * size, inverse, 0);
  group.compose(poses, anchor * size, inverse, 0, motion, 0);
  for (let k = 0; k < ids.length; k++) group.compose(motion, 0, out, k * size, out, k * size);
  out.set(poses.subarray(anchor * size, (anchor + 1) * size), anchor * size);
  return out;
}
