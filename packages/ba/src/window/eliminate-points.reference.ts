import { fp64, tolerance } from "@slam/float";
import { newArrays, type Scratch } from "@slam/linop";
import type { BsrPattern } from "@slam/sparse";
import { addPointProducts } from "../point-products.reference.ts";
import { POSE_DOF } from "../unknowns.ts";

export const POINT = 3;
/** Entries of a block of poses x points. */
export const Y_SIZE: number = POSE_DOF * POINT;
/** Of L of a point: the lower triangle by rows. */
export const FACTOR_SIZE = 6;
/** A pivot that is no more than this of what it was before anything was eliminated is none. */
export const ROUNDING: number = tolerance(fp64, 100);

/** Which rows of J = [poses, points] see which point; a row with a point has at most one pose. */
export interface PointStructure {
  /** Rows of J in a block row. */
  readonly r: number;
  readonly poses: number;
  readonly points: number;
  /** The block rows of each point: rows[ptr[p]] ... */
  readonly ptr: Int32Array;
  readonly rows: Int32Array;
  /** The block of each of those, in the order of `rows`, in the points' part of J. */
  readonly pointBlock: Int32Array;
  /** Of each block row with one pose: its block in the poses' part of J, and that one's block column; -1 of others. */
  readonly poseBlock: Int32Array;
  readonly poseOf: Int32Array;
}

/** What elimination reads and writes. */
export interface PointMemory {
  /** J's values, blocks row-major. */
  readonly pose: Float64Array | Float32Array;
  readonly point: Float64Array | Float32Array;
  /** D of points, 3 each. */
  readonly damping: Float64Array;
  /** n x n by rows, n = 6 poses: the lower triangle, and what of the upper lies in blocks on the diagonal. */
  readonly S: Float64Array;
  /** L of each point. */
  readonly factors: Float64Array;
  /** W L'^-1 of each block row, 3 rows of 6. */
  readonly Y: Float64Array;
}

/**
 * @param transposed of the points' part, as `transposePattern` has it.
 * @param scratch what its arrays are taken from. Default new ones.
 */
export function pointStructure(
  pose: BsrPattern,
  { pattern, source }: { readonly pattern: BsrPattern; readonly source: Int32Array },
  scratch: Scratch = newArrays,
): PointStructure {
  const { rowPtr, colIdx, blockRows, blockCols, r } = pose;
  const poseBlock = scratch.integers(blockRows).fill(-1);
  const poseOf = scratch.integers(blockRows).fill(-1);
  for (let i = 0; i < blockRows; i++) {
    const k = rowPtr[i];
    if (rowPtr[i + 1] !== k + 1) continue;
    poseBlock[i] = k;
    poseOf[i] = colIdx[k];
  }
  return {
    r,
    poses: blockCols,
    points: pattern.blockRows,
    ptr: pattern.rowPtr,
    rows: pattern.colIdx,
    pointBlock: source,
    poseBlock,
    poseOf,
  };
}

/** The blocks on the diagonal of S += Jc'Jc of block rows first ... end - 1. */
export function addPosesReference(
  { r, poses, poseBlock, poseOf }: PointStructure,
  { pose, S }: PointMemory,
  first: number,
  end: number,
): void {
  const n = POSE_DOF * poses;
  for (let i = first; i < end; i++) {
    if (poseBlock[i] < 0) continue;
    const block = poseBlock[i] * r * POSE_DOF;
    const into = poseOf[i] * POSE_DOF * (n + 1);
    for (let s = 0; s < POSE_DOF; s++) {
      for (let t = 0; t <= (s | 1); t++) {
        let sum = 0;
        for (let a = 0; a < r; a++) sum += pose[block + a * POSE_DOF + s] * pose[block + a * POSE_DOF + t];
        S[into + s * n + t] += sum;
      }
    }
  }
}

/**
 * S -= W V^-1 W' for points first ... end - 1, V = L L' = Jp'Jp + D: S -= Y Y' with Y = Jc'Jp L'^-1.
 *
 * @returns -1, or 3 p + i where row i of V of point p has no pivot beyond rounding; S is then unspecified.
 */
export function eliminatePointsReference(structure: PointStructure, memory: PointMemory, first: number, end: number): number {
  const { poses, ptr, rows, poseOf } = structure;
  const n = POSE_DOF * poses;
  for (let p = first; p < end; p++) {
    const bad = factorPoint(structure, memory, p);
    if (bad >= 0) return POINT * p + bad;
    for (let k = ptr[p]; k < ptr[p + 1]; k++) {
      const i = rows[k];
      if (poseOf[i] < 0) continue;
      writeY(structure, memory, p, k);
      for (let l = ptr[p]; l <= k; l++) {
        const j = rows[l];
        if (poseOf[j] < 0) continue;
        const [above, left] = poseOf[i] >= poseOf[j] ? [i, j] : [j, i];
        subtractProduct(memory, poseOf[above] * POSE_DOF * n + poseOf[left] * POSE_DOF, n, above, left);
      }
    }
  }
  return -1;
}

/** @returns -1, or the row without a pivot. */
function factorPoint({ r, ptr, pointBlock }: PointStructure, { point, damping, factors }: PointMemory, p: number): number {
  const V = new Float64Array(FACTOR_SIZE);
  addPointProducts(point, r, pointBlock, ptr[p], ptr[p + 1], V);
  const [, v10, , v20, v21] = V;
  const [v00, v11, v22] = [V[0] + damping[POINT * p], V[2] + damping[POINT * p + 1], V[5] + damping[POINT * p + 2]];
  const l00 = Math.sqrt(v00);
  const l10 = v10 / l00;
  const p1 = v11 - l10 * l10;
  const l11 = Math.sqrt(p1);
  const l20 = v20 / l00;
  const l21 = (v21 - l20 * l10) / l11;
  const p2 = v22 - l20 * l20 - l21 * l21;
  factors.set([l00, l10, l11, l20, l21, Math.sqrt(p2)], FACTOR_SIZE * p);
  if (!isPivot(v00, v00)) return 0;
  if (!isPivot(p1, v11)) return 1;
  return isPivot(p2, v22) ? -1 : 2;
}

function isPivot(pivot: number, diagonal: number): boolean {
  return pivot > ROUNDING * diagonal && pivot < Number.POSITIVE_INFINITY;
}

function writeY({ r, rows, pointBlock, poseBlock }: PointStructure, { pose, point, factors, Y }: PointMemory, p: number, k: number): void {
  const i = rows[k];
  const L = FACTOR_SIZE * p;
  for (let s = 0; s < POSE_DOF; s++) {
    const at = Y_SIZE * i + s;
    for (let t = 0; t < POINT; t++) {
      let sum = 0;
      for (let a = 0; a < r; a++) sum += pose[(poseBlock[i] * r + a) * POSE_DOF + s] * point[(pointBlock[k] * r + a) * POINT + t];
      const row = L + (t * (t + 1)) / 2;
      for (let u = 0; u < t; u++) sum -= Y[at + u * POSE_DOF] * factors[row + u];
      Y[at + t * POSE_DOF] = sum / factors[row + t];
    }
  }
}

/** The block of S at `into` -= Y_i Y_j'. */
function subtractProduct({ S, Y }: PointMemory, into: number, n: number, i: number, j: number): void {
  const [left, right] = [Y_SIZE * i, Y_SIZE * j];
  for (let s = 0; s < POSE_DOF; s++) {
    for (let t = 0; t < POSE_DOF; t++) {
      let sum = 0;
      for (let u = 0; u < POINT; u++) sum += Y[left + u * POSE_DOF + s] * Y[right + u * POSE_DOF + t];
      S[into + s * n + t] -= sum;
    }
  }
}

/** x_p <- L^-1 x_p of each point, and x_c <- x_c - Y x_p of its poses. */
export function forwardReference(
  { points, ptr, rows, poseOf }: PointStructure,
  { factors, Y }: PointMemory,
  camera: Float64Array,
  point: Float64Array,
): void {
  for (let p = 0; p < points; p++) {
    const L = FACTOR_SIZE * p;
    const at = POINT * p;
    point[at] /= factors[L];
    point[at + 1] = (point[at + 1] - factors[L + 1] * point[at]) / factors[L + 2];
    point[at + 2] = (point[at + 2] - factors[L + 3] * point[at] - factors[L + 4] * point[at + 1]) / factors[L + 5];
    for (let k = ptr[p]; k < ptr[p + 1]; k++) {
      const into = POSE_DOF * poseOf[rows[k]];
      if (into < 0) continue;
      for (let s = 0; s < POSE_DOF; s++) {
        let sum = 0;
        for (let t = 0; t < POINT; t++) sum += Y[Y_SIZE * rows[k] + t * POSE_DOF + s] * point[at + t];
        camera[into + s] -= sum;
      }
    }
  }
}

/** x_p <- L'^-1 (x_p - Y'x_c) of each point. */
export function backwardReference(
  { points, ptr, rows, poseOf }: PointStructure,
  { factors, Y }: PointMemory,
  camera: Float64Array,
  point: Float64Array,
): void {
  for (let p = 0; p < points; p++) {
    const L = FACTOR_SIZE * p;
    const at = POINT * p;
    for (let k = ptr[p]; k < ptr[p + 1]; k++) {
      const from = POSE_DOF * poseOf[rows[k]];
      if (from < 0) continue;
      for (let t = 0; t < POINT; t++) {
        let sum = 0;
        for (let s = 0; s < POSE_DOF; s++) sum += Y[Y_SIZE * rows[k] + t * POSE_DOF + s] * camera[from + s];
        point[at + t] -= sum;
      }
    }
    point[at + 2] /= factors[L + 5];
    point[at] -= factors[L + 3] * point[at + 2];
    point[at + 1] = (point[at + 1] - factors[L + 4] * point[at + 2]) / factors[L + 2];
    point[at] = (point[at] - factors[L + 1] * point[at + 1]) / factors[L];
  }
}
