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
  const s = new Float32Array(4);
  for (let i = 0; i < blockRows; i++) {
    for (let a = 0; a < r; a++) {
      s.fill(0);
      for (let j = 0; j < c; j++) {
        let p = 0;
        for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) p = f(p + f(value[codes[(k * r + a) * c + j]] * x[colIdx[k] * c + j]));
        s[j & 3] += p;
      }
      y[i * r + a] = f(f(s[0] + s[2]) + f(s[1] + s[3]));
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
