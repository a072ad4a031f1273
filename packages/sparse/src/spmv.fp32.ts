import type { BsrPattern } from "./bsr-pattern.ts";

const f = Math.fround;

// The reference's products in fp32 as plain loops: the same order, the same bits.

/** y <- A x */
export function multiply32({ blockRows, r, c, rowPtr, colIdx }: BsrPattern, values: Float32Array, x: Float32Array, y: Float32Array): void {
  for (let i = 0; i < blockRows; i++) {
    for (let a = 0; a < r; a++) {
      let sum = 0;
      for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
        const v = (k * r + a) * c;
        const xj = colIdx[k] * c;
        for (let j = 0; j < c; j++) sum = f(sum + f(values[v + j] * x[xj + j]));
      }
      y[i * r + a] = sum;
    }
  }
}

/** y <- A' x */
export function multiplyTransposed32(
  { blockRows, r, c, rowPtr, colIdx }: BsrPattern,
  values: Float32Array,
  x: Float32Array,
  y: Float32Array,
): void {
  y.fill(0);
  for (let i = 0; i < blockRows; i++) {
    for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
      const yj = colIdx[k] * c;
      for (let a = 0; a < r; a++) {
        const xa = x[i * r + a];
        const v = (k * r + a) * c;
        for (let j = 0; j < c; j++) y[yj + j] = f(y[yj + j] + f(values[v + j] * xa));
      }
    }
  }
}
