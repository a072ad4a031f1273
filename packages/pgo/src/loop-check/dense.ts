import { fp64, tolerance } from "@slam/float";
import type { LieGroup } from "@slam/lie";

/** Ad(X) M Ad(X)' for M symmetric, dof x dof. */
export function conjugated(group: LieGroup, x: Float64Array, xo: number, M: Float64Array): Float64Array {
  const n = group.dof;
  const A = new Float64Array(n * n);
  group.adjoint(x, xo, A, 0);
  const [AM, result] = [new Float64Array(n * n), new Float64Array(n * n)];
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) AM[i * n + j] += A[i * n + k] * M[k * n + j];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += AM[i * n + k] * A[j * n + k];
      result[i * n + j] = sum;
      result[j * n + i] = sum;
    }
  }
  return result;
}

/** W^-1 for W symmetric n x n, undefined where it is not positive definite to rounding. W = LL', W^-1 = M'M, M = L^-1. */
export function inverseOfDefinite(W: Float64Array, n: number): Float64Array | undefined {
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = W[i * n + j];
      for (let k = 0; k < j; k++) s -= L[i * n + k] * L[j * n + k];
      if (j === i && !(s > tolerance(fp64, n) * W[i * n + i])) return undefined;
      L[i * n + j] = j === i ? Math.sqrt(s) : s / L[j * n + j];
    }
  }
  const M = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let s = i === j ? 1 : 0;
      for (let k = j; k < i; k++) s -= L[i * n + k] * M[k * n + j];
      M[i * n + j] = s / L[i * n + i];
    }
  }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = 0;
      for (let k = i; k < n; k++) s += M[k * n + i] * M[k * n + j];
      inverse[i * n + j] = s;
      inverse[j * n + i] = s;
    }
  }
  return inverse.every(Number.isFinite) ? inverse : undefined;
}

/** e'S^-1 e as |L^-1 e|^2, S = LL' symmetric of e's first n rows; the lower triangle of S and e are overwritten. NaN where S is not positive definite. */
export function energy(S: Float64Array, e: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let y = e[i];
    for (let j = 0; j <= i; j++) {
      let s = S[i * n + j];
      for (let k = 0; k < j; k++) s -= S[i * n + k] * S[j * n + k];
      if (j < i) {
        s /= S[j * n + j];
        y -= s * e[j];
      } else s = Math.sqrt(s);
      S[i * n + j] = s;
    }
    e[i] = y / S[i * n + i];
    sum += e[i] * e[i];
  }
  return sum;
}
