import type { SymmetricGraph } from "./symmetric-graph.ts";

/** Int32Array numbers end here. */
export const MAX_STAMP: number = 2 ** 31 - 1;

/**
 * The graph of what is left of a symmetric matrix during elimination, in no more memory than the matrix took.
 *
 * A node is a *supervariable* (variables of equal structure, named by one of them), an *element* (an eliminated pivot, which stands for the
 * clique of the variables in its list), or dead. Two variables are adjacent if each is in the list of the other or both are in one element.
 *
 * @see Amestoy, Davis, Duff, An approximate minimum degree ordering algorithm, SIAM J. Matrix Anal. Appl. 17 (1996).
 */
export class QuotientGraph {
  /** Memory of all lists: of a variable its elements, then its variables; of an element its variables. */
  readonly lists: Int32Array;
  /** First free place in `lists`. */
  listsEnd: number;
  readonly start: Int32Array;
  /** Entries in the list of each node; 0 for the dead. */
  readonly length: Int32Array;
  /** How many entries of a variable's list are elements. */
  readonly elements: Int32Array;
  /** Variables in supervariable i; negative while i is in the pivot's element; 0 for all other nodes. */
  readonly size: Int32Array;
  /** Of a variable a bound on its external degree; of an element its variables. Both count the variables in supervariables. */
  readonly degree: Int32Array;
  /** Stamps, see `stamp`; 0 marks an absorbed element. */
  readonly mark: Int32Array;
  /** Greater than all of `mark` between two uses. */
  stamp = 2;
  /** The largest degree of an element so far. */
  largestElement = 0;
  /** Which group each variable is in; the groups are eliminated one after the other. */
  readonly group: Int32Array;
  /** All variables, by groups. */
  readonly byGroup: Int32Array;
  /** The group whose variables are being eliminated, and where in `byGroup` it ends. */
  current = -1;
  groupEnd = 0;
  /** Supervariables in the lists of degrees. */
  listed = 0;
  /** Supervariables of the current group of degree d: firstOfDegree[d], linked by `next` and `previous`. */
  readonly firstOfDegree: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** No list of a smaller degree has entries. */
  leastDegree = 0;
  /** The variables of a supervariable: itself, nextMember of it, ... */
  readonly nextMember: Int32Array;
  readonly lastMember: Int32Array;
  /** Variables by a hash of their lists: chains by `next`; empty between two pivots. Its length is a power of 2. */
  readonly buckets: Int32Array;
  /** Variables not eliminated. */
  remaining: number;

  /**
   * @param group length n, values from 0.
   * @param byGroup a permutation along which `group` ascends.
   */
  constructor(graph: SymmetricGraph, group: Int32Array, byGroup: Int32Array) {
    const { n, rowPtr, colIdx } = graph;
    this.remaining = n;
    this.group = group;
    this.byGroup = byGroup;
    // The living lists never grow in all, and a new element takes at most n; the rest lets room be made less often.
    this.lists = new Int32Array(colIdx.length + Math.floor(colIdx.length / 5) + n);
    this.lists.set(colIdx);
    this.listsEnd = colIdx.length;
    this.start = rowPtr.slice(0, n);
    this.length = new Int32Array(n);
    this.elements = new Int32Array(n);
    this.size = new Int32Array(n).fill(1);
    this.mark = new Int32Array(n).fill(1);
    this.firstOfDegree = new Int32Array(n).fill(-1);
    this.next = new Int32Array(n).fill(-1);
    this.previous = new Int32Array(n).fill(-1);
    this.nextMember = new Int32Array(n).fill(-1);
    this.lastMember = new Int32Array(n);
    this.buckets = new Int32Array(2 ** (32 - Math.clz32(n))).fill(-1);
    const { length, lastMember } = this;
    for (let i = 0; i < n; i++) {
      length[i] = rowPtr[i + 1] - rowPtr[i];
      lastMember[i] = i;
    }
    this.degree = length.slice();
  }

  /** The supervariable of least degree in the current group that was entered last; the next group's turn comes when one is done. */
  takeLeast(): number {
    while (this.listed === 0) this.#enterNextGroup();
    // One pivot raises the stamp by no more than 3 n.
    if (this.stamp > MAX_STAMP - 3 * this.mark.length) this.#restamp();
    const { firstOfDegree, next, previous } = this;
    let d = this.leastDegree;
    while (firstOfDegree[d] === -1) d++;
    this.leastDegree = d;
    this.listed--;
    const i = firstOfDegree[d];
    const after = next[i];
    firstOfDegree[d] = after;
    if (after !== -1) previous[after] = -1;
    return i;
  }

  #restamp(): void {
    const { mark } = this;
    for (let e = 0; e < mark.length; e++) if (mark[e] !== 0) mark[e] = 1;
    this.stamp = 2;
  }

  #enterNextGroup(): void {
    const { group, byGroup, size, degree, firstOfDegree, next, previous } = this;
    this.current++;
    this.leastDegree = 0;
    let k = this.groupEnd;
    for (; k < byGroup.length && group[byGroup[k]] === this.current; k++) {
      const i = byGroup[k];
      if (size[i] === 0) continue;
      const first = firstOfDegree[degree[i]];
      next[i] = first;
      previous[i] = -1;
      if (first !== -1) previous[first] = i;
      firstOfDegree[degree[i]] = i;
      this.listed++;
    }
    this.groupEnd = k;
  }

  /** Makes room for a list of n entries: moves the living lists together, in place. */
  makeRoom(n: number): void {
    if (this.listsEnd + n <= this.lists.length) return;
    const { lists, start, length } = this;
    // The first entry of each list waits in `start` while ~node holds its place.
    for (let i = 0; i < start.length; i++) {
      if (length[i] === 0) continue;
      const first = lists[start[i]];
      lists[start[i]] = ~i;
      start[i] = first;
    }
    let end = 0;
    for (let p = 0; p < this.listsEnd; ) {
      const i = ~lists[p];
      if (i < 0) {
        p++;
        continue;
      }
      lists.copyWithin(end + 1, p + 1, p + length[i]);
      lists[end] = start[i];
      start[i] = end;
      end += length[i];
      p += length[i];
    }
    this.listsEnd = end;
  }
}
