import type { OperationFormat, Storage } from "@slam/float";
import type { CholeskySymbolic } from "./symbolic.ts";

/**
 * w <- L^-T L^-1 w. Forward: y_i = (w_i - sum_{j < i} L_ij y_j) / L_ii, j ascending; backward: x_j = (y_j - sum_{i > j} L_ij x_i) / L_jj,
 * i descending; every operation rounded to the arithmetic, whose values w holds.
 */
export function solveReference(symbolic: CholeskySymbolic, format: OperationFormat, values: Storage, w: Float64Array): void {
  const { n, b } = symbolic;
  const { colPtr, rowIdx } = symbolic.L;
  const S = format.storage;
  const A = format.arithmetic;
  const entry = (block: number, i: number, j: number): number => A.round(S.load(values, (block * b + j) * b + i));
  for (let j = 0; j < n; j++) {
    const d = colPtr[j];
    for (let a = 0; a < b; a++) {
      let s = w[j * b + a];
      for (let c = 0; c < a; c++) s = A.sub(s, A.mul(entry(d, a, c), w[j * b + c]));
      w[j * b + a] = A.div(s, entry(d, a, a));
    }
    for (let e = d + 1; e < colPtr[j + 1]; e++) {
      for (let a = 0; a < b; a++) {
        const at = rowIdx[e] * b + a;
        for (let c = 0; c < b; c++) w[at] = A.sub(w[at], A.mul(entry(e, a, c), w[j * b + c]));
      }
    }
  }
  for (let j = n - 1; j >= 0; j--) {
    const d = colPtr[j];
    for (let e = colPtr[j + 1] - 1; e > d; e--) {
      for (let a = b - 1; a >= 0; a--) {
        const x = w[rowIdx[e] * b + a];
        for (let c = 0; c < b; c++) w[j * b + c] = A.sub(w[j * b + c], A.mul(entry(e, a, c), x));
      }
    }
    for (let c = b - 1; c >= 0; c--) {
      let s = w[j * b + c];
      for (let a = b - 1; a > c; a--) s = A.sub(s, A.mul(entry(d, a, c), w[j * b + a]));
      w[j * b + c] = A.div(s, entry(d, c, c));
    }
  }
}
