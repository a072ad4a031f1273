import { graphEliminationTree, postorder } from "./etree.ts";
import { naturalOrder } from "./permutation.ts";
import { type SymmetricGraph, symmetricGraph } from "./symmetric-graph.ts";

/**
 * Entries in each column of the Cholesky factor L of A, the diagonal included, without forming L: nearly O(n + nnz(A)) time.
 * Their sum is nnz(L), so memory is known before it is taken.
 *
 * @param n rows and columns of A.
 * @param rowPtr length n + 1; with `colIdx` the CSR pattern of A: either triangle or both, duplicates allowed.
 * @returns counts, length n.
 * @throws DimensionError if a length does not fit, OptionError if an index is outside 0 ... n - 1.
 * @see Gilbert, Ng, Peyton, An efficient algorithm to compute row and column counts for sparse Cholesky factorization,
 * SIAM J. Matrix Anal. Appl. 15 (1994).
 */
export function columnCounts(n: number, rowPtr: Int32Array, colIdx: Int32Array): Int32Array {
  const graph = symmetricGraph("columnCounts", n, rowPtr, colIdx);
  return graphColumnCounts(graph, graphEliminationTree(graph, naturalOrder(n)));
}

/**
 * As columnCounts. Row i of L is a subtree T_i of the elimination tree, with root i and its leaves among the entries of row i of A;
 * count(j) is the number of T_i with j in them. It is the sum, over j and its descendants, of weights: +1 at each leaf of each T_i,
 * -1 where the paths of two consecutive leaves meet, -1 at the parent of i, where T_i ends.
 */
export function graphColumnCounts({ n, rowPtr, colIdx }: SymmetricGraph, parent: Int32Array): Int32Array {
  const post = postorder(parent);
  const firstDescendant = firstDescendants(parent, post);
  const counts = new Int32Array(n);
  const lastLeaf = new Int32Array(n).fill(-1);
  const lastFirst = new Int32Array(n).fill(-1);
  // Links from finished nodes to their parents, compressed; they end at the lowest ancestor not finished.
  const link = new Int32Array(n).fill(-1);
  for (let k = 0; k < n; k++) {
    const j = post[k];
    if (lastLeaf[j] === -1) counts[j]++;
    const first = firstDescendant[j];
    const end = rowPtr[j + 1];
    for (let p = rowPtr[j]; p < end; p++) {
      const i = colIdx[p];
      // j is a leaf of T_i unless the last leaf descends from it.
      if (i < j || first <= lastFirst[i]) continue;
      counts[j]++;
      if (lastLeaf[i] !== -1) counts[lowestUnfinished(link, lastLeaf[i])]--;
      lastLeaf[i] = j;
      lastFirst[i] = first;
    }
    if (parent[j] !== -1) {
      counts[parent[j]]--;
      link[j] = parent[j];
    }
  }
  for (let j = 0; j < n; j++) if (parent[j] !== -1) counts[parent[j]] += counts[j];
  return counts;
}

/** Place in `post` of the first descendant of each node. */
function firstDescendants(parent: Int32Array, post: Int32Array): Int32Array {
  const first = new Int32Array(parent.length).fill(-1);
  for (let k = 0; k < post.length; k++) {
    for (let j = post[k]; j !== -1 && first[j] === -1; j = parent[j]) first[j] = k;
  }
  return first;
}

function lowestUnfinished(link: Int32Array, node: number): number {
  let end = node;
  while (link[end] !== -1) end = link[end];
  for (let i = node; i !== end; ) {
    const above = link[i];
    link[i] = end;
    i = above;
  }
  return end;
}
