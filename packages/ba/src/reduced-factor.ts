import { type FP64, fp64, operationFormat, tolerance } from "@slam/float";
import { analyzeCholesky, type CholeskyFactor, choleskyWorkspace, factorize, isFactor, triangularPreconditioner } from "@slam/ichol";
import { vectorSpace } from "@slam/linop";
import { newCounters } from "@slam/nlls";
import { bsrMatrix, jacobiScaling } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";
import type { Bundle } from "./bundle.ts";
import { PIVOT_FLOOR } from "./eliminate.reference.ts";
import type { BundleJacobian } from "./jacobian.ts";
import { type BundleLoss, robust } from "./loss.ts";
import { pointOf } from "./observer.ts";
import type { Priors } from "./priors.ts";
import { BundleProblem } from "./problem.ts";
import { ReducedSystem } from "./reduced-system.ts";
import { type Held, POSE_DOF, type Unknowns } from "./unknowns.ts";
import { factorizeDense } from "./window/dense-cholesky.ts";

/** Times n u: what a pivot of a singular matrix of n rows may be by rounding alone, as a share of the diagonal of J'J. */
const PIVOT_NOISE = 16;

/** Why there is no covariance: a direction in which the measurements say nothing, to fp64's rounding. */
export interface RankDeficiency {
  /** A column of J, counted over what is not held. */
  readonly row: number;
  /** What is left of the diagonal of J'J there, as a share of it. */
  readonly pivot: number;
  /** What that column belongs to, its index in the bundle, and which of its coordinates that is. */
  readonly kind: "camera" | "intrinsics" | "point";
  readonly index: number;
  readonly coordinate: number;
}

/** s S s = P' L L' P, S the reduced camera system at the bundle's estimate, undamped and in fp64. */
export interface ReducedFactor {
  readonly cholesky: CholeskyFactor<FP64>;
  /** The least pivot, as a share of the diagonal of J'J. */
  readonly leastPivot: number;
  /** s, padded. */
  readonly scaling: Float64Array;
  readonly reduced: ReducedSystem;
  readonly jacobian: BundleJacobian;
  readonly unknowns: Unknowns;
}

export interface ReducedFactorOptions {
  readonly held: Held;
  readonly priors: Priors;
  readonly loss: BundleLoss | undefined;
  readonly arenas: ArenaPool;
}

/**
 * What is singular to rounding is never shifted: what it lacks is returned.
 *
 * @throws ArenaError of @slam/wasm where there is no memory for the factor.
 */
export function reducedFactor(bundle: Bundle, { held, priors, loss, arenas }: ReducedFactorOptions): ReducedFactor | RankDeficiency {
  const counters = newCounters();
  const problem = new BundleProblem(bundle, held, counters, arenas, priors);
  const { unknowns, patterns } = problem;
  const jacobian = (loss === undefined ? problem : robust(problem, loss)).jacobian(pointOf(bundle), operationFormat(fp64));
  const reduced = new ReducedSystem(patterns, { part: "lower", jacobian: fp64, counters, arenas });
  const bad = reduced.assemble(jacobian, undefined);
  if (bad >= 0) return openPoint(unknowns, jacobian, bad);
  // Of J'J and not of S: what rounding leaves of S is as large as what J'J had.
  const diagonal = new Float64Array(reduced.size).fill(1);
  const squares = jacobian.columnSquares();
  for (const [j, place] of reduced.place.entries()) diagonal[place] = squares[j];
  const scaling = jacobiScaling(diagonal);
  const H = bsrMatrix(reduced.structure.pattern, fp64);
  reduced.scaledInto(H, scaling);
  const symbolic = analyzeCholesky(reduced.structure.pattern);
  const cholesky = factorize(symbolic, H, { maxShifts: 0, workspace: choleskyWorkspace(symbolic, fp64, arenas) });
  const shareOf = (row: number, pivot: number): number => pivot / (diagonal[row] * scaling[row] ** 2 || 1);
  const open = (row: number, pivot: number): RankDeficiency => ({ ...variableAt(unknowns, reduced.place.indexOf(row)), pivot });
  if (!isFactor(cholesky)) return open(cholesky.row, shareOf(cholesky.row, cholesky.pivot));
  const { row, share } = leastPivot(cholesky, shareOf, tolerance(fp64, problem.cols, PIVOT_NOISE));
  const factor = { cholesky, leastPivot: share, scaling, reduced, jacobian, unknowns };
  return isOfJacobian(factor, row) ? factor : open(row, share);
}

/** The first pivot that is no more than the floor, in the order of elimination: those after it are made of it; or the least one. */
function leastPivot(
  { symbolic: { n, b, order, L }, values }: CholeskyFactor<FP64>,
  shareOf: (row: number, pivot: number) => number,
  floor: number,
): { readonly row: number; readonly share: number } {
  let least = { row: -1, share: 1 };
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < b; k++) {
      const row = order[j] * b + k;
      const share = shareOf(row, values[L.colPtr[j] * b * b + k * (b + 1)] ** 2);
      if (share < least.share) least = { row, share };
      if (share <= floor) return least;
    }
  }
  return least;
}

/**
 * Whether the least pivot is J's and not rounding's. v = (J'J)^-1 e of its column has v'e = |J v|^2, and J v is known to far better than J'J is: of a direction in which the
 * measurements say nothing, it is next to nothing.
 */
function isOfJacobian({ cholesky, scaling, reduced, jacobian }: ReducedFactor, row: number): boolean {
  if (row < 0) return true;
  const space = vectorSpace(operationFormat(fp64), newCounters());
  const e = new Float64Array(reduced.size);
  const v = new Float64Array(reduced.size);
  e[row] = 1;
  triangularPreconditioner(cholesky, operationFormat(fp64), space).apply(e, v);
  const cameras = Float64Array.from(reduced.place, (place) => scaling[place] * v[place]);
  const last = jacobian.parts.length - 1;
  const { pattern } = jacobian.parts[last];
  const [Jv, Jp] = [new Float64Array(pattern.blockRows * pattern.r), new Float64Array(pattern.blockRows * pattern.r)];
  const points = new Float64Array(3 * pattern.blockCols);
  jacobian.multiplyParts(0, last, cameras, Jv);
  jacobian.multiplyTransposedParts(last, last + 1, Jv, points);
  reduced.solvePoints(points);
  jacobian.multiplyParts(last, last + 1, points, Jp);
  let energy = 0;
  for (let i = 0; i < Jv.length; i++) energy += (Jv[i] - Jp[i]) ** 2;
  return energy > 0.5 * v[row];
}

/** A point whose own block is singular. */
function openPoint(unknowns: Unknowns, { parts }: BundleJacobian, column: number): RankDeficiency {
  const { pattern, values } = parts[parts.length - 1];
  const Jp = values as unknown as Float64Array;
  const V = new Float64Array(9);
  for (let k = 0; k < pattern.colIdx.length; k++) {
    if (pattern.colIdx[k] !== column) continue;
    for (let at = 3 * pattern.r * k; at < 3 * pattern.r * (k + 1); at += 3) {
      for (let i = 0; i < 3; i++) for (let j = 0; j <= i; j++) V[3 * i + j] += Jp[at + i] * Jp[at + j];
    }
  }
  const diagonal = [V[0], V[4], V[8]];
  const floor = Float64Array.from(diagonal, (v) => PIVOT_FLOOR * v);
  const at = Math.max(0, factorizeDense(V, 3, new Int32Array(3), floor));
  let pivot = V[4 * at];
  for (let k = 0; k < at; k++) pivot -= V[3 * at + k] ** 2;
  const start = unknowns.starts[unknowns.groups.length - 1];
  return { ...variableAt(unknowns, start + 3 * column + at), pivot: diagonal[at] > 0 ? pivot / diagonal[at] : 0 };
}

/** What a column of J belongs to. */
function variableAt({ groups, starts }: Unknowns, row: number): Omit<RankDeficiency, "pivot"> {
  const group = starts.findIndex((start, k) => start <= row && row < starts[k + 1]);
  const { name, dof, column } = groups[group];
  const index = column.indexOf(Math.floor((row - starts[group]) / dof));
  const coordinate = (row - starts[group]) % dof;
  if (name === "camera" && coordinate >= POSE_DOF) return { row, kind: "intrinsics", index, coordinate: coordinate - POSE_DOF };
  return { row, kind: name === "pose" ? "camera" : name, index, coordinate };
}
