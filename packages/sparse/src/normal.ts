import { checkChoice, checkLength } from "@slam/errors";
import { type AnyPrecision, fp32, fp64, type Storage } from "@slam/float";
import type { Work } from "@slam/linop";
import { type BsrMatrix, bsrMatrix, valueCount } from "./bsr-matrix.ts";
import { type BsrPattern, transposePattern } from "./bsr-pattern.ts";

/** Where A'A has blocks, and which pairs of blocks of A they sum. Made once per structure of A. */
export interface NormalSymbolic {
  readonly A: BsrPattern;
  /** The lower triangle of A'A by block rows, the diagonal included, c x c blocks. */
  readonly pattern: BsrPattern;
  /** For each pair of blocks of one block row of A, first >= second, in ascending order of rows: the block of A'A it adds to, or -1. */
  readonly target: Int32Array;
}

/** The structure of the lower triangle of A'A, or of its block diagonal alone. Every diagonal block is present. */
export function normalSymbolic(A: BsrPattern, part: "lower" | "diagonal" = "lower"): NormalSymbolic {
  checkChoice("normalSymbolic: part", part, ["lower", "diagonal"]);
  const { blockCols: n, c } = A;
  const { pattern: T } = transposePattern(A);
  const mark = new Int32Array(n).fill(-1);
  const rowPtr = new Int32Array(n + 1);
  const columns: number[] = [];
  for (let i = 0; i < n; i++) {
    const start = columns.length;
    mark[i] = i;
    columns.push(i);
    for (let t = T.rowPtr[i]; part === "lower" && t < T.rowPtr[i + 1]; t++) {
      const row = T.colIdx[t];
      for (let k = A.rowPtr[row]; k < A.rowPtr[row + 1] && A.colIdx[k] < i; k++) {
        const j = A.colIdx[k];
        if (mark[j] === i) continue;
        mark[j] = i;
        columns.push(j);
      }
    }
    const sorted = columns.slice(start).sort((a, b) => a - b);
    for (let k = 0; k < sorted.length; k++) columns[start + k] = sorted[k];
    rowPtr[i + 1] = columns.length;
  }
  const pattern: BsrPattern = { blockRows: n, blockCols: n, r: c, c, rowPtr, colIdx: Int32Array.from(columns) };
  return { A, pattern, target: pairTargets(A, pattern) };
}

function pairTargets(A: BsrPattern, H: BsrPattern): Int32Array {
  const target: number[] = [];
  for (let row = 0; row < A.blockRows; row++) {
    for (let k = A.rowPtr[row]; k < A.rowPtr[row + 1]; k++) {
      const i = A.colIdx[k];
      for (let l = A.rowPtr[row]; l <= k; l++) target.push(findBlock(H, i, A.colIdx[l]));
    }
  }
  return Int32Array.from(target);
}

/** The position of block (i, j), by bisection; -1 where there is none. */
function findBlock(pattern: BsrPattern, i: number, j: number): number {
  let low = pattern.rowPtr[i];
  let high = pattern.rowPtr[i + 1] - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const column = pattern.colIdx[middle];
    if (column === j) return middle;
    if (column < j) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/**
 * The lower triangle of A'A, each entry summed by ascending row of A, every operation rounded to A's format: what a factorisation starts
 * from. Diagonal blocks are full, both triangles.
 *
 * @param symbolic of A's pattern.
 * @param work counts it as "factorize", where given.
 * @throws DimensionError if A has not as many values as its structure.
 */
export function normalProduct<P extends AnyPrecision>(symbolic: NormalSymbolic, A: BsrMatrix<P>, work?: Work): BsrMatrix<P> {
  checkLength("normalProduct: A.values", (A.values as Storage).length, valueCount(symbolic.A));
  const H = bsrMatrix(symbolic.pattern, A.format);
  const P: AnyPrecision = A.format;
  if (P === fp64) product64(symbolic, A.values as Float64Array, H.values as Float64Array);
  else if (P === fp32) product32(symbolic, A.values as Float32Array, H.values as Float32Array);
  else productReference(symbolic, P, A.values as Storage, H.values as Storage);
  let pairs = 0;
  for (const block of symbolic.target) if (block >= 0) pairs++;
  const flops = 2 * pairs * symbolic.A.r * symbolic.A.c ** 2;
  work?.count("factorize", P.name, flops, P.name, (H.values as Storage).byteLength + (A.values as Storage).byteLength);
  return H;
}

/** H <- A'A in any format: every operation through the format's arithmetic. */
export function productReference(symbolic: NormalSymbolic, P: AnyPrecision, values: Storage, H: Storage): void {
  const { r, c } = symbolic.A;
  forEachPair(symbolic, (k, l, block) => {
    for (let a = 0; a < r; a++) {
      for (let i = 0; i < c; i++) {
        const v = P.load(values, (k * r + a) * c + i);
        for (let j = 0; j < c; j++) {
          const h = (block * c + i) * c + j;
          P.store(H, h, P.add(P.load(H, h), P.mul(v, P.load(values, (l * r + a) * c + j))));
        }
      }
    }
  });
}

function product64(symbolic: NormalSymbolic, values: Float64Array, H: Float64Array): void {
  const { r, c } = symbolic.A;
  forEachPair(symbolic, (k, l, block) => {
    for (let a = 0; a < r; a++) {
      for (let i = 0; i < c; i++) {
        const v = values[(k * r + a) * c + i];
        for (let j = 0; j < c; j++) H[(block * c + i) * c + j] += v * values[(l * r + a) * c + j];
      }
    }
  });
}

function product32(symbolic: NormalSymbolic, values: Float32Array, H: Float32Array): void {
  const f = Math.fround;
  const { r, c } = symbolic.A;
  forEachPair(symbolic, (k, l, block) => {
    for (let a = 0; a < r; a++) {
      for (let i = 0; i < c; i++) {
        const v = values[(k * r + a) * c + i];
        for (let j = 0; j < c; j++) {
          const h = (block * c + i) * c + j;
          H[h] = f(H[h] + f(v * values[(l * r + a) * c + j]));
        }
      }
    }
  });
}

/** Calls for blocks k >= l of each block row of A, ascending, with the block of A'A that their product adds to. */
function forEachPair({ A, target }: NormalSymbolic, add: (k: number, l: number, block: number) => void): void {
  let pair = 0;
  for (let row = 0; row < A.blockRows; row++) {
    for (let k = A.rowPtr[row]; k < A.rowPtr[row + 1]; k++) {
      for (let l = A.rowPtr[row]; l <= k; l++, pair++) if (target[pair] >= 0) add(k, l, target[pair]);
    }
  }
}
