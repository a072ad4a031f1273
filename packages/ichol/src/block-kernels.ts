import type { AnyPrecision, Storage } from "@slam/float";

/**
 * The dense operations of a block Cholesky factorisation on blocks of b x b scalars, row-major, at offsets of one array.
 * Each entry is a sum over ascending columns: the order of the scalar algorithm, whoever computes it.
 */
export interface BlockKernels<S extends Storage> {
  /** C <- C - A B' */
  update(L: S, c: number, a: number, b: number): void;
  /** D <- the lower Cholesky factor of D, zeros above the diagonal; returns -1, or the row of the first pivot below its floor. */
  cholesky(L: S, d: number, floors: Float64Array, row: number): number;
  /** A <- A D^-T, D lower triangular. */
  solve(L: S, a: number, d: number): void;
}

/** In any format: every operation through the format's arithmetic. */
export function referenceKernels(P: AnyPrecision, b: number): BlockKernels<Storage> {
  return {
    update(L, c, a, bb) {
      for (let i = 0; i < b; i++) {
        for (let j = 0; j < b; j++) {
          let s = P.load(L, c + i * b + j);
          for (let k = 0; k < b; k++) s = P.sub(s, P.mul(P.load(L, a + i * b + k), P.load(L, bb + j * b + k)));
          P.store(L, c + i * b + j, s);
        }
      }
    },
    cholesky(L, d, floors, row) {
      for (let i = 0; i < b; i++) {
        for (let j = 0; j <= i; j++) {
          let s = P.load(L, d + i * b + j);
          for (let k = 0; k < j; k++) s = P.sub(s, P.mul(P.load(L, d + i * b + k), P.load(L, d + j * b + k)));
          if (j < i) P.store(L, d + i * b + j, P.div(s, P.load(L, d + j * b + j)));
          else if (s > floors[row + i] && s < Infinity) P.store(L, d + i * b + i, P.sqrt(s));
          else {
            P.store(L, d + i * b + i, s);
            return i;
          }
        }
        for (let j = i + 1; j < b; j++) P.store(L, d + i * b + j, 0);
      }
      return -1;
    },
    solve(L, a, d) {
      for (let i = 0; i < b; i++) {
        for (let j = 0; j < b; j++) {
          let s = P.load(L, a + i * b + j);
          for (let k = 0; k < j; k++) s = P.sub(s, P.mul(P.load(L, a + i * b + k), P.load(L, d + j * b + k)));
          P.store(L, a + i * b + j, P.div(s, P.load(L, d + j * b + j)));
        }
      }
    },
  };
}
