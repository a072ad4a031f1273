import type { AnyPrecision, Storage } from "@slam/float";
import { blockPosition } from "./block-position.ts";
import type { CholeskySymbolic } from "./symbolic.ts";

/**
 * The blocks of Z = (L L')^-1 at the places of L, columns descending. Z L = L^-T has zeros below its diagonal, so that
 *
 *     Y_ij = L_ij L_jj^-1,  Z_ij = -sum_k Z_ik Y_kj,  Z_jj = L_jj^-T L_jj^-1 - sum_k Y_kj' Z_kj,
 *
 * k over the rows below the diagonal of column j, where L has every (i, k) too. Sums start from 0 and run over descending scalar rows; the upper half of a
 * diagonal block is its lower half's mirror image.
 *
 * @param L b b numbers for each block, by columns.
 * @param Y scratch, as long as L.
 * @param Z <- b b numbers for each block, by rows.
 * @see Takahashi, Fagan, Chen, Formation of a sparse bus impedance matrix and its application to short circuit study, PICA 1973; Erisman and Tinney, On
 *   computing certain elements of the inverse of a sparse matrix, Comm. ACM 18, 1975.
 */
export function inverseReference({ n, b, L: pattern }: CholeskySymbolic, P: AnyPrecision, L: Storage, Y: Storage, Z: Storage): void {
  const { colPtr, rowIdx } = pattern;
  const size = b * b;
  for (let j = 0; j < n; j++) for (let e = colPtr[j]; e < colPtr[j + 1]; e++) divide(P, b, L, colPtr[j] * size, e * size, Y);
  /** Entry (r, c) of Z_ik, whichever of it and Z_ki is stored. */
  const entry = (i: number, k: number, r: number, c: number): number =>
    i >= k ? P.load(Z, blockPosition(pattern, i, k) * size + r * b + c) : P.load(Z, blockPosition(pattern, k, i) * size + c * b + r);
  for (let j = n - 1; j >= 0; j--) {
    const [diagonal, last] = [colPtr[j], colPtr[j + 1] - 1];
    for (let e = last; e > diagonal; e--) {
      for (let r = 0; r < b; r++) {
        for (let c = 0; c < b; c++) {
          let s = 0;
          for (let k = last; k > diagonal; k--) {
            for (let q = b - 1; q >= 0; q--) {
              s = P.sub(s, P.mul(entry(rowIdx[e], rowIdx[k], r, q), P.load(Y, k * size + q * b + c)));
            }
          }
          P.store(Z, e * size + r * b + c, s);
        }
      }
    }
    for (let r = 0; r < b; r++) {
      for (let c = 0; c <= r; c++) {
        let s = 0;
        for (let q = b - 1; q >= r; q--) {
          s = P.add(s, P.mul(P.load(Y, diagonal * size + q * b + r), P.load(Y, diagonal * size + q * b + c)));
        }
        for (let k = last; k > diagonal; k--) {
          for (let q = b - 1; q >= 0; q--) s = P.sub(s, P.mul(P.load(Y, k * size + q * b + r), P.load(Z, k * size + q * b + c)));
        }
        P.store(Z, diagonal * size + r * b + c, s);
        P.store(Z, diagonal * size + c * b + r, s);
      }
    }
  }
}

/** Y <- L D^-1 for the block at `at` and the lower triangle D at `d`, both by columns, Y by rows; where they are one block, Y <- D^-1. */
function divide(P: AnyPrecision, b: number, L: Storage, d: number, at: number, Y: Storage): void {
  for (let r = 0; r < b; r++) {
    for (let c = b - 1; c >= 0; c--) {
      let s = 0;
      if (at !== d) s = P.load(L, at + c * b + r);
      else if (r === c) s = 1;
      // On the diagonal what lies above it is zero.
      for (let k = at === d ? r : b - 1; k > c; k--) s = P.sub(s, P.mul(P.load(Y, at + r * b + k), P.load(L, d + c * b + k)));
      P.store(Y, at + r * b + c, at === d && c > r ? 0 : P.div(s, P.load(L, d + c * (b + 1))));
    }
  }
}
