import { type FP64, fp64 } from "@slam/float";
import { type BsrMatrix, type BsrPattern, bsrMatrix, type NormalSymbolic, normalProduct, normalSymbolic } from "@slam/sparse";
import type { ChordalForm } from "./chordal-form.ts";

/**
 * M of F = tr(X' M X), the lower triangle, in blocks of d + 1. With `anchored` positions c (n x d) it is of X = T Z instead: each position p_k is q_k + Y_0 c_k, so
 * that q = 0 where p = Y_0 c, and the turns of the first pose meet all edges.
 */
export function formMatrix(form: ChordalForm, { A, pattern, target }: NormalSymbolic, anchored?: Float64Array): BsrMatrix<FP64> {
  const { d, from, to } = form;
  const b = d + 1;
  const J = bsrMatrix(A, fp64);
  for (let e = 0; e < from.length; e++) {
    const root = Math.sqrt(form.tau[e]);
    const blockOf = (pose: number): Float64Array => blockAt(J, e, pose);
    const [Ji, Jj] = [blockOf(from[e]), blockOf(to[e])];
    writeTurns(form, e, Ji, Jj);
    // tau's row: q_j - q_i + Y_0 (c_j - c_i) - Y_i t
    Ji[d * b + d] -= root;
    Jj[d * b + d] += root;
    for (let l = 0; l < d; l++) Ji[d * b + l] -= root * form.translations[e * d + l];
    if (anchored === undefined) continue;
    const J0 = blockOf(0);
    // Differences of neighbours: the world's size does not enter.
    for (let l = 0; l < d; l++) J0[d * b + l] += root * (anchored[to[e] * d + l] - anchored[from[e] * d + l]);
  }
  return normalProduct({ A, pattern, target }, J);
}

/** sqrt(kappa) (Yj - Yi Rij), a row for each column of it. */
function writeTurns({ d, kappa, rotations }: ChordalForm, e: number, Ji: Float64Array, Jj: Float64Array): void {
  const root = Math.sqrt(kappa[e]);
  for (let k = 0; k < d; k++) {
    Jj[k * (d + 1) + k] += root;
    for (let l = 0; l < d; l++) Ji[k * (d + 1) + l] -= root * rotations[(e * d + l) * d + k];
  }
}

function blockAt({ pattern, values }: BsrMatrix<FP64>, row: number, column: number): Float64Array {
  const size = pattern.r * pattern.c;
  for (let k = pattern.rowPtr[row]; k < pattern.rowPtr[row + 1]; k++) {
    if (pattern.colIdx[k] === column) return values.subarray(k * size, (k + 1) * size);
  }
  throw new Error("bug: an edge without a block");
}

/** Which blocks each edge has: at its two poses and, anchored, at the first one. */
export function formStructure({ d, n, from, to }: ChordalForm, anchored: boolean): NormalSymbolic {
  const edges = from.length;
  const rowPtr = new Int32Array(edges + 1);
  const colIdx = new Int32Array(3 * edges);
  let at = 0;
  for (let e = 0; e < edges; e++) {
    const [low, high] = from[e] < to[e] ? [from[e], to[e]] : [to[e], from[e]];
    if (anchored && low > 0) colIdx[at++] = 0;
    colIdx[at++] = low;
    colIdx[at++] = high;
    rowPtr[e + 1] = at;
  }
  const A: BsrPattern = { blockRows: edges, blockCols: n, r: d + 1, c: d + 1, rowPtr, colIdx: colIdx.slice(0, at) };
  return normalSymbolic(A);
}
