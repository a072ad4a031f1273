import type { SymmetricGraph } from "./symmetric-graph.ts";

/** A graph whose vertices stand for several of a finer one's, and whose edges for several edges. */
export interface WeightedGraph extends SymmetricGraph {
  /** Of each vertex. */
  readonly weight: Int32Array;
  /** Of each entry of colIdx. */
  readonly edgeWeight: Int32Array;
  /** Sum of `weight`. */
  readonly total: number;
}

/** Every vertex and edge weighs 1. */
export function unitWeights({ n, rowPtr, colIdx }: SymmetricGraph): WeightedGraph {
  return { n, rowPtr, colIdx, weight: new Int32Array(n).fill(1), edgeWeight: new Int32Array(colIdx.length).fill(1), total: n };
}

/** Vertex k of the graph is the vertex vertices[k] of one that it is part of. */
export interface Subgraph {
  readonly graph: SymmetricGraph;
  readonly vertices: Int32Array;
}

/** The vertices v of part[v] = which, and the edges between them. */
export function subgraph({ graph, vertices }: Subgraph, part: Uint8Array, which: number): Subgraph {
  const { n, rowPtr, colIdx } = graph;
  const place = new Int32Array(n);
  let size = 0;
  let entries = 0;
  for (let v = 0; v < n; v++) {
    if (part[v] !== which) continue;
    place[v] = size++;
    entries += rowPtr[v + 1] - rowPtr[v];
  }
  const names = new Int32Array(size);
  const starts = new Int32Array(size + 1);
  const neighbours = new Int32Array(entries);
  let end = 0;
  for (let v = 0; v < n; v++) {
    if (part[v] !== which) continue;
    for (let p = rowPtr[v]; p < rowPtr[v + 1]; p++) if (part[colIdx[p]] === which) neighbours[end++] = place[colIdx[p]];
    names[place[v]] = vertices[v];
    starts[place[v] + 1] = end;
  }
  return { graph: { n: size, rowPtr: starts, colIdx: neighbours.subarray(0, end) }, vertices: names };
}
