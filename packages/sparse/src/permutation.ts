import { checkInteger, checkLength, OptionError } from "@slam/errors";

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
 */
export function inversePermutation(order: Int32Array): Int32Array {
  const inverse = new Int32Array(order.length);
  for (let k = 0; k < order.length; k++) inverse[order[k]] = k;
  return inverse;
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
  const newRow = new Int32Array(nnz);
  const newColumn = new Int32Array(nnz);
  const swapped = new Uint8Array(nnz);
  for (let i = 0; i < n; i++) {
    for (let p = rowPtr[i]; p < rowPtr[i + 1]; p++) {
      const k = inverse[i];
      const l = inverse[colIdx[p]];
      newRow[p] = Math.min(k, l);
      newColumn[p] = Math.max(k, l);
      swapped[p] = k > l ? 1 : 0;
    }
  }
  const asStored = new Int32Array(nnz).map((_, p) => p);
  const byColumn = sortByKey(n, newColumn, asStored).sorted;
  const { starts, sorted: source } = sortByKey(n, newRow, byColumn);
  return {
    rowPtr: starts,
    colIdx: source.map((p) => newColumn[p]),
    source,
    transposed: new Uint8Array(nnz).map((_, q) => swapped[source[q]]),
  };
}

/** Counting sort of `items` by keys[item] in 0 ... n - 1, equal keys left in their order; starts[k] is where key k begins. */
function sortByKey(n: number, keys: Int32Array, items: Int32Array): { readonly starts: Int32Array; readonly sorted: Int32Array } {
  const starts = new Int32Array(n + 1);
  for (let p = 0; p < keys.length; p++) starts[keys[p] + 1]++;
  for (let k = 0; k < n; k++) starts[k + 1] += starts[k];
  const cursor = starts.slice(0, n);
  const sorted = new Int32Array(items.length);
  for (let p = 0; p < items.length; p++) sorted[cursor[keys[items[p]]]++] = items[p];
  return { starts, sorted };
}
