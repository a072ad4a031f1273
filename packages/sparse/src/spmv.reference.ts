import { type AnyPrecision, type OperationFormat, type RoundingEvents, type Storage, storeCounted } from "@slam/float";
import type { BsrMatrix } from "./bsr-matrix.ts";

/**
 * y <- A x. Scalar row by scalar row, blocks ascending, columns ascending; every product and sum is rounded to the arithmetic A,
 * the result once more to the vectors' format.
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
      let sum = 0;
      for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
        for (let j = 0; j < c; j++) {
          sum = A.add(sum, A.mul(A.round(M.load(values, (k * r + a) * c + j)), A.round(V.load(x, colIdx[k] * c + j))));
        }
      }
      storeCounted(V, y, i * r + a, sum, events);
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
