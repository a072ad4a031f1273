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
  checkRows(caller, n, rowPtr, colIdx);
  // counts[i + 1]: neighbours of i, if there are no duplicates.
  const counts = new Int32Array(n + 1);
  let lower = true;
  let upper = true;
  let sorted = true;
  for (let i = 0; i < n; i++) {
    const end = rowPtr[i + 1];
    let before = -1;
    let offDiagonal = 0;
    for (let p = rowPtr[i]; p < end; p++) {
      const j = colIdx[p];
      if (j < 0 || j >= n) checkInteger(`${caller}: colIdx[${p}]`, j, 0, n - 1);
      if (j <= before) sorted = false;
      before = j;
      if (j === i) continue;
      if (j > i) lower = false;
      else upper = false;
      offDiagonal++;
      counts[j + 1]++;
    }
    counts[i + 1] += offDiagonal;
  }
  return sorted && (lower || upper) ? mirrorTriangle(counts, n, rowPtr, colIdx) : mergeTriangles(n, rowPtr, colIdx);
}

/** @throws OptionError, DimensionError unless the lengths fit. */
export function checkRows(caller: string, n: number, rowPtr: Int32Array, colIdx: Int32Array): void {
  checkInteger(`${caller}: n`, n, 0);
  checkLength(`${caller}: rowPtr`, rowPtr.length, n + 1);
  checkLength(`${caller}: colIdx`, colIdx.length, rowPtr[n]);
}

/** The graph of one triangle whose rows strictly ascend: each row is filled in ascending order then. */
function mirrorTriangle(counts: Int32Array, n: number, rowPtr: Int32Array, colIdx: Int32Array): SymmetricGraph {
  const neighbours = new Int32Array(countsToStarts(counts));
  // counts[i + 1] is where row i begins, and, once it is filled, where it ends.
  for (let i = 0; i < n; i++) {
    const end = rowPtr[i + 1];
    for (let p = rowPtr[i]; p < end; p++) {
      const j = colIdx[p];
      if (j === i) continue;
      neighbours[counts[i + 1]++] = j;
      neighbours[counts[j + 1]++] = i;
    }
  }
  return { n, rowPtr: counts, colIdx: neighbours };
}

/** starts[i + 1] <- the sum of what was in starts[1] ... starts[i], for all i: what is i's begins there. Returns the sum of all. */
export function countsToStarts(starts: Int32Array): number {
  let end = 0;
  for (let i = 1; i < starts.length; i++) {
    const count = starts[i];
    starts[i] = end;
    end += count;
  }
  return end;
}

function mergeTriangles(n: number, rowPtr: Int32Array, colIdx: Int32Array): SymmetricGraph {
  const transposed = transposeRows(n, rowPtr, colIdx);
  const starts = new Int32Array(n + 1);
  for (let i = 0; i <= n; i++) starts[i] = rowPtr[i] + transposed.rowPtr[i];
  // Rows i of A and of A' hold the neighbours of i. Appending i to the row of each, i ascending, leaves all rows sorted.
  const neighbours = new Int32Array(2 * colIdx.length);
  const ends = starts.slice(0, n);
  for (let i = 0; i < n; i++) {
    appendToRows(i, rowPtr, colIdx, starts, ends, neighbours);
    appendToRows(i, transposed.rowPtr, transposed.colIdx, starts, ends, neighbours);
  }
  return closeGaps(n, starts, ends, neighbours);
}

/** The CSR pattern of A', its rows ascending. */
function transposeRows(n: number, rowPtr: Int32Array, colIdx: Int32Array): { rowPtr: Int32Array; colIdx: Int32Array } {
  const starts = new Int32Array(n + 1);
  for (let p = 0; p < colIdx.length; p++) starts[colIdx[p]]++;
  for (let j = 0; j < n; j++) starts[j + 1] += starts[j];
  const rows = new Int32Array(colIdx.length);
  for (let i = n - 1; i >= 0; i--) {
    for (let p = rowPtr[i]; p < rowPtr[i + 1]; p++) rows[--starts[colIdx[p]]] = i;
  }
  return { rowPtr: starts, colIdx: rows };
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
