import { OptionError } from "@slam/errors";
import { inversePermutation, naturalOrder } from "./permutation.ts";
import { type SymmetricGraph, symmetricGraph } from "./symmetric-graph.ts";

/**
 * Elimination tree of the Cholesky factor L of A: parent(j) = min { i > j : L(i,j) != 0 }, -1 where column j of L is only its diagonal.
 *
 * @param n rows and columns of A.
 * @param rowPtr length n + 1; with `colIdx` the CSR pattern of A: either triangle or both, duplicates allowed.
 * @returns parent, length n.
 * @throws DimensionError if a length does not fit, OptionError if an index is outside 0 ... n - 1.
 * @see Liu, The role of elimination trees in sparse factorization, SIAM J. Matrix Anal. Appl. 11 (1990), section 5.2.
 */
export function eliminationTree(n: number, rowPtr: Int32Array, colIdx: Int32Array): Int32Array {
  return graphEliminationTree(symmetricGraph("eliminationTree", n, rowPtr, colIdx), naturalOrder(n));
}

/** The elimination tree of P A P', without forming it. */
export function graphEliminationTree({ n, rowPtr, colIdx }: SymmetricGraph, order: Int32Array): Int32Array {
  const inverse = inversePermutation(order);
  const parent = new Int32Array(n).fill(-1);
  // The farthest known ancestor: the same tree with its paths compressed.
  const ancestor = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    const end = rowPtr[order[i] + 1];
    for (let p = rowPtr[order[i]]; p < end; p++) {
      let k = inverse[colIdx[p]];
      while (k !== -1 && k < i) {
        const above = ancestor[k];
        ancestor[k] = i;
        if (above === -1) parent[k] = i;
        k = above;
      }
    }
  }
  return parent;
}

/**
 * Nodes of a forest, each after all of its descendants, subtrees contiguous, siblings and roots ascending.
 *
 * @param parent length n; -1 marks a root.
 * @returns post, length n: post[k] is the k-th node.
 * @throws OptionError if a chain of parents does not end at a root.
 */
export function postorder(parent: Int32Array): Int32Array {
  const n = parent.length;
  const firstChild = new Int32Array(n).fill(-1);
  const sibling = new Int32Array(n).fill(-1);
  let node = -1;
  for (let i = n - 1; i >= 0; i--) {
    const above = parent[i];
    if (above === -1) {
      sibling[i] = node;
      node = i;
    } else {
      sibling[i] = firstChild[above];
      firstChild[above] = i;
    }
  }
  const post = new Int32Array(n);
  let k = 0;
  let descend = true;
  while (node !== -1) {
    if (descend) while (firstChild[node] !== -1) node = firstChild[node];
    post[k++] = node;
    descend = sibling[node] !== -1;
    node = descend ? sibling[node] : parent[node];
  }
  if (k < n) throw new OptionError("postorder: parent", { expected: "a forest", actual: `one with ${n - k} nodes that no root reaches` });
  return post;
}

/** An order that fills as the given one does, and whose elimination tree is postordered. */
export function postordered(graph: SymmetricGraph, order: Int32Array): Int32Array {
  const post = postorder(graphEliminationTree(graph, order));
  for (let k = 0; k < post.length; k++) post[k] = order[post[k]];
  return post;
}
