import { checkNumber } from "@slam/errors";
import { graphEliminationTree, postorder } from "./etree.ts";
import { inversePermutation } from "./permutation.ts";
import { QuotientGraph } from "./quotient-graph.ts";
import { type SymmetricGraph, symmetricGraph } from "./symmetric-graph.ts";

export interface AmdOptions {
  /**
   * Rows with more than max(16, denseRatio sqrt(n)) neighbours are ordered last, unseen. Default 10. Lower it where a few rows slow the
   * ordering down; `Infinity` sees every row.
   */
  readonly denseRatio?: number;
}

/**
 * Approximate minimum degree ordering: few entries in L of P A P' = L L', where (P A P')(k, l) = A(order[k], order[l]). The elimination
 * tree of P A P' is postordered. The result depends only on the graph of A + A', not on how it is stored.
 *
 * @param n rows and columns of A, or of its blocks.
 * @param rowPtr length n + 1; with `colIdx` the CSR pattern of A: either triangle or both, duplicates allowed.
 * @returns order, length n: order[k] is the old index of the k-th pivot.
 * @throws DimensionError if a length does not fit, OptionError if an index is outside 0 ... n - 1 or `denseRatio` is negative.
 * @see Amestoy, Davis, Duff, An approximate minimum degree ordering algorithm, SIAM J. Matrix Anal. Appl. 17 (1996);
 * absorption is aggressive.
 */
export function amd(n: number, rowPtr: Int32Array, colIdx: Int32Array, options: AmdOptions = {}): Int32Array {
  const { denseRatio = 10 } = options;
  checkNumber("amd: denseRatio", denseRatio, 0, Number.POSITIVE_INFINITY);
  const graph = symmetricGraph("amd", n, rowPtr, colIdx);
  const order = eliminate(graph, Math.max(16, denseRatio * Math.sqrt(n)));
  return postorder(graphEliminationTree(permuteGraph(graph, order))).map((k) => order[k]);
}

function eliminate(graph: SymmetricGraph, maxNeighbours: number): Int32Array {
  const { n, rowPtr } = graph;
  const q = new QuotientGraph(graph, maxNeighbours);
  const buckets = new Int32Array(n).fill(-1);
  const order = new Int32Array(n);
  let k = 0;
  while (q.remaining > 0) {
    const pivot = q.findLeast();
    formElement(q, pivot);
    measureOverlaps(q, pivot);
    updateVariables(q, pivot, buckets);
    mergeIndistinguishable(q, pivot, buckets);
    finishElement(q, pivot);
    for (let i = pivot; i !== -1; i = q.nextMember[i]) order[k++] = i;
  }
  for (let i = 0; i < n; i++) if (rowPtr[i + 1] - rowPtr[i] > maxNeighbours) order[k++] = i;
  return order;
}

/** Turns the pivot into an element: its variables, and those of its elements, which it absorbs. Takes them out of the degree lists. */
function formElement(q: QuotientGraph, pivot: number): void {
  q.remove(pivot);
  q.makeRoom(q.degree[pivot]);
  const start = q.listsEnd;
  const variables = q.start[pivot] + q.elements[pivot];
  q.remaining -= q.size[pivot];
  q.size[pivot] = 0;
  q.degree[pivot] = 0;
  for (let p = q.start[pivot]; p < variables; p++) {
    const e = q.lists[p];
    gather(q, pivot, q.start[e], q.start[e] + q.length[e]);
    q.absorbElement(e);
  }
  gather(q, pivot, variables, q.start[pivot] + q.length[pivot]);
  q.start[pivot] = start;
  q.length[pivot] = q.listsEnd - start;
  q.largestElement = Math.max(q.largestElement, q.degree[pivot]);
}

/** Appends to the pivot's element those variables of lists[from ... to - 1] that are not in it. */
function gather(q: QuotientGraph, pivot: number, from: number, to: number): void {
  const { lists, size } = q;
  for (let p = from; p < to; p++) {
    const i = lists[p];
    if (size[i] <= 0) continue;
    q.degree[pivot] += size[i];
    size[i] = -size[i];
    lists[q.listsEnd++] = i;
    q.remove(i);
  }
}

/** mark(e) <- stamp + |Le \ Lp| for each element e that shares a variable with the pivot's element Lp. */
function measureOverlaps(q: QuotientGraph, pivot: number): void {
  const { lists, start, length, elements, size, degree, mark, stamp } = q;
  for (let p = start[pivot]; p < start[pivot] + length[pivot]; p++) {
    const i = lists[p];
    for (let r = start[i]; r < start[i] + elements[i]; r++) {
      const e = lists[r];
      if (mark[e] === 0) continue;
      if (mark[e] < stamp) mark[e] = stamp + degree[e];
      mark[e] += size[i];
    }
  }
}

/**
 * For each variable i of Lp: its list becomes the pivot, its elements e with Le not within Lp, its variables j outside Lp; its degree
 * a bound on its neighbours outside Lp, min(d(i), sum of |Le \ Lp| + sum of |j|). If it has none, i is eliminated with the pivot, else it
 * goes into a bucket by a hash of its list.
 */
function updateVariables(q: QuotientGraph, pivot: number, buckets: Int32Array): void {
  const { lists, start, length, elements, size, degree, mark, next, previous, stamp } = q;
  for (let p = start[pivot]; p < start[pivot] + length[pivot]; p++) {
    const i = lists[p];
    const begin = start[i];
    const variables = begin + elements[i];
    const end = begin + length[i];
    let to = begin;
    let outside = 0;
    let hash = 0;
    for (let r = begin; r < variables; r++) {
      const e = lists[r];
      if (mark[e] > stamp) {
        outside += mark[e] - stamp;
        hash = (hash + e) | 0;
        lists[to++] = e;
      } else if (mark[e] === stamp) {
        q.absorbElement(e);
      }
    }
    const keptVariables = to;
    for (let r = variables; r < end; r++) {
      const j = lists[r];
      if (size[j] <= 0) continue;
      outside += size[j];
      hash = (hash + j) | 0;
      lists[to++] = j;
    }
    if (outside === 0) {
      q.remaining += size[i];
      q.degree[pivot] += size[i];
      q.absorb(pivot, i);
      continue;
    }
    // A place is free: i has lost the pivot, or an element that the pivot absorbed.
    lists[to] = lists[keptVariables];
    lists[keptVariables] = lists[begin];
    lists[begin] = pivot;
    elements[i] = keptVariables - begin + 1;
    length[i] = to - begin + 1;
    degree[i] = Math.min(degree[i], outside);
    const bucket = (hash >>> 0) % buckets.length;
    previous[i] = bucket;
    next[i] = buckets[bucket];
    buckets[bucket] = i;
  }
  q.stamp += q.largestElement + 1;
}

/** Makes one supervariable of those variables of the pivot's element that have the same list, and leaves the buckets empty. */
function mergeIndistinguishable(q: QuotientGraph, pivot: number, buckets: Int32Array): void {
  const { lists, start, length, size, mark, next, previous } = q;
  for (let p = start[pivot]; p < start[pivot] + length[pivot]; p++) {
    if (size[lists[p]] === 0) continue;
    const bucket = previous[lists[p]];
    let i = buckets[bucket];
    buckets[bucket] = -1;
    for (; i !== -1 && next[i] !== -1; i = next[i]) {
      // Both lists begin with the pivot.
      for (let r = start[i] + 1; r < start[i] + length[i]; r++) mark[lists[r]] = q.stamp;
      let before = i;
      for (let j = next[i]; j !== -1; j = next[j]) {
        if (hasMarkedList(q, i, j)) {
          size[i] += size[j];
          q.absorb(i, j);
          next[before] = next[j];
        } else {
          before = j;
        }
      }
      q.stamp++;
    }
  }
}

function hasMarkedList({ lists, start, length, elements, mark, stamp }: QuotientGraph, i: number, j: number): boolean {
  if (length[i] !== length[j] || elements[i] !== elements[j]) return false;
  for (let r = start[j] + 1; r < start[j] + length[j]; r++) if (mark[lists[r]] !== stamp) return false;
  return true;
}

/** Leaves in the pivot's element what is not eliminated or absorbed, and enters it by its degree, now with the others of the element. */
function finishElement(q: QuotientGraph, pivot: number): void {
  const { lists, start, length, size, degree, remaining } = q;
  let to = start[pivot];
  for (let p = start[pivot]; p < start[pivot] + length[pivot]; p++) {
    const i = lists[p];
    if (size[i] === 0) continue;
    size[i] = -size[i];
    // d(i) <- min(what is left, |outside Lp| + |Lp|), without i itself
    degree[i] = Math.min(remaining, degree[i] + degree[pivot]) - size[i];
    q.insert(i);
    lists[to++] = i;
  }
  length[pivot] = to - start[pivot];
  q.listsEnd = to;
}

function permuteGraph({ n, rowPtr, colIdx }: SymmetricGraph, order: Int32Array): SymmetricGraph {
  const inverse = inversePermutation(order);
  const permutedPtr = new Int32Array(n + 1);
  const permutedIdx = new Int32Array(colIdx.length);
  let end = 0;
  for (let k = 0; k < n; k++) {
    for (let p = rowPtr[order[k]]; p < rowPtr[order[k] + 1]; p++) permutedIdx[end++] = inverse[colIdx[p]];
    permutedPtr[k + 1] = end;
  }
  return { n, rowPtr: permutedPtr, colIdx: permutedIdx };
}
