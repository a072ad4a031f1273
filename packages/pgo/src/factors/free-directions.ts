import { fp64, tolerance } from "@slam/float";
import { symmetricEigen } from "@slam/lie";

/** Directions in which a variable is kept where it is, because nothing determines it there: a block row whose residual is always zero. */
export interface HeldDirections {
  /** Poses first, then landmarks. */
  readonly variable: number;
  /** k x columns, row-major: each row a direction, its length how firmly it is held. */
  readonly rows: readonly number[];
  /** The variable's degrees of freedom. */
  readonly columns: number;
}

/**
 * An orthonormal basis of the directions along which x'Gx is zero to rounding, for G = sum J'J; columns of J are brought to length 1 first, so that units
 * do not matter.
 *
 * @param G n x n.
 */
export function freeDirections(n: number, G: Float64Array): readonly Float64Array[] {
  const lengths = Float64Array.from({ length: n }, (_, j) => (G[j * n + j] > 0 ? Math.sqrt(G[j * n + j]) : 1));
  const { values, vectors } = symmetricEigen(
    n,
    G.map((g, at) => g / lengths[Math.floor(at / n)] / lengths[at % n]),
  );
  const free: Float64Array[] = [];
  for (let k = 0; k < n && values[k] <= tolerance(fp64, n, 64); k++) {
    free.push(Float64Array.from({ length: n }, (_, j) => vectors[j * n + k] / lengths[j]));
  }
  return orthonormal(free);
}

/** By Gram and Schmidt; vectors that depend on those before are left out. */
export function orthonormal(vectors: readonly Float64Array[]): readonly Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    const left = scaled(vector, 1 / Math.sqrt(dot(vector, vector)));
    // Twice is enough (Kahan, Parlett).
    for (const b of [...basis, ...basis]) {
      const along = dot(b, left);
      for (let j = 0; j < left.length; j++) left[j] -= along * b[j];
    }
    const length = Math.sqrt(dot(left, left));
    if (length > tolerance(fp64, left.length)) basis.push(scaled(left, 1 / length));
  }
  return basis;
}

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, xi, i) => sum + xi * y[i], 0);
}

function scaled(x: Float64Array, factor: number): Float64Array {
  return x.map((xi) => factor * xi);
}
