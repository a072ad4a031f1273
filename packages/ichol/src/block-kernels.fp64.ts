import type { BlockKernels } from "./block-kernels.ts";

/** The reference's block kernels in fp64 as plain loops: the same bits. */
export function kernels64(b: number): BlockKernels<Float64Array> {
  return {
    update: b === 6 ? update6 : b === 3 ? update3 : (L, c, a, bb) => updateAny(L, c, a, bb, b),
    cholesky(L, d, floors, row) {
      for (let i = 0; i < b; i++) {
        for (let j = 0; j <= i; j++) {
          let s = L[d + i * b + j];
          for (let k = 0; k < j; k++) s -= L[d + i * b + k] * L[d + j * b + k];
          if (j < i) L[d + i * b + j] = s / L[d + j * b + j];
          else if (s > floors[row + i] && s < Infinity) L[d + i * b + i] = Math.sqrt(s);
          else {
            L[d + i * b + i] = s;
            return i;
          }
        }
        for (let j = i + 1; j < b; j++) L[d + i * b + j] = 0;
      }
      return -1;
    },
    solve(L, a, d) {
      for (let i = 0; i < b; i++) {
        for (let j = 0; j < b; j++) {
          let s = L[a + i * b + j];
          for (let k = 0; k < j; k++) s -= L[a + i * b + k] * L[d + j * b + k];
          L[a + i * b + j] = s / L[d + j * b + j];
        }
      }
    },
  };
}

function updateAny(L: Float64Array, c: number, a: number, bb: number, b: number): void {
  for (let i = 0; i < b; i++) {
    for (let j = 0; j < b; j++) {
      let s = L[c + i * b + j];
      for (let k = 0; k < b; k++) s -= L[a + i * b + k] * L[bb + j * b + k];
      L[c + i * b + j] = s;
    }
  }
}

// Poses have 3 or 6 degrees of freedom: with a row of A in registers a factorisation takes half the time (Node 24).

function update3(L: Float64Array, c: number, a: number, b: number): void {
  for (let i = 0; i < 9; i += 3) {
    const a0 = L[a + i];
    const a1 = L[a + i + 1];
    const a2 = L[a + i + 2];
    for (let j = 0; j < 3; j++) {
      const bj = b + 3 * j;
      L[c + i + j] = L[c + i + j] - a0 * L[bj] - a1 * L[bj + 1] - a2 * L[bj + 2];
    }
  }
}

function update6(L: Float64Array, c: number, a: number, b: number): void {
  for (let i = 0; i < 36; i += 6) {
    const a0 = L[a + i];
    const a1 = L[a + i + 1];
    const a2 = L[a + i + 2];
    const a3 = L[a + i + 3];
    const a4 = L[a + i + 4];
    const a5 = L[a + i + 5];
    for (let j = 0; j < 6; j++) {
      const bj = b + 6 * j;
      const s = L[c + i + j] - a0 * L[bj] - a1 * L[bj + 1] - a2 * L[bj + 2];
      L[c + i + j] = s - a3 * L[bj + 3] - a4 * L[bj + 4] - a5 * L[bj + 5];
    }
  }
}
