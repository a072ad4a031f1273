import { se3 } from "@slam/lie";
import { POSE_SIZE } from "../bundle.ts";
import { POSE_DOF } from "../unknowns.ts";
import { eliminateColumns, foldRows } from "./orthogonal.ts";

/** Rows A d + b about the first poses: rows x (width + 1), by columns, b the last; overwritten where it is taken. */
export interface Panel {
  readonly A: Float64Array;
  readonly rows: number;
  readonly width: number;
}

/**
 * What was marginalised, as |R d + r0|^2 of the window's poses: d = Log(X0^-1 X) of one pose after the other, X0 the point at which what it is made of was
 * linearised. R is upper triangular and never multiplied with itself; memory is taken once.
 */
export class Prior {
  /** Upper triangular, by rows, `stride` apart; rows and columns beyond `width` are zero. */
  readonly R: Float64Array;
  readonly r0: Float64Array;
  readonly stride: number;
  /** The first estimates, 7 numbers a pose, of the poses that `touches`. */
  readonly firstEstimates: Float64Array;
  readonly #touched: Uint8Array;
  readonly #d: Float64Array;
  /** The triangle as it was before something is added, r0 behind it. */
  readonly #before: Float64Array;
  readonly #panel: Float64Array;
  readonly #squares: Float64Array;
  #poses = 0;

  /** @param size the most poses it is about. */
  constructor(size: number) {
    this.stride = POSE_DOF * size;
    this.R = new Float64Array(this.stride * this.stride);
    this.r0 = new Float64Array(this.stride);
    this.firstEstimates = new Float64Array(POSE_SIZE * size);
    this.#touched = new Uint8Array(size);
    this.#d = new Float64Array(this.stride);
    this.#before = new Float64Array(this.stride * (this.stride + 1));
    this.#panel = new Float64Array(POSE_DOF * (this.stride + 1));
    this.#squares = new Float64Array(this.stride + 1);
  }

  /** Columns up to the last pose that it touches. */
  get width(): number {
    return POSE_DOF * this.#poses;
  }

  touches(pose: number): boolean {
    return this.#touched[pose] === 1;
  }

  /** Whether it says anything of a pose: what it is made of may have been too little to. */
  informs(pose: number): boolean {
    if (!this.touches(pose)) return false;
    for (let i = 0; i < POSE_DOF * (pose + 1); i++) {
      for (let j = POSE_DOF * pose; j < POSE_DOF * (pose + 1); j++) if (this.R[i * this.stride + j] !== 0) return true;
    }
    return false;
  }

  /** From now on about this pose too, linearised at x[at ...]; one that it was about before keeps its first estimate. */
  touch(pose: number, x: Float64Array, at: number): void {
    if (this.touches(pose)) return;
    this.#touched[pose] = 1;
    this.firstEstimates.set(x.subarray(at, at + POSE_SIZE), POSE_SIZE * pose);
    this.#poses = Math.max(this.#poses, pose + 1);
  }

  /** d at poses that lie in x one after the other; the next call overwrites it. */
  displacement(x: Float64Array): Float64Array {
    for (let c = 0; c < this.#poses; c++) {
      if (this.touches(c)) se3.local(this.firstEstimates, POSE_SIZE * c, x, POSE_SIZE * c, this.#d, POSE_DOF * c);
      else this.#d.fill(0, POSE_DOF * c, POSE_DOF * (c + 1));
    }
    return this.#d;
  }

  /** r[at ... at + width) <- R d + r0 */
  residual(x: Float64Array, r: Float64Array, at: number): void {
    const { R, r0, stride, width } = this;
    const d = this.displacement(x);
    for (let i = 0; i < width; i++) {
      let sum = r0[i];
      for (let j = i; j < width; j++) sum += R[i * stride + j] * d[j];
      r[at + i] = sum;
    }
  }

  /**
   * Adds |A d + b|^2 of one panel after the other, narrow ones first: a triangle is as narrow as what it is made of so far, and its own rows, which are as wide
   * as it gets, come last.
   */
  add(panels: Iterable<Panel>): void {
    const { R, r0, stride, width } = this;
    const before = this.#before;
    before.set(R.subarray(0, width * stride));
    before.set(r0, stride * stride);
    R.fill(0, 0, width * stride);
    r0.fill(0);
    for (const { A, rows, width: narrow } of panels) foldRows(R, stride, r0, A, rows, narrow);
    for (let from = 0; from < width; from += POSE_DOF) {
      const rows = Math.min(POSE_DOF, width - from);
      const A = this.#panel;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < width; j++) A[j * rows + i] = before[(from + i) * stride + j];
        A[width * rows + i] = before[stride * stride + from + i];
      }
      foldRows(R, stride, r0, A, rows, width);
    }
  }

  /** Marginalises pose 0; the others move up by one. */
  dropFirst(): void {
    const { R, r0, stride, width, firstEstimates } = this;
    if (width > 0) {
      const free = this.#withoutFirst();
      const rest = width - POSE_DOF;
      for (let i = 0; i < rest; i++) {
        const from = (i + POSE_DOF) * stride + POSE_DOF;
        R.copyWithin(i * stride, from, from + rest);
        R.fill(0, i * stride + rest, i * stride + width);
      }
      R.fill(0, rest * stride, width * stride);
      r0.copyWithin(0, POSE_DOF, width);
      r0.fill(0, rest, width);
      if (free > 0) foldRows(R, stride, r0, this.#panel, free, rest);
    }
    firstEstimates.copyWithin(0, POSE_SIZE);
    this.#touched.copyWithin(0, 1);
    this.#touched[this.#touched.length - 1] = 0;
    this.#poses = this.#touched.lastIndexOf(1) + 1;
  }

  /** Panel <- what pose 0's rows of the triangle say of the others alone, where they do not determine all of it. @returns how many rows it has. */
  #withoutFirst(): number {
    const { R, r0, stride, width } = this;
    const A = this.#panel;
    for (let i = 0; i < POSE_DOF; i++) {
      for (let j = 0; j < width; j++) A[j * POSE_DOF + i] = R[i * stride + j];
      A[width * POSE_DOF + i] = r0[i];
    }
    const rank = eliminateColumns(A, POSE_DOF, width + 1, POSE_DOF, this.#squares);
    const free = POSE_DOF - rank;
    for (let k = 0; k <= width - POSE_DOF; k++) {
      for (let i = 0; i < free; i++) A[k * free + i] = A[(k + POSE_DOF) * POSE_DOF + rank + i];
    }
    return free;
  }
}
