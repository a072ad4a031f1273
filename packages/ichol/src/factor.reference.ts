import type { AnyPrecision, Storage } from "@slam/float";
import { rowStructure } from "@slam/sparse";
import type { CholeskySymbolic } from "./symbolic.ts";

/**
 * The dense operations of a block Cholesky factorisation on blocks of b x b scalars, by columns, at offsets of one array.
 * Each entry is a sum over ascending columns: the order of the scalar algorithm, whoever computes it.
 */
export interface BlockKernels {
  /** C <- C - A B' */
  update(L: Storage, c: number, a: number, b: number): void;
  /** D <- the lower Cholesky factor of D, zeros above the diagonal; returns -1, or the row of the first pivot below its floor. */
  cholesky(L: Storage, d: number, floors: Float64Array, row: number): number;
  /** A <- A D^-T, D lower triangular. */
  solve(L: Storage, a: number, d: number): void;
}

/** In any format: every operation through the format's arithmetic. */
export function referenceKernels(P: AnyPrecision, b: number): BlockKernels {
  return {
    update(L, c, a, bb) {
      for (let i = 0; i < b; i++) {
        for (let j = 0; j < b; j++) {
          let s = P.load(L, c + j * b + i);
          for (let k = 0; k < b; k++) s = P.sub(s, P.mul(P.load(L, a + k * b + i), P.load(L, bb + k * b + j)));
          P.store(L, c + j * b + i, s);
        }
      }
    },
    cholesky(L, d, floors, row) {
      for (let i = 0; i < b; i++) {
        for (let j = 0; j <= i; j++) {
          let s = P.load(L, d + j * b + i);
          for (let k = 0; k < j; k++) s = P.sub(s, P.mul(P.load(L, d + k * b + i), P.load(L, d + k * b + j)));
          if (j < i) P.store(L, d + j * b + i, P.div(s, P.load(L, d + j * b + j)));
          else if (s > floors[row + i] && s < Infinity) P.store(L, d + i * b + i, P.sqrt(s));
          else {
            P.store(L, d + i * b + i, s);
            return i;
          }
        }
        for (let j = i + 1; j < b; j++) P.store(L, d + j * b + i, 0);
      }
      return -1;
    },
    solve(L, a, d) {
      for (let i = 0; i < b; i++) {
        for (let j = 0; j < b; j++) {
          let s = P.load(L, a + j * b + i);
          for (let k = 0; k < j; k++) s = P.sub(s, P.mul(P.load(L, a + k * b + i), P.load(L, d + k * b + j)));
          P.store(L, a + j * b + i, P.div(s, P.load(L, d + j * b + j)));
        }
      }
    },
  };
}

/** L <- P (A + shift diag(A)) P', zeros elsewhere; floors <- pivotFloor diag(P A P'). */
export function prepareReference(
  { b, n, L: pattern, destination }: CholeskySymbolic,
  P: AnyPrecision,
  values: Storage,
  shift: number,
  pivotFloor: number,
  L: Storage,
  floors: Float64Array,
): void {
  L.fill(0);
  for (let k = 0; k < destination.length; k++) {
    const into = (destination[k] >> 1) * b * b;
    const transposed = (destination[k] & 1) === 1;
    for (let i = 0; i < b; i++) {
      for (let j = 0; j < b; j++) L[into + j * b + i] = values[k * b * b + (transposed ? j * b + i : i * b + j)];
    }
  }
  for (let j = 0; j < n; j++) {
    const d = pattern.colPtr[j] * b * b;
    for (let i = 0; i < b; i++) {
      const diagonal = P.load(L, d + i * (b + 1));
      floors[j * b + i] = pivotFloor * diagonal;
      if (shift > 0) P.store(L, d + i * (b + 1), diagonal + shift * diagonal);
    }
  }
}

/** Left-looking by block columns. Returns -1, or the scalar row (in the order of elimination) of the first bad pivot. */
export function factorColumnsReference(symbolic: CholeskySymbolic, P: AnyPrecision, L: Storage, floors: Float64Array): number {
  const kernels = referenceKernels(P, symbolic.b);
  const { n, b } = symbolic;
  const { colPtr, rowIdx } = symbolic.L;
  const { rowPtr, colIdx, position } = rowStructure(n, colPtr, rowIdx);
  const size = b * b;
  // where[i]: the position of row i in the column at hand, -1 where it has none.
  const where = new Int32Array(n).fill(-1);
  for (let j = 0; j < n; j++) {
    const start = colPtr[j];
    const end = colPtr[j + 1];
    for (let e = start; e < end; e++) where[rowIdx[e]] = e;
    // L_ij <- A_ij - sum over k < j of L_ik L_jk'
    for (let t = rowPtr[j]; t < rowPtr[j + 1]; t++) {
      const jk = position[t];
      const last = colPtr[colIdx[t] + 1];
      for (let ik = jk; ik < last; ik++) {
        const ij = where[rowIdx[ik]];
        if (ij >= 0) kernels.update(L, ij * size, ik * size, jk * size);
      }
    }
    const bad = kernels.cholesky(L, start * size, floors, j * b);
    if (bad >= 0) return j * b + bad;
    for (let e = start + 1; e < end; e++) kernels.solve(L, e * size, start * size);
    for (let e = start; e < end; e++) where[rowIdx[e]] = -1;
  }
  return -1;
}
