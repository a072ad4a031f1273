import type { RandomIndex } from "./random-index.ts";
import type { WeightedGraph } from "./weighted-graph.ts";

export interface Coarsening {
  readonly fine: WeightedGraph;
  readonly coarse: WeightedGraph;
  /** coarseOf[v]: the vertex of `coarse` that v of `fine` has become part of. */
  readonly coarseOf: Int32Array;
}

/**
 * Contracts a heavy-edge matching: each vertex, in random order, with that free neighbour to which its edge weighs most.
 *
 * @param maxWeight no two vertices become one of more.
 * @see Karypis, Kumar, A fast and high quality multilevel scheme for partitioning irregular graphs, SIAM J. Sci. Comput. 20 (1998).
 */
export function coarsen(fine: WeightedGraph, maxWeight: number, random: RandomIndex): Coarsening {
  const mate = heavyEdgeMatching(fine, maxWeight, random);
  const coarseOf = new Int32Array(fine.n);
  let n = 0;
  for (let v = 0; v < fine.n; v++) coarseOf[v] = v <= mate[v] ? n++ : coarseOf[mate[v]];
  return { fine, coarse: contract(fine, mate, coarseOf, n), coarseOf };
}

/** mate[v]: the vertex that v is matched with; itself where there is none. */
function heavyEdgeMatching({ n, rowPtr, colIdx, weight, edgeWeight }: WeightedGraph, maxWeight: number, random: RandomIndex): Int32Array {
  const mate = new Int32Array(n).fill(-1);
  const order = random.permutation(n);
  for (let k = 0; k < n; k++) {
    const v = order[k];
    if (mate[v] !== -1) continue;
    let heaviest = 0;
    let best = v;
    for (let p = rowPtr[v]; p < rowPtr[v + 1]; p++) {
      const u = colIdx[p];
      if (mate[u] !== -1 || edgeWeight[p] <= heaviest || weight[u] + weight[v] > maxWeight) continue;
      heaviest = edgeWeight[p];
      best = u;
    }
    mate[v] = best;
    mate[best] = v;
  }
  return mate;
}

function contract(fine: WeightedGraph, mate: Int32Array, coarseOf: Int32Array, n: number): WeightedGraph {
  const rowPtr = new Int32Array(n + 1);
  const colIdx = new Int32Array(fine.colIdx.length);
  const edgeWeight = new Int32Array(fine.colIdx.length);
  const weight = new Int32Array(n);
  // place[d]: where row c has its entry of column d; behind the row's start if it has one.
  const place = new Int32Array(n).fill(-1);
  let end = 0;
  for (let v = 0, c = 0; v < fine.n; v++) {
    if (mate[v] < v) continue;
    const start = end;
    for (let u = v; ; u = mate[v]) {
      weight[c] += fine.weight[u];
      for (let p = fine.rowPtr[u]; p < fine.rowPtr[u + 1]; p++) {
        const d = coarseOf[fine.colIdx[p]];
        if (d === c) continue;
        if (place[d] < start) {
          place[d] = end;
          colIdx[end] = d;
          edgeWeight[end++] = fine.edgeWeight[p];
        } else {
          edgeWeight[place[d]] += fine.edgeWeight[p];
        }
      }
      if (u === mate[v]) break;
    }
    rowPtr[++c] = end;
  }
  return { n, rowPtr, colIdx: colIdx.subarray(0, end), weight, edgeWeight: edgeWeight.subarray(0, end), total: fine.total };
}
