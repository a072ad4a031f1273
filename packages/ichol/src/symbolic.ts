import { checkChoice, checkLength, OptionError } from "@slam/errors";
import {
  amd,
  type BsrPattern,
  checkPermutation,
  inversePermutation,
  permuteSymmetric,
  type RowStructure,
  rowStructure,
  symbolicCholesky,
} from "@slam/sparse";

/** "complete": every entry of L. 0: only where A has one (no fill). */
export type Fill = "complete" | 0;

export interface SymbolicOptions {
  /** Default "complete". */
  readonly fill?: Fill;
  /** A permutation (ordering[k] is the k-th block eliminated), "natural", or "amd". Default "amd". */
  readonly ordering?: "amd" | "natural" | Int32Array;
}

/** A lower triangle by block columns: the diagonal block first, rows ascending. */
export interface ColumnPattern {
  readonly colPtr: Int32Array;
  readonly rowIdx: Int32Array;
}

/** The structure of P A P' = L L' by blocks; no numbers. One serves every matrix of its pattern, in every format. */
export interface CholeskySymbolic {
  readonly A: BsrPattern;
  readonly fill: Fill;
  /** Blocks are b x b; there are n block columns. */
  readonly b: number;
  readonly n: number;
  /** order[k]: the block row of A that is eliminated as the k-th. */
  readonly order: Int32Array;
  readonly L: ColumnPattern;
  /** L left of its diagonal, by rows. */
  readonly rows: RowStructure;
  /** For each block of A: its block in L, as 2 position + (1 if it lands transposed). */
  readonly destination: Int32Array;
  /** Scalars stored in the lower triangle of L. */
  readonly nonzeros: number;
  /** Floating-point operations of one numeric factorisation. */
  readonly flops: number;
}

/**
 * Orders and analyses a symmetric block matrix.
 *
 * @param A the lower triangle by block rows, every diagonal block present (as `normalSymbolic` of @slam/sparse makes it).
 * @throws OptionError if a diagonal block is missing, an entry lies above the diagonal or the ordering is not a permutation, DimensionError if
 * A is not square or the ordering's length does not fit.
 */
export function analyzeCholesky(A: BsrPattern, options: SymbolicOptions = {}): CholeskySymbolic {
  const { fill = "complete", ordering = "amd" } = options;
  if (fill !== "complete" && fill !== 0) throw new OptionError("analyzeCholesky: fill", { expected: '"complete" or 0', actual: fill });
  checkLowerTriangle(A);
  const n = A.blockRows;
  const b = A.r;
  const order = orderOf(A, ordering);
  const { rowPtr, colIdx } = permuteSymmetric(n, A.rowPtr, A.colIdx, order);
  const { colPtr, rowIdx } = fill === 0 ? { colPtr: rowPtr, rowIdx: colIdx } : symbolicCholesky(n, rowPtr, colIdx);
  const L: ColumnPattern = { colPtr, rowIdx };
  const rows = rowStructure(n, colPtr, rowIdx);
  return {
    A,
    fill,
    b,
    n,
    order,
    L,
    rows,
    destination: destinations(A, inversePermutation(order), L),
    nonzeros: (L.rowIdx.length - n) * b * b + (n * b * (b + 1)) / 2,
    flops: countFlops(n, b, L, rows),
  };
}

function orderOf(A: BsrPattern, ordering: "amd" | "natural" | Int32Array): Int32Array {
  if (typeof ordering !== "string") {
    checkPermutation("analyzeCholesky: ordering", ordering, A.blockRows);
    return ordering.slice();
  }
  checkChoice("analyzeCholesky: ordering", ordering, ["amd", "natural"]);
  return ordering === "amd" ? amd(A.blockRows, A.rowPtr, A.colIdx) : Int32Array.from({ length: A.blockRows }, (_, k) => k);
}

function checkLowerTriangle(A: BsrPattern): void {
  checkLength("analyzeCholesky: block columns", A.blockCols, A.blockRows);
  checkLength("analyzeCholesky: block width", A.c, A.r);
  for (let i = 0; i < A.blockRows; i++) {
    const last = A.rowPtr[i + 1] > A.rowPtr[i] ? A.colIdx[A.rowPtr[i + 1] - 1] : "none";
    if (last !== i) {
      throw new OptionError(`analyzeCholesky: the last block of block row ${i}`, {
        expected: `block column ${i}, the diagonal`,
        actual: last,
      });
    }
  }
}

function destinations(A: BsrPattern, inverse: Int32Array, L: ColumnPattern): Int32Array {
  const destination = new Int32Array(A.colIdx.length);
  for (let i = 0; i < A.blockRows; i++) {
    for (let k = A.rowPtr[i]; k < A.rowPtr[i + 1]; k++) {
      const p = inverse[i];
      const q = inverse[A.colIdx[k]];
      destination[k] = p >= q ? 2 * findRow(L, q, p) : 2 * findRow(L, p, q) + 1;
    }
  }
  return destination;
}

/** The position of row i in column j. */
function findRow({ colPtr, rowIdx }: ColumnPattern, j: number, i: number): number {
  let low = colPtr[j];
  let high = colPtr[j + 1] - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rowIdx[middle] < i) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** 2 b^3 for each block update, b^3 for each block solved with a diagonal block, b (b + 1) (2 b + 1) / 6 for each of those. */
function countFlops(n: number, b: number, { colPtr, rowIdx }: ColumnPattern, rows: RowStructure): number {
  let updates = 0;
  // columnOf[i] = j: column j has row i. Without fill some updates have nowhere to go.
  const columnOf = new Int32Array(n).fill(-1);
  for (let j = 0; j < n; j++) {
    for (let e = colPtr[j]; e < colPtr[j + 1]; e++) columnOf[rowIdx[e]] = j;
    for (let t = rows.rowPtr[j]; t < rows.rowPtr[j + 1]; t++) {
      for (let ik = rows.position[t]; ik < colPtr[rows.colIdx[t] + 1]; ik++) if (columnOf[rowIdx[ik]] === j) updates++;
    }
  }
  return b ** 3 * (2 * updates + rowIdx.length - n) + (n * b * (b + 1) * (2 * b + 1)) / 6;
}
