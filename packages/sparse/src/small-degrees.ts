import type { SymmetricGraph } from "./symmetric-graph.ts";
import type { Subgraph } from "./weighted-graph.ts";

/** Below this share of vertices of degree 2 and less their elimination costs more than it saves. */
export const WORTHWHILE: number = 1 / 16;

/** Lists are searched, so neighbours of more than this many vertices stay, and so do theirs. */
export const LONGEST = 32;

/** A graph after the elimination of some of its vertices. */
export interface PartlyEliminated {
  /** Names of the vertices eliminated, in order. */
  readonly eliminated: Int32Array;
  /** The others, with the edges that are left and those of the fill. */
  readonly rest: Subgraph;
}

/** The vertices' names in an order: first those that `eliminateSmallDegrees` takes, if they are many, then the rest as `orderRest` says. */
export function smallDegreesFirst(whole: Subgraph, orderRest: (graph: SymmetricGraph) => Int32Array): Int32Array {
  const { n, rowPtr } = whole.graph;
  let small = 0;
  for (let v = 0; v < n; v++) if (rowPtr[v + 1] - rowPtr[v] <= 2) small++;
  const { eliminated, rest } = small < WORTHWHILE * n ? { eliminated: new Int32Array(0), rest: whole } : eliminateSmallDegrees(whole);
  const order = new Int32Array(n);
  order.set(eliminated);
  const last = orderRest(rest.graph);
  for (let k = 0; k < last.length; k++) order[eliminated.length + k] = rest.vertices[last[k]];
  return order;
}

/**
 * Eliminates vertices of degree 0 and 1, and where there are none those of degree 2, until none is left: what minimum degree does first,
 * but on the graph itself, since no elimination of these adds more than an edge. Of a pose graph it leaves the loops.
 */
export function eliminateSmallDegrees(whole: Subgraph): PartlyEliminated {
  const { n, rowPtr, colIdx } = whole.graph;
  const neighbours = colIdx.slice();
  const degree = new Int32Array(n);
  // Stacks of vertices whose degree has become 2, and 1 or less.
  const twos = new Int32Array(n);
  const ones = new Int32Array(n);
  let twosEnd = 0;
  let onesEnd = 0;
  for (let v = 0; v < n; v++) {
    degree[v] = rowPtr[v + 1] - rowPtr[v];
    if (degree[v] === 2) twos[twosEnd++] = v;
    else if (degree[v] < 2) ones[onesEnd++] = v;
  }
  const gone = new Uint8Array(n);
  const eliminated = new Int32Array(n);
  let count = 0;
  while (onesEnd + twosEnd > 0) {
    const v = onesEnd > 0 ? ones[--onesEnd] : twos[--twosEnd];
    const d = degree[v];
    const a = d > 0 ? neighbours[rowPtr[v]] : v;
    const b = d > 1 ? neighbours[rowPtr[v] + 1] : a;
    if (gone[v] === 1 || degree[a] > LONGEST || degree[b] > LONGEST) continue;
    gone[v] = 1;
    eliminated[count++] = whole.vertices[v];
    if (d === 0) continue;
    const inA = placeOf(neighbours, rowPtr[a], v);
    const inB = placeOf(neighbours, rowPtr[b], v);
    if (d === 2 && !contains(neighbours, rowPtr[a], rowPtr[a] + degree[a], b)) {
      neighbours[inA] = b;
      neighbours[inB] = a;
      continue;
    }
    neighbours[inA] = neighbours[rowPtr[a] + --degree[a]];
    if (degree[a] === 2) twos[twosEnd++] = a;
    else if (degree[a] === 1) ones[onesEnd++] = a;
    if (d === 1) continue;
    neighbours[inB] = neighbours[rowPtr[b] + --degree[b]];
    if (degree[b] === 2) twos[twosEnd++] = b;
    else if (degree[b] === 1) ones[onesEnd++] = b;
  }
  return { eliminated: eliminated.subarray(0, count), rest: withoutGone(whole, neighbours, degree, gone) };
}

/** Where v is in a list that begins at `from` and has it. */
function placeOf(lists: Int32Array, from: number, v: number): number {
  let p = from;
  while (lists[p] !== v) p++;
  return p;
}

function contains(lists: Int32Array, from: number, to: number, v: number): boolean {
  for (let p = from; p < to; p++) if (lists[p] === v) return true;
  return false;
}

function withoutGone({ graph, vertices }: Subgraph, neighbours: Int32Array, degree: Int32Array, gone: Uint8Array): Subgraph {
  const { n, rowPtr } = graph;
  const place = new Int32Array(n);
  const names = new Int32Array(n);
  const starts = new Int32Array(n + 1);
  let size = 0;
  for (let v = 0; v < n; v++) {
    if (gone[v] === 1) continue;
    names[size] = vertices[v];
    starts[size + 1] = starts[size] + degree[v];
    place[v] = size++;
  }
  const colIdx = new Int32Array(starts[size]);
  let end = 0;
  for (let v = 0; v < n; v++) {
    if (gone[v] === 1) continue;
    const listEnd = rowPtr[v] + degree[v];
    for (let p = rowPtr[v]; p < listEnd; p++) colIdx[end++] = place[neighbours[p]];
  }
  return { graph: { n: size, rowPtr: starts.subarray(0, size + 1), colIdx }, vertices: names.subarray(0, size) };
}
