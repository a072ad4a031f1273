import { checkLength } from "@slam/errors";
import { type AnyPrecision, fp64, type OperationFormat, type Storage, storeCounted } from "@slam/float";
import { se3 } from "@slam/lie";
import type { Counters, LeastSquaresProblem } from "@slam/nlls";
import { type BsrPattern, bsrMatrix } from "@slam/sparse";
import { type Bundle, cameraCount, POSE_SIZE, pointCount } from "./bundle.ts";
import { BundleJacobian } from "./jacobian.ts";
import { Observer } from "./observer.ts";
import { type Group, type Held, POSE_DOF, patternOf, type Unknowns, unknownsOf } from "./unknowns.ts";

/**
 * The least-squares problem of a bundle: r_i = W_i (pi(k, X^-1 P) - z_i). A point is what `pointOf` makes: poses, intrinsics, points. Residuals and derivatives are
 * evaluated in fp64, and rounded once to the storage that is asked for.
 */
export class BundleProblem implements LeastSquaresProblem<Float64Array, BundleJacobian> {
  readonly bundle: Bundle;
  readonly unknowns: Unknowns;
  readonly rows: number;
  readonly cols: number;
  readonly patterns: readonly BsrPattern[];
  readonly #observer: Observer;
  readonly #counters: Counters | undefined;

  /** @throws OptionError for an index out of range, and for an information matrix that is not positive definite. */
  constructor(bundle: Bundle, held: Held = {}, counters?: Counters) {
    this.bundle = bundle;
    this.unknowns = unknownsOf(bundle, held);
    this.#observer = new Observer(bundle);
    this.#counters = counters;
    this.rows = bundle.camera.length * this.#observer.rows;
    this.cols = this.unknowns.cols;
    this.patterns = this.unknowns.groups.map((group) => patternOf(group, this.#observer.rows));
  }

  residual(x: Float64Array, format: OperationFormat, r: Float64Array): void {
    checkLength("residual: r", r.length, this.rows);
    const observer = this.#observer;
    const { rows, residual } = observer;
    const { storage } = format;
    observer.moveTo(x);
    for (let i = 0, at = 0; i < observer.observations; i++) {
      observer.observe(i, false);
      for (let a = 0; a < rows; a++, at++) r[at] = storage === fp64 ? residual[a] : storage.round(residual[a]);
    }
    this.#count("residual", format, observer.observations, 60, rows);
  }

  jacobian(x: Float64Array, format: OperationFormat): BundleJacobian {
    const observer = this.#observer;
    const { rows } = observer;
    const { storage } = format;
    const { groups } = this.unknowns;
    const events = this.#counters?.events ?? { overflows: 0, flushed: 0 };
    const parts = this.patterns.map((pattern) => bsrMatrix<AnyPrecision>(pattern, storage));
    const isWide = storage.Storage === (Float64Array as unknown) || storage.Storage === (Float32Array as unknown);
    observer.moveTo(x);
    for (let i = 0; i < observer.observations; i++) {
      observer.observe(i, true);
      for (let k = 0; k < groups.length; k++) {
        const { rowPtr } = this.patterns[k];
        if (rowPtr[i + 1] === rowPtr[i]) continue;
        writeBlock(
          observer,
          groups[k],
          isWide ? storeWide : (into, at, value) => storeCounted(storage, into, at, value, events),
          parts[k].values as Storage,
          rowPtr[i] * rows * groups[k].dof,
        );
      }
    }
    this.#count("jacobian", format, observer.observations, 60 + 40 * rows, rows * groups.reduce((sum, { dof }) => sum + dof, 0));
    return new BundleJacobian(parts);
  }

  retract(x: Float64Array, dx: Float64Array, format: OperationFormat): Float64Array {
    const moved = x.slice();
    const { bundle, unknowns } = this;
    const xi = new Float64Array(POSE_DOF);
    for (const [k, group] of unknowns.groups.entries()) {
      const start = unknowns.starts[k];
      for (let v = 0; v < group.column.length; v++) {
        if (group.column[v] < 0) continue;
        const at = start + group.column[v] * group.dof;
        if (group.name === "pose" || group.name === "camera") {
          xi.set(dx.subarray(at, at + POSE_DOF));
          se3.retract(x, POSE_SIZE * v, xi, 0, moved, POSE_SIZE * v);
        }
        this.#addTo(moved, group, v, dx, at, format.arithmetic);
      }
    }
    this.#count("update", format, cameraCount(bundle) + pointCount(bundle), 60, POSE_SIZE);
    return this.store(moved, format);
  }

  /** What of a variable is a vector: intrinsics, and points. */
  #addTo(moved: Float64Array, { name, dof }: Group, v: number, dx: Float64Array, at: number, A: AnyPrecision): void {
    if (name === "pose") return;
    const { poses, intrinsics, model } = this.bundle;
    const lens = model.intrinsics.length;
    const skipped = name === "camera" ? POSE_DOF : 0;
    const into = name === "point" ? poses.length + intrinsics.length + 3 * v : poses.length + lens * v;
    for (let a = skipped; a < dof; a++) {
      const to = into + a - skipped;
      moved[to] = A === fp64 ? moved[to] + dx[at + a] : A.add(A.round(moved[to]), A.round(dx[at + a]));
    }
  }

  /** A point as the format of updates stores it; a rotation in few bits means the unit quaternion along them. */
  store(x: Float64Array, format: OperationFormat): Float64Array {
    if (format.storage === fp64) return x;
    const stored = x.map((value) => format.storage.round(value));
    for (let at = 0; at < this.bundle.poses.length; at += POSE_SIZE) se3.normalize(stored, at, stored, at);
    return stored;
  }

  /** How many points the cameras that measured them do not see at x: behind them, or outside the lens. */
  unseen(x: Float64Array): number {
    const observer = this.#observer;
    observer.moveTo(x);
    let unseen = 0;
    for (let i = 0; i < observer.observations; i++) if (!observer.observe(i, false)) unseen++;
    return unseen;
  }

  /** Nominal flops and scalars written for each of so many items. */
  #count(operation: "residual" | "jacobian" | "update", format: OperationFormat, items: number, flops: number, scalars: number): void {
    const bytes = items * scalars * format.storage.Storage.BYTES_PER_ELEMENT;
    this.#counters?.work.count(operation, format.arithmetic.name, items * flops, format.storage.name, bytes);
  }
}

type Store = (into: Storage, at: number, value: number) => void;

function storeWide(into: Storage, at: number, value: number): void {
  into[at] = value;
}

/** The block of a group in the rows of the observation at hand. */
function writeBlock(
  { rows, lens, byPose, byIntrinsics, byPoint }: Observer,
  { name, dof }: Group,
  store: Store,
  into: Storage,
  at: number,
): void {
  for (let a = 0; a < rows; a++) {
    const row = at + a * dof;
    if (name === "point") for (let j = 0; j < 3; j++) store(into, row + j, byPoint[3 * a + j]);
    else if (name === "intrinsics") for (let j = 0; j < lens; j++) store(into, row + j, byIntrinsics[lens * a + j]);
    else {
      for (let j = 0; j < POSE_DOF; j++) store(into, row + j, byPose[POSE_DOF * a + j]);
      if (name === "camera") for (let j = 0; j < lens; j++) store(into, row + POSE_DOF + j, byIntrinsics[lens * a + j]);
    }
  }
}
