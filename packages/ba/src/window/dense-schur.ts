import { type AnyPrecision, areFinite, type Storage } from "@slam/float";
import { addSeconds, type LinearReport, type LinearSolver, type Scratch } from "@slam/linop";
import { type Counters, newCounters } from "@slam/nlls";
import type { BsrMatrix, BsrPattern } from "@slam/sparse";
import { ArenaPool } from "@slam/wasm";
import type { BundleJacobian } from "../jacobian.ts";
import { jointBlockRows } from "../joint-tail.ts";
import { POSE_DOF } from "../unknowns.ts";
import { factorizeDense, solveLower, solveLowerTransposed } from "./dense-cholesky.ts";
import { countDenseFactor, countDenseReduced, countDenseTriangular, type DenseSchurCosts, denseSchurCosts } from "./dense-schur-count.ts";
import { FACTOR_SIZE, POINT, type PointStructure, ROUNDING } from "./eliminate-points.reference.ts";
import { newPointEliminator, type PointEliminator } from "./point-eliminator.ts";

export interface DenseSchurOptions {
  /** The block row from which on every J has the same rows, so that their product is made once. Default none. */
  readonly constantFrom?: number | undefined;
  readonly counters?: Counters;
  /** What the memory is taken from, which is used as long as the solver is. Default a new one. */
  readonly arenas?: ArenaPool;
}

/**
 * Solves (J'J + D) dx = -g directly for J = [poses, points]: points are eliminated, the reduced camera system U - W V^-1 W' is assembled in a dense triangle and
 * factorised within its envelope, all in fp64. Rows with a point have at most one pose; rows without may have any number, those with several last.
 *
 * For windows: with n <= 50 poses the system has at most 300 rows, whose factor costs less than the assembly does. Of J's values it takes what they are; a Jacobian
 * narrower than fp64 is widened.
 */
export class DenseSchur implements LinearSolver<BundleJacobian> {
  readonly name = "schur-dense";
  readonly preconditionerLabel = "none";
  readonly #constantFrom: number;
  readonly #counters: Counters;
  readonly #arenas: ArenaPool;
  #points: PointEliminator | undefined;
  #pose: BsrPattern | undefined;
  /** What block rows from here on make of S is summed apart, with any number of poses, and once where they are constant. */
  #restFrom = 0;
  #rest: Float64Array = new Float64Array(0);
  /** The blocks of one of those rows, in fp64. */
  #row: Float64Array = new Float64Array(0);
  #hasRest = false;
  #first: Int32Array = new Int32Array(0);
  #least: Float64Array = new Float64Array(0);
  #factorizations = 0;
  #costs: DenseSchurCosts | undefined;

  constructor({ constantFrom = Number.POSITIVE_INFINITY, counters = newCounters(), arenas = new ArenaPool() }: DenseSchurOptions = {}) {
    this.#constantFrom = constantFrom;
    this.#counters = counters;
    this.#arenas = arenas;
  }

  get factorizations(): number {
    return this.#factorizations;
  }

  /** Scalars stored in the factors of the reduced system, within its envelope, and of points. */
  get factorNonzeros(): number {
    const points = this.#points?.structure.points ?? 0;
    return this.#first.reduce((sum, first, row) => sum + row + 1 - first, FACTOR_SIZE * points);
  }

  analyze(J: BundleJacobian): void {
    const patterns = J.parts.map((part) => part.pattern);
    const [pose, point] = patterns;
    const n = POSE_DOF * pose.blockCols;
    const arenas = this.#arenas;
    this.#pose = pose;
    this.#points = newPointEliminator(pose, point, J.parts[0].format, arenas);
    this.#restFrom = Math.min(this.#constantFrom, jointBlockRows(patterns));
    this.#rest = arenas.numbers(n * n);
    this.#row = arenas.numbers(pose.r * POSE_DOF * mostBlocks(pose, this.#restFrom));
    this.#hasRest = false;
    this.#first = envelopeOf(pose, this.#points.structure, arenas);
    this.#costs = denseSchurCosts(pose, this.#restFrom, this.#points.structure, this.#first);
    this.#least = arenas.numbers(n);
  }

  factor(J: BundleJacobian, d: Float64Array | undefined): LinearReport | undefined {
    this.#factorizations++;
    const points = this.#points!;
    const { S, damping } = points;
    const n = this.#least.length;
    const [pose, point] = J.parts;
    countDenseFactor(this.#counters.work, this.#costs!, J, !this.#hasRest);
    points.load(pose, point);
    if (!this.#hasRest) this.#addRest(pose);
    S.set(this.#rest);
    points.addPoses(this.#restFrom);
    if (d === undefined) damping.fill(0);
    else {
      for (let j = 0; j < n; j++) S[j * n + j] += d[j];
      damping.set(d.subarray(n));
    }
    // What points take away may leave of a pose that nothing ties to another but rounding.
    for (let j = 0; j < n; j++) this.#least[j] = ROUNDING * S[j * n + j];
    const bad = points.eliminate();
    if (bad >= 0) {
      return breakdown(`the block of point column ${Math.floor(bad / POINT)} has no pivot beyond rounding in row ${bad % POINT}`);
    }
    const row = factorizeDense(S, n, this.#first, this.#least);
    return row < 0 ? undefined : breakdown(`the reduced camera system has no pivot beyond rounding in row ${row} of ${n}`);
  }

  /** The lower triangle of rest <- J'J of the block rows that are left. */
  #addRest({ format, values }: BsrMatrix<AnyPrecision>): void {
    const { rowPtr, colIdx, r, blockRows } = this.#pose!;
    const stored = values as Storage;
    const rest = this.#rest;
    const n = this.#least.length;
    const own = this.#row;
    const size = r * POSE_DOF;
    rest.fill(0);
    for (let i = this.#restFrom; i < blockRows; i++) {
      for (let k = rowPtr[i] * size, at = 0; k < rowPtr[i + 1] * size; k++, at++) own[at] = format.load(stored, k);
      for (let a = rowPtr[i]; a < rowPtr[i + 1]; a++) {
        for (let b = rowPtr[i]; b <= a; b++) {
          const left = (a - rowPtr[i]) * size;
          const right = (b - rowPtr[i]) * size;
          addProduct(own, r, left, right, rest, colIdx[a] * POSE_DOF * n + colIdx[b] * POSE_DOF, n, a === b);
        }
      }
    }
    this.#hasRest = this.#constantFrom <= this.#restFrom;
  }

  solve(g: Float64Array, dx: Float64Array): LinearReport {
    const began = performance.now();
    const { S, camera, point } = this.#points!;
    const n = camera.length;
    this.#forward(g);
    solveLowerTransposed(S, n, this.#first, camera);
    this.#points!.backward();
    countDenseTriangular(this.#counters.work, this.#costs!, 2);
    addSeconds(this.#counters.seconds, "precondition", began);
    for (let j = 0; j < n; j++) dx[j] = -camera[j];
    for (let j = 0; j < point.length; j++) dx[n + j] = -point[j];
    if (!areFinite(dx)) {
      dx.fill(0);
      return { termination: "non-finite", message: "schur-dense: the step is not finite", iterations: 0, relativeResidual: Number.NaN };
    }
    return { termination: "tolerance-met", message: "schur-dense: solved directly", iterations: 0, relativeResidual: 0 };
  }

  /**
   * x <- S^-1 x with the reduced camera system S: the poses' part of (J'J + D)^-1 [x; 0], which no point has to be found for. x has the length of the poses' columns.
   */
  solvePoses(x: Float64Array): void {
    const { S } = this.#points!;
    solveLower(S, x.length, this.#first, x);
    solveLowerTransposed(S, x.length, this.#first, x);
    countDenseReduced(this.#counters.work, this.#costs!, x.length);
  }

  norm(v: Float64Array): number {
    const { camera, point } = this.#points!;
    this.#forward(v);
    countDenseTriangular(this.#counters.work, this.#costs!, 1);
    return Math.sqrt(sumOfSquares(camera) + sumOfSquares(point));
  }

  /** [camera; point] <- the inverse of the whole lower factor times v. */
  #forward(v: Float64Array): void {
    const { S, camera, point } = this.#points!;
    const n = camera.length;
    camera.set(v.subarray(0, n));
    point.set(v.subarray(n));
    this.#points!.forward();
    solveLower(S, n, this.#first, camera);
  }
}

/** In a block row, from there on. */
function mostBlocks({ rowPtr, blockRows }: BsrPattern, from: number): number {
  let most = 0;
  for (let i = from; i < blockRows; i++) most = Math.max(most, rowPtr[i + 1] - rowPtr[i]);
  return most;
}

/** The first column of each row of S: that of the first pose that shares a point, or a row of J, with its own. */
function envelopeOf(
  { rowPtr, colIdx, blockRows, blockCols }: BsrPattern,
  { points, ptr, rows, poseOf }: PointStructure,
  scratch: Scratch,
): Int32Array {
  const first = scratch.integers(blockCols);
  for (let c = 0; c < blockCols; c++) first[c] = c;
  for (let i = 0; i < blockRows; i++) {
    for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) first[colIdx[k]] = Math.min(first[colIdx[k]], colIdx[rowPtr[i]]);
  }
  for (let p = 0; p < points; p++) {
    let least = blockCols;
    for (let k = ptr[p]; k < ptr[p + 1]; k++) if (poseOf[rows[k]] >= 0) least = Math.min(least, poseOf[rows[k]]);
    for (let k = ptr[p]; k < ptr[p + 1]; k++) if (poseOf[rows[k]] >= 0) first[poseOf[rows[k]]] = Math.min(first[poseOf[rows[k]]], least);
  }
  const ofRows = scratch.integers(POSE_DOF * blockCols);
  for (let i = 0; i < ofRows.length; i++) ofRows[i] = POSE_DOF * first[Math.floor(i / POSE_DOF)];
  return ofRows;
}

/** The block of `into` at `at` += A_left'A_right of blocks of one row, or its lower triangle. */
function addProduct(
  A: Float64Array,
  r: number,
  left: number,
  right: number,
  into: Float64Array,
  at: number,
  n: number,
  isLower: boolean,
): void {
  for (let s = 0; s < POSE_DOF; s++) {
    for (let t = 0; t <= (isLower ? s : POSE_DOF - 1); t++) {
      let sum = 0;
      for (let k = 0; k < r; k++) sum += A[left + k * POSE_DOF + s] * A[right + k * POSE_DOF + t];
      into[at + s * n + t] += sum;
    }
  }
}

function breakdown(what: string): LinearReport {
  return { termination: "breakdown", message: `schur-dense: ${what}`, iterations: 0, relativeResidual: Number.NaN };
}

function sumOfSquares(x: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += x[j] * x[j];
  return sum;
}
