import type { CholeskySymbolic } from "./symbolic.ts";

const f = Math.fround;

/** The reference's solves with L stored as 16-bit codes, decoded by table, and fp32 arithmetic, as plain loops: the same order, the same bits. */
export function solve16({ n, b, L }: CholeskySymbolic, codes: Uint16Array, value: Float32Array, w: Float32Array): void {
  const { colPtr, rowIdx } = L;
  const size = b * b;
  for (let j = 0; j < n; j++) {
    const start = colPtr[j];
    const d = start * size;
    const wj = j * b;
    for (let a = 0; a < b; a++) {
      let s = w[wj + a];
      for (let c = 0; c < a; c++) s = f(s - f(value[codes[d + a * b + c]] * w[wj + c]));
      w[wj + a] = f(s / value[codes[d + a * b + a]]);
    }
    for (let e = start + 1; e < colPtr[j + 1]; e++) {
      const wi = rowIdx[e] * b;
      for (let a = 0; a < b; a++) {
        const v = e * size + a * b;
        let s = w[wi + a];
        for (let c = 0; c < b; c++) s = f(s - f(value[codes[v + c]] * w[wj + c]));
        w[wi + a] = s;
      }
    }
  }
  for (let j = n - 1; j >= 0; j--) {
    const start = colPtr[j];
    const d = start * size;
    const wj = j * b;
    for (let e = colPtr[j + 1] - 1; e > start; e--) {
      const wi = rowIdx[e] * b;
      for (let a = b - 1; a >= 0; a--) {
        const v = e * size + a * b;
        const x = w[wi + a];
        for (let c = 0; c < b; c++) w[wj + c] = f(w[wj + c] - f(value[codes[v + c]] * x));
      }
    }
    for (let c = b - 1; c >= 0; c--) {
      let s = w[wj + c];
      for (let a = b - 1; a > c; a--) s = f(s - f(value[codes[d + a * b + c]] * w[wj + a]));
      w[wj + c] = f(s / value[codes[d + c * b + c]]);
    }
  }
}
