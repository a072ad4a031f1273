import { checkInteger, checkLength } from "@slam/errors";

/** The graph of a symmetric matrix: row i lists the neighbours j != i, ascending, each once. */
export interface SymmetricGraph {
  readonly n: number;
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
}

/**
 * The graph of A + A', in O(n + nnz).
 *
 * @param caller named in the message of an error.
 * @param n rows and columns of A.
 * @param rowPtr length n + 1; with `colIdx` any CSR pattern of A: either triangle or both, in any order; the diagonal and duplicates do not
 * matter.
 * @throws DimensionError if a length does not fit, OptionError if an index is outside 0 ... n - 1.
 */
export function symmetricGraph(caller: string, n: number, rowPtr: Int32Array, colIdx: Int32Array): SymmetricGraph {
  checkInteger(`${caller}: n`, n, 0);
  checkLength(`${caller}: rowPtr`, rowPtr.length, n + 1);
  checkLength(`${caller}: colIdx`, colIdx.length, rowPtr[n]);
  const transposedPtr = new Int32Array(n + 1);
  for (let p = 0; p < colIdx.length; p++) {
    const j = colIdx[p];
    if (j < 0 || j >= n) checkInteger(`${caller}: colIdx[${p}]`, j, 0, n - 1);
    transposedPtr[j + 1]++;
  }
  const starts = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) {
    starts[i + 1] = starts[i] + rowPtr[i + 1] - rowPtr[i] + transposedPtr[i + 1];
    transposedPtr[i + 1] += transposedPtr[i];
  }
  const transposedIdx = new Int32Array(colIdx.length);
  const cursor = transposedPtr.slice(0, n);
  for (let i = 0; i < n; i++) {
    for (let p = rowPtr[i]; p < rowPtr[i + 1]; p++) transposedIdx[cursor[colIdx[p]]++] = i;
  }
  // Rows i of A and of A' hold the neighbours of i. Appending i to the row of each, i ascending, leaves all rows sorted.
  const neighbours = new Int32Array(2 * colIdx.length);
  const ends = starts.slice(0, n);
  for (let i = 0; i < n; i++) {
    appendToRows(i, rowPtr, colIdx, starts, ends, neighbours);
    appendToRows(i, transposedPtr, transposedIdx, starts, ends, neighbours);
  }
  return closeGaps(n, starts, ends, neighbours);
}

/** Appends i to the rows of `neighbours` that row i of the CSR pattern names, unless it is there. */
function appendToRows(i: number, ptr: Int32Array, idx: Int32Array, starts: Int32Array, ends: Int32Array, neighbours: Int32Array): void {
  for (let p = ptr[i]; p < ptr[i + 1]; p++) {
    const j = idx[p];
    const end = ends[j];
    if (j === i || (end > starts[j] && neighbours[end - 1] === i)) continue;
    neighbours[end] = i;
    ends[j]++;
  }
}

function closeGaps(n: number, starts: Int32Array, ends: Int32Array, neighbours: Int32Array): SymmetricGraph {
  const rowPtr = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) {
    neighbours.copyWithin(rowPtr[i], starts[i], ends[i]);
    rowPtr[i + 1] = rowPtr[i] + ends[i] - starts[i];
  }
  return { n, rowPtr, colIdx: neighbours.subarray(0, rowPtr[n]) };
}
