import { type AnyPrecision, fp64, type Storage, tolerance } from "@slam/float";
import { addSeconds, type LinearReport, type LinearSolver } from "@slam/linop";
import { type Counters, newCounters } from "@slam/nlls";
import { type BsrMatrix, type BsrPattern, transposePattern } from "@slam/sparse";
import type { BundleJacobian } from "../jacobian.ts";
import { POSE_DOF } from "../unknowns.ts";
import { factorizeDense, solveLower, solveLowerTransposed } from "./dense-cholesky.ts";
import { countDenseFactor, countDenseTriangular, type DenseSchurCosts, denseSchurCosts } from "./dense-schur-count.ts";

const POINT = 3;
/** Entries of a block of poses x points. */
const W = POSE_DOF * POINT;
/** A pivot that is no more than this of what it was before anything was eliminated is none. */
const ROUNDING = tolerance(fp64, 100);

/**
 * Solves (J'J + D) dx = -g directly for J = [poses, points]: points are eliminated, the reduced camera system U - W V^-1 W' is assembled in a dense triangle and
 * factorised within its envelope, all in fp64. Rows with a point have at most one pose; rows without may have any number.
 *
 * For windows: with n <= 50 poses the system has at most 300 rows, whose factor costs less than the assembly does. Of J's values it takes what they are; a Jacobian
 * narrower than fp64 is widened.
 */
export class DenseSchur implements LinearSolver<BundleJacobian> {
  readonly name = "schur-dense";
  readonly preconditionerLabel = "none";
  readonly #constantFrom: number;
  #rows = 0;
  #poses = 0;
  #points = 0;
  #pose: BsrPattern | undefined;
  /** The pose of each block row with a point; -1 where there is none. */
  #poseOf: Int32Array = new Int32Array(0);
  /** Rows of each point, and where its block is in the values. */
  #pointRows: BsrPattern | undefined;
  #pointBlocks: Int32Array = new Int32Array(0);
  /** L of each point, 3 x 3; Y = W L'^-1 of each row that has a pose and a point. */
  #pointFactors = new Float64Array(0);
  #Y = new Float64Array(0);
  #S = new Float64Array(0);
  #first: Int32Array = new Int32Array(0);
  /** What the constant rows add to S. */
  #constant: Float64Array | undefined;
  #cameraPart = new Float64Array(0);
  #pointPart = new Float64Array(0);
  #least = new Float64Array(0);
  #factorizations = 0;
  readonly #counters: Counters;
  #costs: DenseSchurCosts | undefined;

  /** @param constantFrom the block row from which on every J has the same rows, so that their product is made once. Default none. */
  constructor(constantFrom: number = Number.POSITIVE_INFINITY, counters: Counters = newCounters()) {
    this.#constantFrom = constantFrom;
    this.#counters = counters;
  }

  get factorizations(): number {
    return this.#factorizations;
  }

  /** Scalars stored in the factors of the reduced system, within its envelope, and of points. */
  get factorNonzeros(): number {
    return this.#first.reduce((sum, first, row) => sum + row + 1 - first, 6 * this.#points);
  }

  analyze(J: BundleJacobian): void {
    const [pose, point] = J.parts.map((part) => part.pattern);
    const transposed = transposePattern(point);
    this.#rows = pose.r;
    this.#poses = pose.blockCols;
    this.#points = point.blockCols;
    this.#pose = pose;
    this.#poseOf = Int32Array.from({ length: pose.blockRows }, (_, i) =>
      pose.rowPtr[i + 1] > pose.rowPtr[i] ? pose.colIdx[pose.rowPtr[i]] : -1,
    );
    this.#pointRows = transposed.pattern;
    this.#pointBlocks = transposed.source;
    this.#pointFactors = new Float64Array(POINT * POINT * this.#points);
    this.#Y = new Float64Array(W * pose.blockRows);
    const n = POSE_DOF * this.#poses;
    this.#S = new Float64Array(n * n);
    this.#first = this.#envelope();
    this.#costs = denseSchurCosts(pose, this.#constantFrom, this.#poseOf, this.#pointRows, this.#first);
    this.#least = new Float64Array(n);
    this.#cameraPart = new Float64Array(n);
    this.#pointPart = new Float64Array(POINT * this.#points);
  }

  /** The first column of each row of S: that of the first pose that shares a point, or a row of J, with its own. */
  #envelope(): Int32Array {
    const { rowPtr, colIdx, blockRows } = this.#pose!;
    const points = this.#pointRows!;
    const first = Int32Array.from({ length: this.#poses }, (_, c) => c);
    for (let i = 0; i < blockRows; i++) {
      for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) first[colIdx[k]] = Math.min(first[colIdx[k]], colIdx[rowPtr[i]]);
    }
    for (let p = 0; p < this.#points; p++) {
      const poses = points.colIdx
        .subarray(points.rowPtr[p], points.rowPtr[p + 1])
        .map((i) => this.#poseOf[i])
        .filter((c) => c >= 0);
      const least = poses.reduce((a, b) => Math.min(a, b), this.#poses);
      for (const c of poses) first[c] = Math.min(first[c], least);
    }
    return Int32Array.from({ length: POSE_DOF * this.#poses }, (_, i) => POSE_DOF * first[Math.floor(i / POSE_DOF)]);
  }

  factor(J: BundleJacobian, d: Float64Array | undefined): LinearReport | undefined {
    this.#factorizations++;
    countDenseFactor(this.#counters.work, this.#costs!, J, this.#constant === undefined);
    const [pose, point] = J.parts.map(wide);
    const n = POSE_DOF * this.#poses;
    const S = this.#S;
    const constantFrom = Math.min(this.#constantFrom, this.#pose!.blockRows);
    this.#constant ??= this.#productOfConstantRows(pose, constantFrom);
    S.set(this.#constant);
    this.#addRows(pose, S, 0, constantFrom);
    if (d !== undefined) for (let j = 0; j < n; j++) S[j * n + j] += d[j];
    // What points take away may leave of a pose that nothing ties to another but rounding.
    for (let j = 0; j < n; j++) this.#least[j] = ROUNDING * S[j * n + j];
    for (let p = 0; p < this.#points; p++) {
      const row = this.#factorPoint(point, p, d);
      if (row >= 0) return breakdown(`the block of point column ${p} has no pivot beyond rounding in row ${row}`);
      this.#eliminatePoint(pose, point, p);
    }
    const row = factorizeDense(S, n, this.#first, this.#least);
    return row < 0 ? undefined : breakdown(`the reduced camera system has no pivot beyond rounding in row ${row} of ${n}`);
  }

  #productOfConstantRows(pose: Float64Array, from: number): Float64Array {
    const product = new Float64Array(this.#S.length);
    this.#addRows(pose, product, from, this.#pose!.blockRows);
    return product;
  }

  /** The lower triangle of S += J'J of block rows of the poses' part. */
  #addRows(values: Float64Array, S: Float64Array, from: number, to: number): void {
    const { rowPtr, colIdx } = this.#pose!;
    const rows = this.#rows;
    const n = POSE_DOF * this.#poses;
    for (let i = from; i < to; i++) {
      for (let a = rowPtr[i]; a < rowPtr[i + 1]; a++) {
        for (let b = rowPtr[i]; b <= a; b++) {
          const left = a * rows * POSE_DOF;
          const right = b * rows * POSE_DOF;
          for (let s = 0; s < POSE_DOF; s++) {
            const into = (colIdx[a] * POSE_DOF + s) * n + colIdx[b] * POSE_DOF;
            const end = a === b ? s : POSE_DOF - 1;
            for (let t = 0; t <= end; t++) {
              let sum = 0;
              for (let k = 0; k < rows; k++) sum += values[left + k * POSE_DOF + s] * values[right + k * POSE_DOF + t];
              S[into + t] += sum;
            }
          }
        }
      }
    }
  }

  /** L L' of a point's block of J'J + D. @returns -1, or the row without a pivot. */
  #factorPoint(values: Float64Array, p: number, d: Float64Array | undefined): number {
    const { rowPtr } = this.#pointRows!;
    const L = this.#pointFactors.subarray(p * POINT * POINT, (p + 1) * POINT * POINT);
    const height = this.#rows;
    L.fill(0);
    for (let k = rowPtr[p]; k < rowPtr[p + 1]; k++) {
      const block = this.#pointBlocks[k] * height * POINT;
      for (let r = block; r < block + height * POINT; r += POINT) {
        for (let s = 0; s < POINT; s++) for (let t = 0; t <= s; t++) L[s * POINT + t] += values[r + s] * values[r + t];
      }
    }
    if (d !== undefined) for (let s = 0; s < POINT; s++) L[s * POINT + s] += d[POSE_DOF * this.#poses + POINT * p + s];
    for (let s = 0; s < POINT; s++) leastOfPoint[s] = ROUNDING * L[s * POINT + s];
    return factorizeDense(L, POINT, fromZero, leastOfPoint);
  }

  /** S -= W V^-1 W' = Y Y' for one point. */
  #eliminatePoint(pose: Float64Array, point: Float64Array, p: number): void {
    const { rowPtr, colIdx: rowsOf } = this.#pointRows!;
    const columnOf = this.#poseOf;
    for (let k = rowPtr[p]; k < rowPtr[p + 1]; k++) {
      const i = rowsOf[k];
      if (columnOf[i] < 0) continue;
      this.#writeY(pose, point, p, k);
      for (let l = rowPtr[p]; l <= k; l++) {
        const j = rowsOf[l];
        if (columnOf[j] < 0) continue;
        if (columnOf[i] >= columnOf[j]) this.#subtractProduct(i, j);
        else this.#subtractProduct(j, i);
      }
    }
  }

  /** The block of S of the poses of rows i and j, in this order by columns, -= Y_i Y_j'. */
  #subtractProduct(i: number, j: number): void {
    const Y = this.#Y;
    const S = this.#S;
    const n = POSE_DOF * this.#poses;
    let into = this.#poseOf[i] * POSE_DOF * n + this.#poseOf[j] * POSE_DOF;
    for (let left = W * i; left < W * (i + 1); left += POINT, into += n) {
      const y0 = Y[left];
      const y1 = Y[left + 1];
      const y2 = Y[left + 2];
      for (let t = 0, right = W * j; t < POSE_DOF; t++, right += POINT) {
        S[into + t] -= y0 * Y[right] + y1 * Y[right + 1] + y2 * Y[right + 2];
      }
    }
  }

  /** Y = Jc'Jp L'^-1 of the k-th of the points' rows. */
  #writeY(pose: Float64Array, point: Float64Array, p: number, k: number): void {
    const i = this.#pointRows!.colIdx[k];
    const L = p * POINT * POINT;
    const F = this.#pointFactors;
    const cameraBlock = this.#pose!.rowPtr[i] * this.#rows * POSE_DOF;
    const pointBlock = this.#pointBlocks[k] * this.#rows * POINT;
    for (let s = 0; s < POSE_DOF; s++) {
      const at = W * i + POINT * s;
      for (let t = 0; t < POINT; t++) {
        let sum = 0;
        for (let r = 0; r < this.#rows; r++) sum += pose[cameraBlock + r * POSE_DOF + s] * point[pointBlock + r * POINT + t];
        for (let u = 0; u < t; u++) sum -= this.#Y[at + u] * F[L + t * POINT + u];
        this.#Y[at + t] = sum / F[L + t * POINT + t];
      }
    }
  }

  solve(g: Float64Array, dx: Float64Array): LinearReport {
    const began = performance.now();
    const n = POSE_DOF * this.#poses;
    const [camera, point] = [this.#cameraPart, this.#pointPart];
    this.#forward(g);
    solveLowerTransposed(this.#S, n, this.#first, camera);
    this.#eachY((i, c, p) => {
      for (let t = 0; t < POINT; t++) {
        let sum = 0;
        for (let s = 0; s < POSE_DOF; s++) sum += this.#Y[W * i + POINT * s + t] * camera[c * POSE_DOF + s];
        point[p * POINT + t] -= sum;
      }
    });
    for (let p = 0; p < this.#points; p++) {
      const x = point.subarray(p * POINT, (p + 1) * POINT);
      solveLowerTransposed(this.#pointFactors.subarray(p * POINT * POINT, (p + 1) * POINT * POINT), POINT, fromZero, x);
    }
    countDenseTriangular(this.#counters.work, this.#costs!, 2);
    addSeconds(this.#counters.seconds, "precondition", began);
    for (let j = 0; j < n; j++) dx[j] = -camera[j];
    for (let j = 0; j < point.length; j++) dx[n + j] = -point[j];
    if (!dx.every(Number.isFinite)) {
      dx.fill(0);
      return { termination: "non-finite", message: "schur-dense: the step is not finite", iterations: 0, relativeResidual: Number.NaN };
    }
    return { termination: "tolerance-met", message: "schur-dense: solved directly", iterations: 0, relativeResidual: 0 };
  }

  norm(v: Float64Array): number {
    this.#forward(v);
    countDenseTriangular(this.#counters.work, this.#costs!, 1);
    return Math.sqrt(sumOfSquares(this.#cameraPart) + sumOfSquares(this.#pointPart));
  }

  /** [camera; point] <- the inverse of the whole lower factor times v. */
  #forward(v: Float64Array): void {
    const n = POSE_DOF * this.#poses;
    const [camera, point] = [this.#cameraPart, this.#pointPart];
    camera.set(v.subarray(0, n));
    point.set(v.subarray(n));
    for (let p = 0; p < this.#points; p++) {
      const x = point.subarray(p * POINT, (p + 1) * POINT);
      solveLower(this.#pointFactors.subarray(p * POINT * POINT, (p + 1) * POINT * POINT), POINT, fromZero, x);
    }
    this.#eachY((i, c, p) => {
      for (let s = 0; s < POSE_DOF; s++) {
        let sum = 0;
        for (let t = 0; t < POINT; t++) sum += this.#Y[W * i + POINT * s + t] * point[p * POINT + t];
        camera[c * POSE_DOF + s] -= sum;
      }
    });
    solveLower(this.#S, n, this.#first, camera);
  }

  /** For each row with a pose and a point: the row and their columns. */
  #eachY(visit: (row: number, pose: number, point: number) => void): void {
    const { rowPtr, colIdx: rowsOf } = this.#pointRows!;
    for (let p = 0; p < this.#points; p++) {
      for (let k = rowPtr[p]; k < rowPtr[p + 1]; k++) {
        const i = rowsOf[k];
        if (this.#poseOf[i] >= 0) visit(i, this.#poseOf[i], p);
      }
    }
  }
}

const fromZero = new Int32Array(POINT);
const leastOfPoint = new Float64Array(POINT);

/** The values in fp64; those of an fp64 matrix themselves. */
function wide({ format, values }: BsrMatrix<AnyPrecision>): Float64Array {
  if (format === fp64) return values as unknown as Float64Array;
  const stored = values as Storage;
  const wider = new Float64Array(stored.length);
  for (let i = 0; i < wider.length; i++) wider[i] = format.load(stored, i);
  return wider;
}

function breakdown(what: string): LinearReport {
  return { termination: "breakdown", message: `schur-dense: ${what}`, iterations: 0, relativeResidual: Number.NaN };
}

function sumOfSquares(x: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += x[j] * x[j];
  return sum;
}
