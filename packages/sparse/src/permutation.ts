import { checkInteger, checkLength, OptionError } from "@slam/errors";
import { newArrays, type Scratch } from "@slam/linop";
import { countsToStarts } from "./symmetric-graph.ts";

/** One triangle of P A P', P A P'(k, l) = A(order[k], order[l]), as the upper triangle by rows. */
export interface PermutedTriangle {
  readonly rowPtr: Int32Array;
  /** Ascending in each row; the diagonal, where stored, first. */
  readonly colIdx: Int32Array;
  /** source[q]: which entry of the given triangle is entry q of this one. */
  readonly source: Int32Array;
  /** 1 where that entry (a block) changed sides and must be transposed, else 0. */
  readonly transposed: Uint8Array;
}

/**
 * inverse[order[k]] = k: the new index of each old one.
 *
 * @param order a permutation of 0 ... n - 1; order[k] is the old index of the k-th.
 * @param scratch what the inverse is taken from. Default a new array.
 */
export function inversePermutation(order: Int32Array, scratch: Scratch = newArrays): Int32Array {
  const inverse = scratch.integers(order.length);
  for (let k = 0; k < order.length; k++) inverse[order[k]] = k;
  return inverse;
}

/** 0 ... n - 1. */
export function naturalOrder(n: number): Int32Array {
  const order = new Int32Array(n);
  for (let k = 0; k < n; k++) order[k] = k;
  return order;
}

/** @throws DimensionError unless `order` has length n, OptionError unless each of 0 ... n - 1 is in it once. */
export function checkPermutation(what: string, order: Int32Array, n: number): void {
  checkLength(what, order.length, n);
  const seen = new Uint8Array(n);
  for (let k = 0; k < n; k++) {
    const i = order[k];
    if (i < 0 || i >= n) checkInteger(`${what}[${k}]`, i, 0, n - 1);
    if (seen[i] === 1) throw new OptionError(`${what}[${k}]`, { expected: "an index that is not there before", actual: i });
    seen[i] = 1;
  }
}

/**
 * The pattern of P A P' for a symmetric (block) A of which one triangle is stored. No entry is merged or dropped: values move by `source`
 * and `transposed` alone. Read both patterns by rows (the result is then the upper triangle), or both by columns (then the lower one).
 *
 * @param n rows and columns of A, in blocks.
 * @param rowPtr length n + 1; with `colIdx` one triangle of A, in any order; the diagonal may be missing.
 * @param order length n; order[k] is the old index of the k-th row; a permutation (`checkPermutation` tells).
 * @throws DimensionError if a length does not fit.
 */
export function permuteSymmetric(n: number, rowPtr: Int32Array, colIdx: Int32Array, order: Int32Array): PermutedTriangle {
  checkLength("permuteSymmetric: rowPtr", rowPtr.length, n + 1);
  checkLength("permuteSymmetric: colIdx", colIdx.length, rowPtr[n]);
  checkLength("permuteSymmetric: order", order.length, n);
  const nnz = colIdx.length;
  const inverse = inversePermutation(order);
  const columnEnds = new Int32Array(n + 1);
  const permutedPtr = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) {
    const k = inverse[i];
    const end = rowPtr[i + 1];
    for (let p = rowPtr[i]; p < end; p++) {
      const l = inverse[colIdx[p]];
      permutedPtr[Math.min(k, l) + 1]++;
      columnEnds[Math.max(k, l)]++;
    }
  }
  for (let l = 0; l < n; l++) columnEnds[l + 1] += columnEnds[l];
  countsToStarts(permutedPtr);
  // The entries by new column, as they are stored: their new rows, complemented where the entry changes sides.
  const rows = new Int32Array(nnz);
  const entries = new Int32Array(nnz);
  for (let i = n - 1; i >= 0; i--) {
    const k = inverse[i];
    const begin = rowPtr[i];
    for (let p = rowPtr[i + 1] - 1; p >= begin; p--) {
      const l = inverse[colIdx[p]];
      const at = --columnEnds[Math.max(k, l)];
      rows[at] = k > l ? ~l : k;
      entries[at] = p;
    }
  }
  const permutedIdx = new Int32Array(nnz);
  const source = new Int32Array(nnz);
  const transposed = new Uint8Array(nnz);
  for (let l = 0; l < n; l++) {
    const end = columnEnds[l + 1];
    for (let at = columnEnds[l]; at < end; at++) {
      const moved = rows[at] < 0;
      const q = permutedPtr[(moved ? ~rows[at] : rows[at]) + 1]++;
      permutedIdx[q] = l;
      source[q] = entries[at];
      transposed[q] = moved ? 1 : 0;
    }
  }
  return { rowPtr: permutedPtr, colIdx: permutedIdx, source, transposed };
}
