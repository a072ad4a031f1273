import type { SymmetricGraph } from "./symmetric-graph.ts";

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
  listsEnd = 0;
  readonly start: Int32Array;
  /** Entries in the list of each node; 0 for the dead. */
  readonly length: Int32Array;
  /** How many entries of a variable's list are elements. */
  readonly elements: Int32Array;
  /** Variables in supervariable i; negative while i is in the pivot's element; 0 for all other nodes. */
  readonly size: Int32Array;
  /** Of a variable a bound on its external degree; of an element its variables. Both count the variables in supervariables. */
  readonly degree: Int32Array;
  /** Stamps, see `stamp`; 0 marks an absorbed element. fp64, so that stamps (up to about n^2) never wrap. */
  readonly mark: Float64Array;
  /** Greater than all of `mark` between two uses. */
  stamp = 2;
  /** The largest degree of an element so far. */
  largestElement = 0;
  /** Supervariables of degree d: firstOfDegree[d], linked by `next` and `previous`. */
  readonly firstOfDegree: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** No list of a smaller degree has entries. */
  leastDegree = 0;
  /** The variables of a supervariable: itself, nextMember of it, ... */
  readonly nextMember: Int32Array;
  readonly lastMember: Int32Array;
  /** Variables not eliminated. */
  remaining: number;

  /** @param maxNeighbours rows with more are left out of the graph. */
  constructor(graph: SymmetricGraph, maxNeighbours: number) {
    const { n, rowPtr, colIdx } = graph;
    const isDense = (i: number): boolean => rowPtr[i + 1] - rowPtr[i] > maxNeighbours;
    this.remaining = n;
    // The living lists never grow in all, and a new element takes at most n; the rest lets room be made less often.
    this.lists = new Int32Array(colIdx.length + Math.floor(colIdx.length / 5) + n);
    this.start = new Int32Array(n);
    this.length = new Int32Array(n);
    this.elements = new Int32Array(n);
    this.size = new Int32Array(n);
    this.degree = new Int32Array(n);
    this.mark = new Float64Array(n).fill(1);
    this.firstOfDegree = new Int32Array(n).fill(-1);
    this.next = new Int32Array(n).fill(-1);
    this.previous = new Int32Array(n).fill(-1);
    this.nextMember = new Int32Array(n).fill(-1);
    this.lastMember = new Int32Array(n).map((_, i) => i);
    for (let i = 0; i < n; i++) {
      if (isDense(i)) {
        this.remaining--;
        continue;
      }
      this.start[i] = this.listsEnd;
      for (let p = rowPtr[i]; p < rowPtr[i + 1]; p++) if (!isDense(colIdx[p])) this.lists[this.listsEnd++] = colIdx[p];
      this.length[i] = this.listsEnd - this.start[i];
      this.size[i] = 1;
      this.degree[i] = this.length[i];
      this.insert(i);
    }
  }

  /** Enters supervariable i where its degree says. */
  insert(i: number): void {
    const d = this.degree[i];
    const first = this.firstOfDegree[d];
    this.next[i] = first;
    this.previous[i] = -1;
    if (first !== -1) this.previous[first] = i;
    this.firstOfDegree[d] = i;
    if (d < this.leastDegree) this.leastDegree = d;
  }

  remove(i: number): void {
    const { next, previous } = this;
    if (next[i] !== -1) previous[next[i]] = previous[i];
    if (previous[i] !== -1) next[previous[i]] = next[i];
    else this.firstOfDegree[this.degree[i]] = next[i];
  }

  /** The supervariable of least degree that was entered last. */
  findLeast(): number {
    while (this.firstOfDegree[this.leastDegree] === -1) this.leastDegree++;
    return this.firstOfDegree[this.leastDegree];
  }

  /** Moves supervariable j, and all its variables, to the node i. */
  absorb(i: number, j: number): void {
    this.size[j] = 0;
    this.length[j] = 0;
    this.nextMember[this.lastMember[i]] = j;
    this.lastMember[i] = this.lastMember[j];
  }

  absorbElement(e: number): void {
    this.mark[e] = 0;
    this.length[e] = 0;
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
