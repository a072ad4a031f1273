import { fp64 } from "@slam/float";
import { type CholeskySymbolic, factorize, isFactor, triangularWorkspace, withBlockSize } from "@slam/ichol";
import { bsrMatrix } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";
import { type ChordalForm, evaluate } from "./chordal-form.ts";
import { EXACT, exactInverse } from "./exact-inverse.ts";

/** Puts the positions of X where its rotations want them. */
export type PlacePositions = (X: Float64Array, r: number) => void;

/**
 * p <- the positions that minimise F for the rotations of X, the first one 0: solved by one factor of the Laplacian sum tau (p_j - p_i)^2, the first row and column
 * left out.
 *
 * @param symbolic of the complete factor of the form's matrix.
 */
export function positionSolver(form: ChordalForm, symbolic: CholeskySymbolic, arenas: ArenaPool): PlacePositions {
  const { d, n, from, to, tau } = form;
  const own = withBlockSize(symbolic, 1);
  const L = bsrMatrix(own.A, fp64);
  const { rowPtr, colIdx } = own.A;
  for (let e = 0; e < from.length; e++) {
    const [low, high] = from[e] < to[e] ? [from[e], to[e]] : [to[e], from[e]];
    L.values[rowPtr[low + 1] - 1] += tau[e];
    L.values[rowPtr[high + 1] - 1] += tau[e];
    if (low > 0) L.values[placeOf(rowPtr, colIdx, high, low)] -= tau[e];
  }
  const factor = factorize(own, L, { maxShifts: 0 });
  if (!isFactor(factor)) throw new Error("bug: the Laplacian of a connected graph is singular");
  const inverse = exactInverse(factor, triangularWorkspace(own, EXACT, arenas));
  const column = new Float64Array(n);
  return (X, r) => {
    const stride = (d + 1) * r;
    // A correction of where they are: what is solved for is then small, and so is its rounding.
    const G = new Float64Array(X.length);
    evaluate(form, X, r, G);
    for (let a = 0; a < r; a++) {
      for (let k = 0; k < n; k++) column[k] = G[k * stride + d * r + a];
      column[0] = 0;
      inverse(column, column);
      for (let k = 1; k < n; k++) X[k * stride + d * r + a] -= column[k];
    }
  };
}

function placeOf(rowPtr: Int32Array, colIdx: Int32Array, row: number, column: number): number {
  for (let k = rowPtr[row]; k < rowPtr[row + 1]; k++) if (colIdx[k] === column) return k;
  throw new Error("bug: the pattern lacks an edge");
}
