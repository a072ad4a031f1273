import { checkInteger, checkLength, OptionError } from "@slam/errors";
import { type AnyPrecision, fp64, type OperationFormat, operationFormat } from "@slam/float";
import { se3 } from "@slam/lie";
import type { Counters, LeastSquaresProblem, Loss } from "@slam/nlls";
import type { BsrPattern } from "@slam/sparse";
import { ArenaPool } from "@slam/wasm";
import { Anchors, type Landmarks } from "./anchors.ts";
import { type Bundle, cameraCount, POSE_SIZE, pointCount } from "./bundle.ts";
import { countEvaluation } from "./count-evaluation.ts";
import type { BundleJacobian } from "./jacobian.ts";
import type { Evaluated } from "./jacobian-engine.ts";
import { newJacobian } from "./new-jacobian.ts";
import { Observer } from "./observer.ts";
import { PointIterations } from "./point-iterations.ts";
import { PriorRows, type Priors } from "./priors.ts";
import { Residuals } from "./residuals.ts";
import { type Group, type Held, POSE_DOF, patternOf, type Unknowns, unknownsOf } from "./unknowns.ts";

const EVALUATED = operationFormat(fp64);

/**
 * The least-squares problem of a bundle: r_i = W_i (pi(k, X^-1 P) - z_i), then the rows of priors. A point is what `pointOf` makes: poses, intrinsics, points; with landmarks by
 * inverse depth what `encode` makes of that. Residuals and derivatives are
 * evaluated in fp64, and rounded once to the storage that is asked for.
 */
export class BundleProblem implements LeastSquaresProblem<Float64Array, BundleJacobian> {
  readonly bundle: Bundle;
  readonly unknowns: Unknowns;
  readonly rows: number;
  readonly cols: number;
  readonly patterns: readonly BsrPattern[];
  readonly #observer: Observer;
  readonly #anchors: Anchors | undefined;
  readonly #priors: PriorRows;
  readonly #residuals: Residuals;
  readonly #jacobians = new Map<AnyPrecision, Evaluated>();
  readonly #counters: Counters | undefined;
  readonly #arenas: ArenaPool;

  /**
   * @throws OptionError for an index out of range, and for an information matrix that is not positive definite, of priors semidefinite; DimensionError for a prior of another
   *   size.
   */
  constructor(
    bundle: Bundle,
    held: Held = {},
    counters?: Counters,
    arenas: ArenaPool = new ArenaPool(),
    priors: Priors = {},
    landmarks: Landmarks = "position",
  ) {
    this.bundle = bundle;
    const fixed = { ...held, points: [...(held.points ?? [])] };
    this.#anchors = landmarks === "position" ? undefined : anchorsOf(bundle, fixed.points, priors);
    this.#observer = new Observer(bundle, this.#anchors);
    const { rows } = this.#observer;
    this.#priors = new PriorRows(bundle, priors, rows);
    this.unknowns = unknownsOf(
      bundle,
      fixed,
      { cameras: this.#priors.variables("pose"), points: this.#priors.variables("point") },
      this.#anchors?.otherCameras(),
    );
    this.#counters = counters;
    this.rows = (bundle.camera.length + this.#priors.blockRows) * rows;
    this.cols = this.unknowns.cols;
    this.patterns = this.unknowns.groups.map((group) => patternOf(group, rows, this.#priors.variableOf(group.name)));
    this.#residuals = new Residuals(this.#observer, this.#priors);
    this.#arenas = arenas;
  }

  /** A point of the problem, where some of the bundle's points are anchored, from one that `pointOf` makes; itself otherwise. */
  encode(x: Float64Array): Float64Array {
    return this.#anchors?.encode(x) ?? x;
  }

  /** The inverse of `encode`. */
  decode(x: Float64Array): Float64Array {
    return this.#anchors?.decode(x) ?? x;
  }

  residual(x: Float64Array, format: OperationFormat, r: Float64Array): void {
    checkLength("residual: r", r.length, this.rows);
    const { observations, rows } = this.#observer;
    const { storage } = format;
    const residuals = this.#residuals.at(x);
    if (storage === fp64) r.set(residuals);
    else for (let i = 0; i < r.length; i++) r[i] = storage.round(residuals[i]);
    countEvaluation(this.#counters, "residual", format, observations, 60, rows);
  }

  /** J in memory that the next one in the same format takes. */
  jacobian(x: Float64Array, format: OperationFormat): BundleJacobian {
    const observer = this.#observer;
    const { observations, rows } = observer;
    const { groups } = this.unknowns;
    const { storage } = format;
    const evaluated = this.#jacobians.get(storage) ?? this.#newJacobian(storage);
    this.#jacobians.set(storage, evaluated);
    observer.moveTo(x);
    evaluated.evaluate(observer, x);
    const { parts } = evaluated.J;
    const events = this.#counters?.events ?? { overflows: 0, flushed: 0 };
    for (const [k, group] of groups.entries()) this.#priors.write(x, group, parts[k], observations, events);
    countEvaluation(this.#counters, "jacobian", format, observations, 60 + 40 * rows, rows * groups.reduce((sum, { dof }) => sum + dof, 0));
    return evaluated.J.countedIn(this.#counters);
  }

  #newJacobian(format: AnyPrecision): Evaluated {
    const { bundle, patterns } = this;
    const { groups } = this.unknowns;
    return newJacobian({ bundle, groups, patterns, anchors: this.#anchors }, this.#observer, format, this.#arenas, this.#counters?.events);
  }

  retract(x: Float64Array, dx: Float64Array, format: OperationFormat): Float64Array {
    const moved = x.slice();
    const { bundle, unknowns } = this;
    const xi = new Float64Array(POSE_DOF);
    for (const [k, group] of unknowns.groups.entries()) {
      const start = unknowns.starts[k];
      if (group.name === "point" && format.arithmetic === fp64) {
        addPoints(moved, bundle.poses.length + bundle.intrinsics.length, group.column, dx, start);
        continue;
      }
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
    countEvaluation(this.#counters, "update", format, cameraCount(bundle) + pointCount(bundle), 60, POSE_SIZE);
    return this.store(moved, format);
  }

  /**
   * Refines the points of x with all else held, as `PointIterations` does, and stores them in the format; of points that are positions.
   *
   * @param most steps of a point; 0 for none at all.
   * @throws OptionError for steps of landmarks by inverse depth.
   */
  pointIterations(most: number, { storage }: OperationFormat, loss?: Loss): ((x: Float64Array) => Float64Array) | undefined {
    checkInteger("pointIterations", most, 0);
    if (most === 0) return undefined;
    if (this.#anchors !== undefined)
      throw new OptionError("pointIterations", { expected: "0 with landmarks by inverse depth", actual: most });
    const { bundle, unknowns } = this;
    const { observations, rows } = this.#observer;
    const { column } = unknowns.groups[unknowns.groups.length - 1];
    let points: PointIterations | undefined;
    return (x) => {
      // Most solves never ask.
      points ??= new PointIterations(bundle, column, this.#observer, this.#priors.onPoints, { most, storage, loss });
      // Each step evaluates an observation with derivatives and once more without.
      countEvaluation(this.#counters, "update", EVALUATED, observations, most * (120 + 40 * rows), 0);
      return points.refine(x);
    };
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
}

/** Points that are held, or that priors are about, stay positions. */
function anchorsOf(bundle: Bundle, held: readonly number[], { points = [] }: Priors): Anchors {
  const left = new Set([...held, ...points.map(({ point }) => point)]);
  return new Anchors(bundle, (point) => left.has(point));
}

/** The loop of all others, for where most variables are. */
function addPoints(moved: Float64Array, first: number, column: Int32Array, dx: Float64Array, start: number): void {
  for (let v = 0, to = first; v < column.length; v++, to += 3) {
    if (column[v] < 0) continue;
    const at = start + 3 * column[v];
    moved[to] += dx[at];
    moved[to + 1] += dx[at + 1];
    moved[to + 2] += dx[at + 2];
  }
}
