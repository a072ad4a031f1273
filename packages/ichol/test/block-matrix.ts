import type { AnyPrecision, Storage } from "@slam/float";
import { type BsrMatrix, bsrMatrix } from "@slam/sparse";
import fc from "fast-check";
import type { CholeskyFactor } from "../src/factorize.ts";

/** Symmetric positive definite block matrices, and dense algebra to judge their factors by. Dense matrices are arrays of rows. */

interface Graph {
  readonly n: number;
  readonly edges: readonly (readonly [number, number])[];
}

export interface BlockCase extends Graph {
  readonly b: number;
  readonly seed: number;
  readonly order: Int32Array;
}

/** Any graph of up to 7 nodes with blocks of 1, 2, 3 or 6 scalars, and any order of elimination. */
export const anyCase: fc.Arbitrary<BlockCase> = fc.integer({ min: 1, max: 7 }).chain((n) => {
  const node = fc.integer({ min: 0, max: n - 1 });
  const nodes = Array.from({ length: n }, (_, i) => i);
  return fc.record({
    n: fc.constant(n),
    edges: fc.array(fc.tuple(node, node), { maxLength: 2 * n }),
    b: fc.constantFrom(1, 2, 3, 4, 5, 6, 9),
    seed: fc.integer({ min: 1, max: 1e6 }),
    order: fc.shuffledSubarray(nodes, { minLength: n }).map((order) => Int32Array.from(order)),
  });
});

/** A square grid of so many nodes a side, with blocks of 3: hundreds of columns and thousands of blocks, more than kernels take at once. */
export function gridMatrix<P extends AnyPrecision>(format: P, side: number): BsrMatrix<P> {
  const b = 3;
  const n = side * side;
  const columns = Array.from({ length: n }, (_, i) => [...(i >= side ? [i - side] : []), ...(i % side > 0 ? [i - 1] : []), i]);
  const rowPtr = new Int32Array(n + 1);
  columns.forEach((row, i) => {
    rowPtr[i + 1] = rowPtr[i] + row.length;
  });
  const colIdx = Int32Array.from(columns.flat());
  const matrix = bsrMatrix({ blockRows: n, blockCols: n, r: b, c: b, rowPtr, colIdx }, format);
  const random = lehmer(4711);
  for (let i = 0; i < n; i++) {
    for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
      for (let e = 0; e < b * b; e++) {
        const diagonal = colIdx[k] === i && e % (b + 1) === 0 ? 5 : 0;
        format.store(matrix.values as Storage, k * b * b + e, diagonal + (random() - 0.5) * (diagonal > 0 ? 0.1 : 0.5));
      }
    }
  }
  return matrix;
}

/** The lower triangle of a matrix given by rows, in blocks of b x b; blocks of zeros off the diagonal are not stored. */
export function lowerTriangle<P extends AnyPrecision>(format: P, A: readonly (readonly number[])[], b = 1): BsrMatrix<P> {
  const n = A.length / b;
  const block = (i: number, j: number): number[] => A.slice(i * b, i * b + b).flatMap((row) => row.slice(j * b, j * b + b));
  const columns = Array.from({ length: n }, (_, i) =>
    Array.from({ length: i + 1 }, (_, j) => j).filter((j) => j === i || block(i, j).some((x) => x !== 0)),
  );
  const rowPtr = new Int32Array(n + 1);
  columns.forEach((row, i) => {
    rowPtr[i + 1] = rowPtr[i] + row.length;
  });
  const matrix = bsrMatrix({ blockRows: n, blockCols: n, r: b, c: b, rowPtr, colIdx: Int32Array.from(columns.flat()) }, format);
  const values = columns.flatMap((row, i) => row.flatMap((j) => block(i, j)));
  values.forEach((x, k) => {
    format.store(matrix.values as Storage, k, x);
  });
  return matrix;
}

/** prior I + the sum of [B_i; B_j] [B_i; B_j]' over the edges, and of B_i B_i' over the nodes; entries of B are uniform in (-1, 1). */
export function normalMatrix<P extends AnyPrecision>(format: P, { n, edges, b, seed }: BlockCase, prior: number): BsrMatrix<P> {
  const random = lehmer(seed);
  const A = Array.from({ length: n * b }, (_, i) => Array.from({ length: n * b }, (_, j) => (i === j ? prior : 0)));
  const loops = Array.from({ length: n }, (_, i) => [i, i] as const);
  for (const [i, j] of [...loops, ...edges.filter(([i, j]) => i !== j)]) {
    const rows = [...new Set([i, j])].flatMap((node) => Array.from({ length: b }, (_, a) => node * b + a));
    const B = rows.map(() => Array.from({ length: b }, () => 2 * random() - 1));
    rows.forEach((p, s) => {
      rows.forEach((q, t) => {
        A[p][q] += B[s].reduce((sum, x, k) => sum + x * B[t][k], 0);
      });
    });
  }
  return lowerTriangle(format, A, b);
}

/** Uniform in (0, 1): x <- 48271 x mod 2^31 - 1. Park, Miller, Comm. ACM 36 (1993). */
export function lehmer(seed: number): () => number {
  const modulus = 2 ** 31 - 1;
  let x = seed;
  return () => {
    x = (48271 * x) % modulus;
    return x / modulus;
  };
}

/** A, both triangles, from the lower one. */
export function denseMatrix(A: BsrMatrix<AnyPrecision>): number[][] {
  const { blockRows, r: b, rowPtr, colIdx } = A.pattern;
  const dense = zeroMatrix(blockRows * b);
  for (let i = 0; i < blockRows; i++) {
    for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
      for (let s = 0; s < b; s++) {
        for (let t = 0; t < b; t++) {
          const row = i * b + s;
          const column = colIdx[k] * b + t;
          if (row < column) continue;
          dense[row][column] = A.format.load(A.values as Storage, (k * b + s) * b + t);
          dense[column][row] = dense[row][column];
        }
      }
    }
  }
  return dense;
}

/** L, rows and columns in the order of elimination. */
export function denseFactor(factor: CholeskyFactor<AnyPrecision>): number[][] {
  const { n, b, L } = factor.symbolic;
  const dense = zeroMatrix(n * b);
  for (let j = 0; j < n; j++) {
    for (let e = L.colPtr[j]; e < L.colPtr[j + 1]; e++) {
      for (let s = 0; s < b; s++) {
        for (let t = 0; t < b; t++)
          dense[L.rowIdx[e] * b + s][j * b + t] = factor.format.load(factor.values as Storage, (e * b + t) * b + s);
      }
    }
  }
  return dense;
}

/** The scalar rows of A in the order of elimination. */
export function scalarOrder({ order, b }: { readonly order: Int32Array; readonly b: number }): number[] {
  return [...order].flatMap((block) => Array.from({ length: b }, (_, a) => block * b + a));
}

/** L L' */
export function timesTransposed(L: readonly (readonly number[])[]): number[][] {
  return L.map((x) => L.map((y) => x.reduce((sum, xk, k) => sum + xk * y[k], 0)));
}

export function timesVector(A: readonly (readonly number[])[], x: ArrayLike<number>): Float64Array {
  return Float64Array.from(A, (row) => row.reduce((sum, a, j) => sum + a * x[j], 0));
}

function zeroMatrix(size: number): number[][] {
  return Array.from({ length: size }, () => new Array<number>(size).fill(0));
}
