import { type AnyPrecision, type OperationFormat, type RoundingEvents, type Storage, storeCounted } from "@slam/float";
import type { BsrMatrix } from "./bsr-matrix.ts";

/**
 * y <- A x. In a scalar row p_j is the sum of the products with its blocks' columns j, blocks ascending, s_i that of p_i, p_i+4, ..., in this order, and
 * y = (s_0 + s_2) + (s_1 + s_3); all sums start at 0. Every product and sum is rounded to the arithmetic A, the result once more to the vectors' format.
 */
export function multiplyReference(
  matrix: BsrMatrix<AnyPrecision>,
  A: AnyPrecision,
  vectors: OperationFormat,
  x: Storage,
  y: Storage,
  events: RoundingEvents,
): void {
  const { blockRows, r, c, rowPtr, colIdx } = matrix.pattern;
  const M = matrix.format;
  const V = vectors.storage;
  const values = matrix.values as Storage;
  for (let i = 0; i < blockRows; i++) {
    for (let a = 0; a < r; a++) {
      const s = [0, 0, 0, 0];
      for (let j = 0; j < c; j++) {
        let p = 0;
        for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
          p = A.add(p, A.mul(A.round(M.load(values, (k * r + a) * c + j)), A.round(V.load(x, colIdx[k] * c + j))));
        }
        s[j % 4] = A.add(s[j % 4], p);
      }
      storeCounted(V, y, i * r + a, A.add(A.add(s[0], s[2]), A.add(s[1], s[3])), events);
    }
  }
}

/** y <- A' x. y_j sums by ascending scalar row in the arithmetic, and is rounded to the vectors' format at the end. */
export function multiplyTransposedReference(
  matrix: BsrMatrix<AnyPrecision>,
  A: AnyPrecision,
  vectors: OperationFormat,
  x: Storage,
  y: Storage,
  events: RoundingEvents,
): void {
  const { blockRows, r, c, rowPtr, colIdx } = matrix.pattern;
  const M = matrix.format;
  const V = vectors.storage;
  const values = matrix.values as Storage;
  const sums = new Float64Array(y.length);
  for (let i = 0; i < blockRows; i++) {
    for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
      for (let a = 0; a < r; a++) {
        const xa = A.round(V.load(x, i * r + a));
        for (let j = 0; j < c; j++) {
          const at = colIdx[k] * c + j;
          sums[at] = A.add(sums[at], A.mul(A.round(M.load(values, (k * r + a) * c + j)), xa));
        }
      }
    }
  }
  for (let j = 0; j < y.length; j++) storeCounted(V, y, j, sums[j], events);
}
