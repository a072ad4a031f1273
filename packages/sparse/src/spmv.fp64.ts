import type { BsrPattern } from "./bsr-pattern.ts";

// The reference's products in fp64 as plain loops: the same order, the same bits.

/** y <- A x */
export function multiply64({ blockRows, r, c, rowPtr, colIdx }: BsrPattern, values: Float64Array, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < blockRows; i++) {
    for (let a = 0; a < r; a++) {
      let sum = 0;
      for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
        const v = (k * r + a) * c;
        const xj = colIdx[k] * c;
        for (let j = 0; j < c; j++) sum += values[v + j] * x[xj + j];
      }
      y[i * r + a] = sum;
    }
  }
}

/** y <- A' x */
export function multiplyTransposed64(
  { blockRows, r, c, rowPtr, colIdx }: BsrPattern,
  values: Float64Array,
  x: Float64Array,
  y: Float64Array,
): void {
  y.fill(0);
  for (let i = 0; i < blockRows; i++) {
    for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
      const yj = colIdx[k] * c;
      for (let a = 0; a < r; a++) {
        const xa = x[i * r + a];
        const v = (k * r + a) * c;
        for (let j = 0; j < c; j++) y[yj + j] += values[v + j] * xa;
      }
    }
  }
}
