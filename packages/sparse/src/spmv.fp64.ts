import type { BsrPattern } from "./bsr-pattern.ts";

// The reference's products in fp64 as plain loops: the same order, the same bits.

/** y <- A x */
export function multiply64({ blockRows, r, c, rowPtr, colIdx }: BsrPattern, values: Float64Array, x: Float64Array, y: Float64Array): void {
  const s = new Float64Array(4);
  for (let i = 0; i < blockRows; i++) {
    for (let a = 0; a < r; a++) {
      s.fill(0);
      for (let j = 0; j < c; j++) {
        let p = 0;
        for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) p += values[(k * r + a) * c + j] * x[colIdx[k] * c + j];
        s[j & 3] += p;
      }
      y[i * r + a] = s[0] + s[2] + (s[1] + s[3]);
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
