import { checkLength } from "@slam/errors";

/** Eigenvalues ascending, and the eigenvectors as the columns of a row-major matrix. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** A handful is enough, as the convergence is quadratic; this ends it for a NaN. */
const SWEEPS = 60;

/**
 * Eigenvalues and orthonormal eigenvectors of a small symmetric matrix, by cyclic Jacobi rotations. Of a positive definite matrix the
 * small eigenvalues are as accurate as the large ones. Built from + - * / and sqrt alone.
 *
 * @param matrix n x n row-major; not changed.
 * @throws DimensionError if its length is not n n.
 * @see Golub and Van Loan, Matrix Computations, 2013, 8.5.
 */
export function symmetricEigen(n: number, matrix: Float64Array): SymmetricEigen {
  checkLength("symmetricEigen: matrix", matrix.length, n * n);
  const M = matrix.slice();
  const V = new Float64Array(n * n);
  for (let i = 0; i < n; i++) V[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) rotated = rotate(n, M, V, p, q) || rotated;
    }
    if (!rotated) break;
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => M[a * n + a] - M[b * n + b]);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) vectors[i * n + k] = V[i * n + order[k]];
  return { values: Float64Array.from(order, (k) => M[k * n + k]), vectors };
}

/** Annihilates M_pq; false where it is negligible beside its diagonal already. */
function rotate(n: number, M: Float64Array, V: Float64Array, p: number, q: number): boolean {
  const off = M[p * n + q];
  const a = M[p * n + p];
  const b = M[q * n + q];
  if (Math.abs(off) <= 2 ** -54 * Math.sqrt(Math.abs(a * b)) || off === 0) return false;
  // t = tan of the rotation by at most pi/4: t^2 + 2 theta t - 1 = 0
  const theta = (b - a) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const x = M[k * n + p];
    const y = M[k * n + q];
    M[k * n + p] = c * x - s * y;
    M[k * n + q] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const x = M[p * n + k];
    const y = M[q * n + k];
    M[p * n + k] = c * x - s * y;
    M[q * n + k] = s * x + c * y;
    const v = V[k * n + p];
    const w = V[k * n + q];
    V[k * n + p] = c * v - s * w;
    V[k * n + q] = s * v + c * w;
  }
  M[p * n + q] = 0;
  M[q * n + p] = 0;
  return true;
}
