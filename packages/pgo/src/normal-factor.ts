import { type AnyPrecision, type FP64, fp64, operationFormat, tolerance } from "@slam/float";
import { type CholeskyFactor, choleskyWorkspace, factorize, isFactor } from "@slam/ichol";
import { newCounters } from "@slam/nlls";
import { type BsrMatrix, jacobiScaling } from "@slam/sparse";
import type { VariableKind } from "./factors/factor.ts";
import { holdPadding } from "./padding.ts";
import { pointOf } from "./point.ts";
import type { PoseGraphProblem } from "./problem.ts";
import { scaledJacobian } from "./scaled-jacobian.ts";

/**
 * Times n u: what a pivot of a singular matrix of n rows may be by rounding alone, as a share of the diagonal. Singular worlds and public graphs had up to
 * 1/40 of it, regular ones 20000 times as much and more.
 */
const PIVOT_NOISE = 16;

/** Why there is no covariance: a direction in which the measurements say nothing, to fp64's rounding. */
export interface RankDeficiency {
  /** A column of J, counted over the poses that are not held. */
  readonly row: number;
  /** What is left of the diagonal of J'J there, as a share of it. */
  readonly pivot: number;
  /** The pose or landmark whose column that is, by its id in its file. */
  readonly kind: VariableKind;
  readonly id: number;
}

/** S J'J S = P' L L' P and what its inverse means. */
export interface NormalFactor {
  readonly cholesky: CholeskyFactor<FP64>;
  /** The least pivot, as a share of the diagonal of J'J. */
  readonly leastPivot: number;
  /** S */
  readonly scaling: Float64Array;
  /** J'WJ = costScale J'J. */
  readonly costScale: number;
  /** The block column of each pose, -1 for those held. */
  readonly column: Int32Array;
}

/**
 * J'J at the problem's poses, factorised completely, undamped and in fp64. What is singular to rounding is never shifted: what it lacks is returned.
 *
 * @throws ArenaError of @slam/wasm where there is no memory for the factor.
 */
export function normalFactor(problem: PoseGraphProblem): NormalFactor | RankDeficiency {
  const { graph, structure, arenas, column, costScale, cols } = problem;
  const { A, scaling } = scaledNormal(problem);
  const symbolic = structure.cholesky(A.pattern.r);
  const diagonal = diagonalOf(A);
  const workspace = choleskyWorkspace(symbolic, fp64, arenas);
  const pivotFloor = Math.min(1, tolerance(fp64, cols, PIVOT_NOISE));
  const cholesky = factorize(symbolic, A, { maxShifts: 0, pivotFloor, workspace });
  if (isFactor(cholesky)) return { cholesky, scaling, costScale, column, leastPivot: leastPivot(cholesky, diagonal) };
  const { row, pivot } = cholesky;
  const variable = column.indexOf(Math.floor(row / A.pattern.r));
  const landmark = variable - graph.ids.length;
  const named = landmark < 0 ? { kind: "pose", id: graph.ids[variable] } : { kind: "landmark", id: graph.landmarks!.ids[landmark] };
  return { row, pivot: diagonal[row] > 0 ? pivot / diagonal[row] : pivot, ...(named as Pick<RankDeficiency, "kind" | "id">) };
}

/** S J'J S at the problem's poses, and S, in powers of two. */
function scaledNormal(problem: PoseGraphProblem): { readonly A: BsrMatrix<FP64>; readonly scaling: Float64Array } {
  const { graph, structure, arenas } = problem;
  const wide = operationFormat(fp64);
  const J = problem.jacobian(pointOf(graph), wide);
  const { r, c } = J.matrix.pattern;
  const symbolic = structure.normal(r, c);
  const scaling = jacobiScaling(J.columnSquares());
  const products = scaledJacobian({
    pattern: symbolic.A,
    jacobian: fp64,
    matvec: wide,
    vectors: wide,
    normal: { symbolic, arithmetic: fp64 },
    rowVectors: 0,
    colVectors: 0,
    exactColVectors: 0,
    counters: newCounters(),
    arenas,
  });
  products.replace(J.matrix, scaling);
  const A = products.normal() as BsrMatrix<FP64>;
  holdPadding(A as BsrMatrix<AnyPrecision>, J);
  return { A, scaling };
}

function diagonalOf({ pattern, values }: BsrMatrix<FP64>): Float64Array {
  const { blockRows, r: b, rowPtr } = pattern;
  // The diagonal block is the last one of its row.
  return Float64Array.from({ length: blockRows * b }, (_, k) => values[(rowPtr[Math.floor(k / b) + 1] - 1) * b * b + (k % b) * (b + 1)]);
}

function leastPivot({ symbolic: { n, b, order, L }, values }: CholeskyFactor<FP64>, diagonal: Float64Array): number {
  let least = 1;
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < b; k++) {
      const root = values[L.colPtr[j] * b * b + k * (b + 1)];
      least = Math.min(least, (root * root) / diagonal[order[j] * b + k]);
    }
  }
  return least;
}
