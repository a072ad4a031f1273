import { naturalOrder } from "./permutation.ts";
import { QuotientGraph } from "./quotient-graph.ts";
import type { SymmetricGraph } from "./symmetric-graph.ts";

/** Vertices in groups 0, 1, ... */
export interface Groups {
  /** Of each vertex. */
  readonly group: Int32Array;
  /** All vertices, by groups. */
  readonly byGroup: Int32Array;
}

/**
 * The order of approximate minimum degree that takes the groups one after the other; all vertices are one unless said otherwise.
 *
 * @see Amestoy, Davis, Duff, An approximate minimum degree ordering algorithm, SIAM J. Matrix Anal. Appl. 17 (1996);
 * absorption is aggressive.
 */
export function minimumDegree(
  graph: SymmetricGraph,
  groups: Groups = { group: new Int32Array(graph.n), byGroup: naturalOrder(graph.n) },
): Int32Array {
  const q = new QuotientGraph(graph, groups.group, groups.byGroup);
  const { nextMember } = q;
  const order = new Int32Array(graph.n);
  for (let k = 0; q.remaining > 0; ) {
    const pivot = q.takeLeast();
    formElement(q, pivot);
    measureOverlaps(q, pivot);
    updateVariables(q, pivot);
    mergeIndistinguishable(q, pivot);
    finishElement(q, pivot);
    for (let i = pivot; i !== -1; i = nextMember[i]) order[k++] = i;
  }
  return order;
}

/** Turns the pivot into an element: its variables, and those of its elements, which it absorbs. Takes them out of the degree lists. */
function formElement(q: QuotientGraph, pivot: number): void {
  q.makeRoom(q.degree[pivot]);
  const { lists, start, length, size, degree, mark, next, previous, firstOfDegree, group, current } = q;
  const variables = start[pivot] + q.elements[pivot];
  const end = start[pivot] + length[pivot];
  q.remaining -= size[pivot];
  size[pivot] = 0;
  let listsEnd = q.listsEnd;
  let weight = 0;
  let listed = q.listed;
  // The elements in turn, then the pivot's own variables.
  for (let p = start[pivot]; p <= variables; p++) {
    let from = variables;
    let to = end;
    if (p < variables) {
      const e = lists[p];
      from = start[e];
      to = from + length[e];
      mark[e] = 0;
      length[e] = 0;
    }
    for (let r = from; r < to; r++) {
      const i = lists[r];
      const s = size[i];
      if (s <= 0) continue;
      weight += s;
      size[i] = -s;
      lists[listsEnd++] = i;
      if (group[i] !== current) continue;
      listed--;
      const after = next[i];
      const before = previous[i];
      if (after !== -1) previous[after] = before;
      if (before !== -1) next[before] = after;
      else firstOfDegree[degree[i]] = after;
    }
  }
  start[pivot] = q.listsEnd;
  length[pivot] = listsEnd - q.listsEnd;
  q.listsEnd = listsEnd;
  q.listed = listed;
  degree[pivot] = weight;
  if (weight > q.largestElement) q.largestElement = weight;
}

/** mark(e) <- stamp + |Le \ Lp| for each element e that shares a variable with the pivot's element Lp. */
function measureOverlaps(q: QuotientGraph, pivot: number): void {
  const { lists, start, length, elements, size, degree, mark, stamp } = q;
  const end = start[pivot] + length[pivot];
  for (let p = start[pivot]; p < end; p++) {
    const i = lists[p];
    const s = size[i];
    const variables = start[i] + elements[i];
    for (let r = start[i]; r < variables; r++) {
      const e = lists[r];
      const m = mark[e];
      if (m !== 0) mark[e] = (m < stamp ? stamp + degree[e] : m) + s;
    }
  }
}

/**
 * For each variable i of Lp: its list becomes the pivot, its elements e with Le not within Lp, its variables j outside Lp; its degree
 * a bound on its neighbours outside Lp, min(d(i), sum of |Le \ Lp| + sum of |j|). If it has none, i is eliminated with the pivot, else it
 * goes into a bucket by a hash of its list.
 */
function updateVariables(q: QuotientGraph, pivot: number): void {
  const { lists, start, length, elements, size, degree, mark, next, previous, buckets, nextMember, lastMember, group, stamp } = q;
  const listEnd = start[pivot] + length[pivot];
  for (let p = start[pivot]; p < listEnd; p++) {
    const i = lists[p];
    const begin = start[i];
    const variables = begin + elements[i];
    const end = begin + length[i];
    let to = begin;
    let outside = 0;
    let hash = 0;
    for (let r = begin; r < variables; r++) {
      const e = lists[r];
      const m = mark[e];
      if (m > stamp) {
        outside += m - stamp;
        hash = (hash + e) | 0;
        lists[to++] = e;
      } else if (m === stamp) {
        mark[e] = 0;
        length[e] = 0;
      }
    }
    const keptVariables = to;
    for (let r = variables; r < end; r++) {
      const j = lists[r];
      const s = size[j];
      if (s <= 0) continue;
      outside += s;
      hash = (hash + j) | 0;
      lists[to++] = j;
    }
    if (outside === 0 && group[i] === q.current) {
      q.remaining += size[i];
      degree[pivot] += size[i];
      size[i] = 0;
      length[i] = 0;
      nextMember[lastMember[pivot]] = i;
      lastMember[pivot] = lastMember[i];
      continue;
    }
    // A place is free: i has lost the pivot, or an element that the pivot absorbed.
    lists[to] = lists[keptVariables];
    lists[keptVariables] = lists[begin];
    lists[begin] = pivot;
    elements[i] = keptVariables - begin + 1;
    length[i] = to - begin + 1;
    if (outside < degree[i]) degree[i] = outside;
    const bucket = hash & (buckets.length - 1);
    previous[i] = bucket;
    next[i] = buckets[bucket];
    buckets[bucket] = i;
  }
  q.stamp += q.largestElement + 1;
}

/** Makes one supervariable of those variables of the pivot's element that have the same list, and leaves the buckets empty. */
function mergeIndistinguishable(q: QuotientGraph, pivot: number): void {
  const { lists, start, length, elements, size, mark, next, previous, buckets, nextMember, lastMember, group } = q;
  const listEnd = start[pivot] + length[pivot];
  for (let p = start[pivot]; p < listEnd; p++) {
    const first = lists[p];
    if (size[first] === 0) continue;
    const bucket = previous[first];
    let i = buckets[bucket];
    buckets[bucket] = -1;
    for (; i !== -1 && next[i] !== -1; i = next[i]) {
      // Both lists begin with the pivot.
      const stamp = q.stamp++;
      const count = length[i];
      const end = start[i] + count;
      for (let r = start[i] + 1; r < end; r++) mark[lists[r]] = stamp;
      let before = i;
      for (let j = next[i]; j !== -1; j = next[j]) {
        let same = length[j] === count && elements[j] === elements[i] && group[j] === group[i];
        const endJ = start[j] + count;
        for (let r = start[j] + 1; same && r < endJ; r++) same = mark[lists[r]] === stamp;
        if (same) {
          size[i] += size[j];
          size[j] = 0;
          length[j] = 0;
          nextMember[lastMember[i]] = j;
          lastMember[i] = lastMember[j];
          next[before] = next[j];
        } else {
          before = j;
        }
      }
    }
  }
}

/** Leaves in the pivot's element what is not eliminated or absorbed, and enters it by its degree, now with the others of the element. */
function finishElement(q: QuotientGraph, pivot: number): void {
  const { lists, start, length, size, degree, remaining, firstOfDegree, next, previous, group, current } = q;
  let least = q.leastDegree;
  const weight = degree[pivot];
  const end = start[pivot] + length[pivot];
  let listed = q.listed;
  let to = start[pivot];
  for (let p = to; p < end; p++) {
    const i = lists[p];
    const s = -size[i];
    if (s === 0) continue;
    size[i] = s;
    const bound = degree[i] + weight;
    // d(i) <- min(what is left, |outside Lp| + |Lp|), without i itself
    const d = Math.min(bound, remaining) - s;
    degree[i] = d;
    lists[to++] = i;
    if (group[i] !== current) continue;
    listed++;
    const first = firstOfDegree[d];
    next[i] = first;
    previous[i] = -1;
    if (first !== -1) previous[first] = i;
    firstOfDegree[d] = i;
    if (d < least) least = d;
  }
  q.leastDegree = least;
  q.listed = listed;
  length[pivot] = to - start[pivot];
  q.listsEnd = to;
}
