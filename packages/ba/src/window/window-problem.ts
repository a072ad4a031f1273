import { type AnyPrecision, fp64, type OperationFormat, type Storage, storeCounted } from "@slam/float";
import { se3 } from "@slam/lie";
import type { Scratch } from "@slam/linop";
import type { Counters, LeastSquaresProblem } from "@slam/nlls";
import type { BsrMatrix, BsrPattern } from "@slam/sparse";
import { ArenaPool } from "@slam/wasm";
import { type Bundle, cameraCount, POSE_SIZE, pointCount } from "../bundle.ts";
import { countEvaluation } from "../count-evaluation.ts";
import type { BundleJacobian } from "../jacobian.ts";
import type { Evaluated } from "../jacobian-engine.ts";
import { newJacobian } from "../new-jacobian.ts";
import { Observer } from "../observer.ts";
import { Residuals } from "../residuals.ts";
import { type Group, POSE_DOF } from "../unknowns.ts";
import type { Prior } from "./prior.ts";
import { type ScaleRow, scaleRow } from "./scale-row.ts";

/**
 * The least-squares problem of a window: its observations, then the prior's rows R d + r0. Pose 0 is held, which is what fixes the gauge: the cost is the same
 * wherever the whole window is; where nothing measures the scale, a row between them keeps that. Intrinsics are held. A point x is what `pointOf` makes of the bundle.
 *
 * Residuals are those at x. Derivatives are taken where the poses that the prior touches have their first estimates: evaluated elsewhere they would make
 * directions that nothing measures look measured.
 *
 * @see Huang, Mourikis and Roumeliotis, Observability-based rules for designing consistent EKF SLAM estimators, IJRR 2010; Dong-Si and Mourikis, Motion tracking with
 *   fixed-lag smoothing, ICRA 2011.
 */
export class WindowProblem implements LeastSquaresProblem<Float64Array, BundleJacobian> {
  readonly rows: number;
  readonly cols: number;
  /** The block row from which on J is the same at every point: as many as there are observations. */
  readonly constantFrom: number;
  readonly #priorFrom: number;
  readonly #blockRows: number;
  readonly #bundle: Bundle;
  readonly #prior: Prior;
  readonly #counters: Counters;
  readonly #observer: Observer;
  /** The block column of each pose; -1 of those that stay. */
  readonly #column: Int32Array;
  readonly #poseColumns: number;
  readonly #patterns: readonly [pose: BsrPattern, point: BsrPattern];
  readonly #linearizedAt: Float64Array;
  readonly #scale: ScaleRow | undefined;
  readonly #residuals: Residuals;
  readonly #jacobians = new Map<AnyPrecision, Evaluated>();
  readonly #arenas: ArenaPool;
  /** The block column of each point, which is its index. */
  readonly #pointColumn: Int32Array;

  /**
   * @param bundle every point of which is observed.
   * @param isScaleFree whether no measurement says how large the world is.
   * @param arenas what all memory is taken from, that of J and of points included. Default a new one.
   */
  constructor(bundle: Bundle, prior: Prior, counters: Counters, isScaleFree: boolean, arenas: ArenaPool = new ArenaPool()) {
    this.#bundle = bundle;
    this.#prior = prior;
    this.#counters = counters;
    this.#arenas = arenas;
    this.#observer = new Observer(bundle, undefined, arenas);
    this.constantFrom = bundle.camera.length;
    this.#column = columnsOf(bundle, prior, arenas);
    this.#poseColumns = this.#column.reduce((sum, column) => sum + (column < 0 ? 0 : 1), 0);
    this.#scale = isScaleFree && this.#column[1] >= 0 ? scaleRow(bundle.poses) : undefined;
    this.#priorFrom = this.constantFrom + (this.#scale === undefined ? 0 : 1);
    this.#blockRows = this.#priorFrom + Math.ceil(prior.width / this.#observer.rows);
    this.rows = this.#blockRows * this.#observer.rows;
    this.cols = POSE_DOF * this.#poseColumns + bundle.points.length;
    this.#patterns = [this.#posePattern(), this.#pointPattern()];
    this.#pointColumn = arenas.integers(pointCount(bundle));
    for (let p = 0; p < this.#pointColumn.length; p++) this.#pointColumn[p] = p;
    const others = { blockRows: this.#blockRows - this.constantFrom, residual: this.#residualOfOthers.bind(this) };
    this.#residuals = new Residuals(this.#observer, others, arenas);
    this.#linearizedAt = arenas.numbers(bundle.poses.length + bundle.intrinsics.length + bundle.points.length);
  }

  /** The block column of a pose; -1 of one that stays: the first, and those that nothing ties to the others. */
  columnOf(pose: number): number {
    return this.#column[pose];
  }

  #posePattern(): BsrPattern {
    const { camera } = this.#bundle;
    const r = this.#observer.rows;
    const rowPtr = this.#arenas.integers(this.#blockRows + 1);
    const colIdx = this.#arenas.integers(this.constantFrom + (this.#blockRows - this.constantFrom) * cameraCount(this.#bundle));
    let count = 0;
    const push = (c: number): void => {
      if (this.#column[c] >= 0) colIdx[count++] = this.#column[c];
    };
    for (let i = 0; i < this.#blockRows; i++) {
      if (i < this.constantFrom) push(camera[i]);
      else if (i < this.#priorFrom) push(1);
      // R is upper triangular.
      else for (let c = this.#firstOf(i); c < cameraCount(this.#bundle); c++) if (this.#prior.touches(c)) push(c);
      rowPtr[i + 1] = count;
    }
    return { blockRows: this.#blockRows, blockCols: this.#poseColumns, r, c: POSE_DOF, rowPtr, colIdx: colIdx.subarray(0, count) };
  }

  /** The first pose that a block row of the prior is about. */
  #firstOf(blockRow: number): number {
    return Math.floor(((blockRow - this.#priorFrom) * this.#observer.rows) / POSE_DOF);
  }

  #pointPattern(): BsrPattern {
    const rowPtr = this.#arenas.integers(this.#blockRows + 1).fill(this.constantFrom);
    for (let i = 0; i < this.constantFrom; i++) rowPtr[i] = i;
    return {
      blockRows: this.#blockRows,
      blockCols: pointCount(this.#bundle),
      r: this.#observer.rows,
      c: 3,
      rowPtr,
      colIdx: this.#bundle.point,
    };
  }

  residual(x: Float64Array, format: OperationFormat, r: Float64Array): void {
    const { storage } = format;
    const residuals = this.#residuals.at(x);
    if (storage === fp64) r.set(residuals);
    else for (let i = 0; i < r.length; i++) r[i] = storage.round(residuals[i]);
    countEvaluation(this.#counters, "residual", format, this.constantFrom, 60, this.#observer.rows);
  }

  /** r[at ...] <- the rows that are none of observations: of the scale, and R d + r0. */
  #residualOfOthers(x: Float64Array, r: Float64Array, at: number): void {
    r.fill(0, at);
    if (this.#scale !== undefined) r[at] = this.#scale.residual(x);
    this.#prior.residual(x, r, this.#priorFrom * this.#observer.rows);
  }

  /** J in memory that the next one in the same format takes. */
  jacobian(x: Float64Array, format: OperationFormat): BundleJacobian {
    const { storage } = format;
    const observer = this.#observer;
    const { rows } = observer;
    const evaluated = this.#jacobians.get(storage) ?? this.#newJacobian(storage);
    this.#jacobians.set(storage, evaluated);
    const at = this.#linearizationPoint(x);
    observer.moveTo(at);
    evaluated.evaluate(observer, at);
    const [pose] = evaluated.J.parts;
    if (this.#scale !== undefined) this.#store(pose, this.#scale.byPose, pose.pattern.rowPtr[this.constantFrom] * rows * POSE_DOF);
    this.#writePrior(pose);
    countEvaluation(this.#counters, "jacobian", format, this.constantFrom, 60 + 40 * rows, rows * (POSE_DOF + 3));
    return evaluated.J.countedIn(this.#counters);
  }

  #newJacobian(format: AnyPrecision): Evaluated {
    const bundle = this.#bundle;
    const { camera, point } = bundle;
    const groups: readonly Group[] = [
      { name: "pose", dof: POSE_DOF, column: this.#column, columns: this.#poseColumns, variable: camera },
      { name: "point", dof: 3, column: this.#pointColumn, columns: this.#pointColumn.length, variable: point },
    ];
    const of = { bundle, groups, patterns: this.#patterns, anchors: undefined };
    return newJacobian(of, this.#observer, format, this.#arenas, this.#counters.events, this.#arenas);
  }

  #linearizationPoint(x: Float64Array): Float64Array {
    const at = this.#linearizedAt;
    const { firstEstimates } = this.#prior;
    at.set(x);
    for (let c = 0; c < cameraCount(this.#bundle); c++) {
      if (this.#prior.touches(c)) at.set(firstEstimates.subarray(POSE_SIZE * c, POSE_SIZE * (c + 1)), POSE_SIZE * c);
    }
    return at;
  }

  /** d(R d + r0): at the first estimates dd/d(xi) is the identity. */
  #writePrior(pose: BsrMatrix<AnyPrecision>): void {
    const { R, stride, width } = this.#prior;
    const { rowPtr, r } = pose.pattern;
    const block = new Float64Array(r * POSE_DOF);
    for (let b = this.#priorFrom; b < this.#blockRows; b++) {
      const first = (b - this.#priorFrom) * r;
      for (let c = this.#firstOf(b), k = rowPtr[b]; k < rowPtr[b + 1]; c++) {
        if (this.#column[c] < 0 || !this.#prior.touches(c)) continue;
        block.fill(0);
        for (let i = 0; i < r && first + i < width; i++) {
          for (let j = 0; j < POSE_DOF; j++) block[i * POSE_DOF + j] = R[(first + i) * stride + POSE_DOF * c + j];
        }
        this.#store(pose, block, k * block.length);
        k++;
      }
    }
  }

  #store({ format, values }: BsrMatrix<AnyPrecision>, block: Float64Array, at: number): void {
    if (format === fp64) (values as Storage).set(block, at);
    else for (let k = 0; k < block.length; k++) storeCounted(format, values as Storage, at + k, block[k], this.#counters.events);
  }

  retract(x: Float64Array, dx: Float64Array, format: OperationFormat): Float64Array {
    const { storage, arithmetic } = format;
    const moved = this.#arenas.numbers(x.length);
    moved.set(x);
    for (let c = 0; c < this.#column.length; c++) {
      if (this.#column[c] >= 0) se3.retract(x, POSE_SIZE * c, dx, POSE_DOF * this.#column[c], moved, POSE_SIZE * c);
    }
    const from = x.length - this.#bundle.points.length;
    const firstPoint = POSE_DOF * this.#poseColumns;
    for (let j = 0; firstPoint + j < dx.length; j++) {
      const step = dx[firstPoint + j];
      moved[from + j] = arithmetic === fp64 ? x[from + j] + step : arithmetic.add(arithmetic.round(x[from + j]), arithmetic.round(step));
    }
    countEvaluation(this.#counters, "update", format, cameraCount(this.#bundle) + pointCount(this.#bundle), 60, POSE_SIZE);
    return storedPoint(moved, cameraCount(this.#bundle), storage);
  }

  /** The observations of points that their cameras do not see at x. */
  unseen(x: Float64Array): readonly number[] {
    const unseen: number[] = [];
    this.#observer.moveTo(x);
    for (let i = 0; i < this.constantFrom; i++) if (!this.#observer.observe(i, false)) unseen.push(i);
    return unseen;
  }
}

/** Poses with something that holds them to the others get a column, but for pose 0. */
function columnsOf({ camera, poses }: Bundle, prior: Prior, scratch: Scratch): Int32Array {
  const column = scratch.integers(poses.length / POSE_SIZE).fill(-1);
  for (let i = 0; i < camera.length; i++) column[camera[i]] = 0;
  for (let c = 0; c < column.length; c++) if (prior.informs(c)) column[c] = 0;
  column[0] = -1;
  for (let c = 1, next = 0; c < column.length; c++) if (column[c] === 0) column[c] = next++;
  return column;
}

/** x as a format stores it; a rotation in few bits means the unit quaternion along them. Changed in place. */
export function storedPoint(x: Float64Array, cameras: number, storage: AnyPrecision): Float64Array {
  if (storage === fp64) return x;
  for (let k = 0; k < x.length; k++) x[k] = storage.round(x[k]);
  for (let c = 0; c < cameras; c++) se3.normalize(x, POSE_SIZE * c, x, POSE_SIZE * c);
  return x;
}
