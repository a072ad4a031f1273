import type { BsrPattern } from "./bsr-pattern.ts";

const f = Math.fround;

// The reference's products with entries stored as 16-bit codes, decoded by table, and fp32 arithmetic, as plain loops: the same order, the
// same bits.

/** y <- A x */
export function multiply16(
  { blockRows, r, c, rowPtr, colIdx }: BsrPattern,
  codes: Uint16Array,
  value: Float32Array,
  x: Float32Array,
  y: Float32Array,
): void {
  for (let i = 0; i < blockRows; i++) {
    for (let a = 0; a < r; a++) {
      let sum = 0;
      for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
        const v = (k * r + a) * c;
        const xj = colIdx[k] * c;
        for (let j = 0; j < c; j++) sum = f(sum + f(value[codes[v + j]] * x[xj + j]));
      }
      y[i * r + a] = sum;
    }
  }
}

/** y <- A' x */
export function multiplyTransposed16(
  { blockRows, r, c, rowPtr, colIdx }: BsrPattern,
  codes: Uint16Array,
  value: Float32Array,
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
        for (let j = 0; j < c; j++) y[yj + j] = f(y[yj + j] + f(value[codes[v + j]] * xa));
      }
    }
  }
}
