import { checkInteger, checkLength, OptionError } from "@slam/errors";
import { type ForwardSolution, type ForwardSolver, forwardSolver } from "@slam/ichol";
import { se3 } from "@slam/lie";
import { ArenaPool } from "@slam/wasm";
import { type Bundle, cameraCount, checkBundle, lensCount, POSE_SIZE, pointCount } from "./bundle.ts";
import type { BundleLoss } from "./loss.ts";
import type { Priors } from "./priors.ts";
import { type RankDeficiency, type ReducedFactor, reducedFactor } from "./reduced-factor.ts";
import { type Group, type Held, POSE_DOF } from "./unknowns.ts";

export interface MarginalsOptions {
  /** What is held where it is, as for `solve`. Something must hold the gauge, this or priors: covariances are relative to it. */
  readonly held?: Held;
  /** Those of the solve. Default none. */
  readonly priors?: Priors;
  /** That of the solve: observations then weigh what they weighed in its last step. Default none. */
  readonly loss?: BundleLoss;
  /** What the memory is taken from: the marginals lie in it. Default a new pool. */
  readonly arenas?: ArenaPool;
}

/** A pose by its camera, a set of intrinsics, or a point: by its index in the bundle. */
export interface Variable {
  readonly kind: "camera" | "intrinsics" | "point";
  readonly index: number;
}

/** J xi: `rows` x dof numbers, row-major, that act on the step of one variable. */
export interface LinearTerm extends Variable {
  readonly jacobian: Float64Array;
}

/** L^-1 P J' of the reduced system's factor, and 3 x width numbers L_p^-1 J' for each point that is in it. */
interface Half {
  readonly cameras: ForwardSolution;
  readonly points: ReadonlyMap<number, Float64Array>;
}

/** Where a variable's columns are: in `group`, and there from `first` on in each block. */
interface Place {
  readonly group: number;
  readonly column: number;
  readonly first: number;
}

/**
 * How well cameras and points of a bundle are known at its estimate: blocks of Sigma = (J'J)^-1, undamped, in fp64 whatever the policy of the solve before was.
 *
 * Sigma is the covariance of the steps, to first order: xi = [t; theta] of X Exp(xi), metres and radians in the camera's own frame, dk of intrinsics, dP of a point in the
 * world, all relative to what is held, whose blocks are zeros. Matrices are row-major. With the reduced camera system S = U - W V^-1 W', Sigma_cc = S^-1,
 * Sigma_cp = -S^-1 W V^-1 and Sigma_pp = V^-1 + V^-1 W'S^-1 W V^-1: each is a product of two half-solves, so that what is joint is positive semidefinite, rounded or not.
 */
export class Marginals {
  readonly bundle: Bundle;
  /**
   * The least pivot of the factor, as a share of the diagonal of J'J: some u / leastPivot is the relative error to be expected, u = 2^-53.
   */
  readonly leastPivot: number;
  readonly #factor: ReducedFactor;
  readonly #held: { readonly cameras: ReadonlySet<number>; readonly points: ReadonlySet<number>; readonly intrinsics: boolean };
  readonly #solver: ForwardSolver;

  /** @param factor of the bundle's equations; `recoverMarginals` makes it. */
  constructor(
    bundle: Bundle,
    factor: ReducedFactor,
    held: { readonly [of in "cameras" | "points"]: ReadonlySet<number> } & { readonly intrinsics: boolean },
  ) {
    this.bundle = bundle;
    this.leastPivot = factor.leastPivot;
    this.#factor = factor;
    this.#held = held;
    this.#solver = forwardSolver(factor.cholesky);
  }

  /** Rows of a variable's block: 6 of a camera, 3 of a point, as many as there are intrinsics in a set. */
  dof(kind: Variable["kind"]): number {
    return kind === "camera" ? POSE_DOF : kind === "point" ? 3 : this.bundle.model.intrinsics.length;
  }

  /** The block of Sigma for the rows of one variable and the columns of another. */
  block(row: Variable, column: Variable): Float64Array {
    return this.joint([row], [column]);
  }

  /**
   * The blocks of Sigma for these rows and columns of variables, in their order: the joint covariance where only rows are given. A half-solve each, of the part of the factor
   * that the variable touches.
   *
   * @throws OptionError for an index out of range, and for a variable that nothing measures.
   */
  joint(rows: readonly Variable[], columns: readonly Variable[] = rows): Float64Array {
    const halves = new Map<string, Half>();
    const halfOf = (variable: Variable): Half => {
      const name = `${variable.kind} ${variable.index}`;
      const half = halves.get(name) ?? this.#half([{ ...variable, jacobian: identity(this.dof(variable.kind)) }], this.dof(variable.kind));
      halves.set(name, half);
      return half;
    };
    const right = columns.map(halfOf);
    const width = columns.reduce((sum, { kind }) => sum + this.dof(kind), 0);
    const height = rows.reduce((sum, { kind }) => sum + this.dof(kind), 0);
    const joint = new Float64Array(height * width);
    let top = 0;
    for (const row of rows) {
      const left = halfOf(row);
      const height = this.dof(row.kind);
      let from = 0;
      for (const half of right) {
        const block = this.#product(left, half);
        const across = half.cameras.width;
        for (let k = 0; k < height; k++) joint.set(block.subarray(k * across, (k + 1) * across), (top + k) * width + from);
        from += across;
      }
      top += height;
    }
    return joint;
  }

  /**
   * The covariance of the relative pose T = X_i^-1 X_j of two cameras: of the xi of T Exp(xi), which is xi_j - Ad(T^-1) xi_i.
   *
   * Not made of `joint`: two cameras far from what is held and close to each other are known apart far better than each of them, and would cancel.
   * @throws OptionError as `joint` does.
   */
  relative(i: number, j: number): Float64Array {
    const count = cameraCount(this.bundle);
    checkInteger("relative: i", i, 0, count - 1);
    checkInteger("relative: j", j, 0, count - 1);
    const { poses } = this.bundle;
    const inverse = new Float64Array(POSE_SIZE);
    const adjoint = new Float64Array(POSE_DOF * POSE_DOF);
    se3.relative(poses, j * POSE_SIZE, poses, i * POSE_SIZE, inverse, 0);
    se3.adjoint(inverse, 0, adjoint, 0);
    return this.linear(
      [
        { kind: "camera", index: i, jacobian: adjoint.map((x) => -x) },
        { kind: "camera", index: j, jacobian: identity(POSE_DOF) },
      ],
      POSE_DOF,
    );
  }

  /**
   * The covariance J Sigma J' of y = sum of J_v xi_v, rows x rows: positive semidefinite, by one half-solve of `rows` columns.
   *
   * @throws OptionError as `joint` does, DimensionError for a Jacobian that is not rows x dof.
   */
  linear(terms: readonly LinearTerm[], rows: number): Float64Array {
    checkInteger("linear: rows", rows, 1);
    for (const { kind, jacobian } of terms) checkLength("linear: jacobian", jacobian.length, rows * this.dof(kind));
    const half = this.#half(terms, rows);
    return this.#product(half, half);
  }

  #product(X: Half, Y: Half): Float64Array {
    const product = this.#solver.product(X.cameras, Y.cameras);
    const [height, width] = [X.cameras.width, Y.cameras.width];
    for (const [p, x] of X.points) {
      const y = Y.points.get(p);
      if (y === undefined) continue;
      for (let k = 0; k < 3; k++) {
        for (let v = 0; v < height; v++) for (let w = 0; w < width; w++) product[v * width + w] += x[k * height + v] * y[k * width + w];
      }
    }
    return product;
  }

  #half(terms: readonly LinearTerm[], width: number): Half {
    const { b } = this.#factor.reduced.structure;
    const blocks = new Map<number, Float64Array>();
    const points = new Map<number, Float64Array>();
    /** The rows of B of a block column of the reduced system. */
    const into = (column: number): Float64Array => {
      const values = blocks.get(column) ?? new Float64Array(b * width);
      blocks.set(column, values);
      return values;
    };
    for (const term of terms) {
      const place = this.#placeOf(term);
      if (place === undefined) continue;
      if (term.kind === "point") this.#addPoint(place.column, term.jacobian, width, into, points);
      else this.#addCamera(place, this.dof(term.kind), term.jacobian, width, into);
    }
    const { scaling } = this.#factor;
    const B = [...blocks].map(([row, values]) => ({ row, values: values.map((x, k) => x * scaling[row * b + Math.floor(k / width)]) }));
    return { cameras: this.#solver.solve(B, width), points };
  }

  /** B += J' in the rows of the variable. */
  #addCamera({ group, column, first }: Place, dof: number, J: Float64Array, width: number, into: (column: number) => Float64Array): void {
    const B = into(this.#factor.reduced.structure.starts[group] + column);
    for (let a = 0; a < dof; a++) for (let w = 0; w < width; w++) B[(first + a) * width + w] += J[w * dof + a];
  }

  /** B -= W V^-1 J' in the rows of what measured the point, for its step V^-1 (b_p - W'x_c). */
  #addPoint(p: number, J: Float64Array, width: number, into: (column: number) => Float64Array, points: Map<number, Float64Array>): void {
    const { reduced, jacobian } = this.#factor;
    const { starts, dofs, r, observationPtr, pointBlock, slots } = reduced.structure;
    const L = reduced.pointFactor(p);
    const half = points.get(p) ?? new Float64Array(3 * width);
    points.set(p, half);
    const solved = new Float64Array(3 * width);
    for (let w = 0; w < width; w++) {
      // V = L L' with the inverses of its diagonal first.
      const y0 = J[3 * w] * L[0];
      const y1 = (J[3 * w + 1] - L[3] * y0) * L[1];
      const y2 = (J[3 * w + 2] - L[4] * y0 - L[5] * y1) * L[2];
      const x2 = y2 * L[2];
      const x1 = (y1 - L[5] * x2) * L[1];
      for (const [k, y] of [y0, y1, y2].entries()) half[k * width + w] += y;
      for (const [k, x] of [(y0 - L[3] * x1 - L[4] * x2) * L[0], x1, x2].entries()) solved[k * width + w] = x;
    }
    const Jp = jacobian.parts[dofs.length].values as unknown as Float64Array;
    const row = new Float64Array(r * width);
    for (let t = observationPtr[p]; t < observationPtr[p + 1]; t++) {
      multiply(Jp, 3 * r * pointBlock[t], r, 3, solved, width, row);
      for (const { group, blocks } of slots) {
        if (blocks[t] < 0) continue;
        const dof = dofs[group];
        const { pattern, values } = jacobian.parts[group];
        const B = into(starts[group] + pattern.colIdx[blocks[t]]);
        subtractTransposed(values as unknown as Float64Array, blocks[t] * r * dof, r, dof, row, width, B);
      }
    }
  }

  /** Undefined for a variable that is held. */
  #placeOf({ kind, index }: Variable): Place | undefined {
    const { bundle } = this;
    const counts = { camera: cameraCount(bundle), intrinsics: lensCount(bundle), point: pointCount(bundle) };
    if (!(kind in counts)) throw new OptionError("covariance: kind", { expected: "camera, intrinsics or point", actual: kind });
    checkInteger(`covariance: ${kind}`, index, 0, counts[kind] - 1);
    const { cameras, points, intrinsics } = this.#held;
    if (kind === "camera" ? cameras.has(index) : kind === "point" ? points.has(index) : intrinsics) return undefined;
    const { groups } = this.#factor.unknowns;
    const names: readonly Group["name"][] = kind === "point" ? ["point"] : [kind === "camera" ? "pose" : "intrinsics", "camera"];
    const group = groups.findIndex(({ name }) => names.includes(name));
    const column = groups[group].column[index];
    if (column < 0)
      throw new OptionError(`covariance: ${kind}`, { expected: "one that something measures or a prior is about", actual: index });
    return { group, column, first: kind === "intrinsics" && groups[group].name === "camera" ? POSE_DOF : 0 };
  }
}

/**
 * The covariances of a bundle's cameras and points at its estimate, which should be an optimum (`solve`'s): J is evaluated there, the points are eliminated and the reduced
 * camera system is factorised once, undamped and in fp64. A matrix that is singular to rounding is never shifted; what it lacks is returned. Without a depth in the
 * measurements the gauge has 7 dimensions, its size being one of them: a camera held and another's centre, or two cameras, hold it.
 *
 * @throws OptionError for an index out of range and for an observation's information that is not positive definite; DimensionError, OptionError where `checkBundle` does;
 *   ArenaError of @slam/wasm where there is no memory for the factor.
 * @see Triggs, McLauchlan, Hartley and Fitzgibbon, Bundle adjustment: a modern synthesis, 2000, section 9; Kaess and Dellaert, Covariance recovery from a square root
 *   information matrix for data association, Robotics and Autonomous Systems 57, 2009.
 */
export function recoverMarginals(bundle: Bundle, options: MarginalsOptions = {}): Marginals | RankDeficiency {
  checkBundle(bundle);
  const { held = {}, priors = {}, loss, arenas = new ArenaPool() } = options;
  const { intrinsics = false } = held;
  const all = { cameras: new Set(held.cameras), points: new Set(held.points), intrinsics };
  const factor = reducedFactor(bundle, { held: all, priors, loss, arenas });
  return "cholesky" in factor ? new Marginals(bundle, factor, all) : factor;
}

export function isMarginals(result: Marginals | RankDeficiency): result is Marginals {
  return result instanceof Marginals;
}

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0));
}

/** C <- A B for A = `values` from `at` on, rows x inner, and B, inner x width. */
function multiply(values: Float64Array, at: number, rows: number, inner: number, B: Float64Array, width: number, C: Float64Array): void {
  for (let a = 0; a < rows; a++) {
    for (let w = 0; w < width; w++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += values[at + a * inner + k] * B[k * width + w];
      C[a * width + w] = sum;
    }
  }
}

/** C <- C - A'B for A = `values` from `at` on, rows x columns, and B, rows x width. */
function subtractTransposed(
  values: Float64Array,
  at: number,
  rows: number,
  columns: number,
  B: Float64Array,
  width: number,
  C: Float64Array,
): void {
  for (let a = 0; a < rows; a++) {
    for (let j = 0; j < columns; j++) {
      for (let w = 0; w < width; w++) C[j * width + w] -= values[at + a * columns + j] * B[a * width + w];
    }
  }
}
