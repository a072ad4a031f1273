import { checkLength, SlamError } from "@slam/errors";
import { graphColumnCounts } from "./column-counts.ts";
import { graphEliminationTree } from "./etree.ts";
import { naturalOrder } from "./permutation.ts";
import { countsToStarts, type SymmetricGraph, symmetricGraph } from "./symmetric-graph.ts";

/** Pattern of the Cholesky factor L by columns: column k holds rowIdx[colPtr[k]] = k, its diagonal, then its other rows, ascending. */
export interface SymbolicCholesky {
  readonly n: number;
  /** Elimination tree; -1 marks a root. */
  readonly parent: Int32Array;
  readonly colPtr: Int32Array;
  readonly rowIdx: Int32Array;
}

/** What is below the diagonal of a triangle stored by columns, seen by rows: row j has columns k = colIdx[p] < j, ascending in p. */
export interface RowStructure {
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
  /** Where (j, k) is in column k: rowIdx[position[p]] = j; from there on, column k updates column j. */
  readonly position: Int32Array;
}

/** Int32Array indices end here. */
const MAX_ENTRIES = 2 ** 31 - 1;
/** Some tenths of a second, where the factor itself takes minutes. */
const MAX_STEPS = 2 ** 26;

/**
 * Pattern of L in A = L L', in O(nnz(L)) time. To learn nnz(L) first, sum `columnCounts`.
 *
 * @param n rows and columns of A.
 * @param rowPtr length n + 1; with `colIdx` the CSR pattern of A: either triangle or both, duplicates allowed.
 * @throws DimensionError if a length does not fit, OptionError if an index is outside 0 ... n - 1, SlamError if nnz(L) > 2^31 - 1 (then in
 * `details.nnz`).
 * @see Davis, Algorithm 849: a concise sparse Cholesky factorization package, ACM Trans. Math. Software 31 (2005).
 */
export function symbolicCholesky(n: number, rowPtr: Int32Array, colIdx: Int32Array): SymbolicCholesky {
  const graph = symmetricGraph("symbolicCholesky", n, rowPtr, colIdx);
  const { parent, counts } = walkedTree(graph) ?? countedTree(graph);
  const colPtr = columnStarts(counts);
  return { n, parent, colPtr, rowIdx: rowsOfColumns(graph, parent, colPtr) };
}

/** The elimination tree, and how many entries each column of L has. */
interface CountedTree {
  readonly parent: Int32Array;
  readonly counts: Int32Array;
}

/**
 * Row i of L is the part of the tree between i and the entries of row i of A: each path is walked up to where one before it passed. That is a step for
 * each entry of L, in one loop; what counts in nearly O(nnz(A)) takes eight, with which `symbolicCholesky` took 1.3 to 1.7 times as long for pose
 * graphs. Undefined where there are too many steps.
 */
function walkedTree({ n, rowPtr, colIdx }: SymmetricGraph): CountedTree | undefined {
  const parent = new Int32Array(n).fill(-1);
  const counts = new Int32Array(n).fill(1);
  const reached = new Int32Array(n).fill(-1);
  let steps = 0;
  for (let i = 0; i < n && steps < MAX_STEPS; i++) {
    reached[i] = i;
    const end = rowPtr[i + 1];
    for (let p = rowPtr[i]; p < end; p++) {
      let k = colIdx[p];
      if (k > i) break;
      while (reached[k] !== i) {
        reached[k] = i;
        counts[k]++;
        steps++;
        if (parent[k] === -1) parent[k] = i;
        k = parent[k];
      }
    }
  }
  return steps < MAX_STEPS ? { parent, counts } : undefined;
}

function countedTree(graph: SymmetricGraph): CountedTree {
  const parent = graphEliminationTree(graph, naturalOrder(graph.n));
  return { parent, counts: graphColumnCounts(graph, parent) };
}

/** The same walk once more, now to enter i into the columns that it passes. */
function rowsOfColumns({ n, rowPtr, colIdx }: SymmetricGraph, parent: Int32Array, colPtr: Int32Array): Int32Array {
  const rowIdx = new Int32Array(colPtr[n]);
  const next = colPtr.slice(0, n);
  const reached = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    rowIdx[next[i]++] = i;
    reached[i] = i;
    const end = rowPtr[i + 1];
    for (let p = rowPtr[i]; p < end; p++) {
      let k = colIdx[p];
      if (k > i) break;
      while (reached[k] !== i) {
        reached[k] = i;
        rowIdx[next[k]++] = i;
        k = parent[k];
      }
    }
  }
  return rowIdx;
}

/**
 * What a left-looking factorisation reads for column j: each column k < j with an entry (j, k), and where that entry is.
 *
 * @param colPtr length n + 1; with `rowIdx` a lower triangle by columns, such as `symbolicCholesky` returns; the diagonal is left out.
 * @throws DimensionError if a length does not fit.
 */
export function rowStructure(n: number, colPtr: Int32Array, rowIdx: Int32Array): RowStructure {
  checkLength("rowStructure: colPtr", colPtr.length, n + 1);
  checkLength("rowStructure: rowIdx", rowIdx.length, colPtr[n]);
  // rowPtr[i + 1] <- entries of row i, then where the row begins, then, once filled, where it ends.
  const rowPtr = new Int32Array(n + 1);
  for (let k = 0; k < n; k++) {
    const end = colPtr[k + 1];
    for (let p = colPtr[k]; p < end; p++) if (rowIdx[p] !== k) rowPtr[rowIdx[p] + 1]++;
  }
  const nnz = countsToStarts(rowPtr);
  const colIdx = new Int32Array(nnz);
  const position = new Int32Array(nnz);
  for (let k = 0; k < n; k++) {
    const end = colPtr[k + 1];
    for (let p = colPtr[k]; p < end; p++) {
      const i = rowIdx[p];
      if (i === k) continue;
      const at = rowPtr[i + 1]++;
      colIdx[at] = k;
      position[at] = p;
    }
  }
  return { rowPtr, colIdx, position };
}

function columnStarts(counts: Int32Array): Int32Array {
  const colPtr = new Int32Array(counts.length + 1);
  let nnz = 0;
  for (let j = 0; j < counts.length; j++) {
    nnz += counts[j];
    colPtr[j + 1] = nnz;
  }
  if (nnz > MAX_ENTRIES) {
    throw new SlamError(
      `symbolicCholesky: the factor would have ${nnz} entries, at most ${MAX_ENTRIES} can be indexed; take an incomplete factor`,
      { nnz },
    );
  }
  return colPtr;
}
