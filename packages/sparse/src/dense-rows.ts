import { naturalOrder } from "./permutation.ts";
import type { SymmetricGraph } from "./symmetric-graph.ts";
import { type Subgraph, subgraph } from "./weighted-graph.ts";

/** The vertices in the order that `orderRest` gives, without having seen those of more than max(16, ratio sqrt(n)) neighbours, then these. */
export function denseLast(graph: SymmetricGraph, ratio: number, orderRest: (rest: Subgraph) => Int32Array): Int32Array {
  const { n, rowPtr } = graph;
  const most = mostNeighbours(n, ratio);
  const isDense = new Uint8Array(n);
  let dense = 0;
  for (let i = 0; i < n; i++) {
    if (rowPtr[i + 1] - rowPtr[i] <= most) continue;
    isDense[i] = 1;
    dense++;
  }
  const whole = { graph, vertices: naturalOrder(n) };
  if (dense === 0) return orderRest(whole);
  const order = new Int32Array(n);
  order.set(orderRest(subgraph(whole, isDense, 0)));
  for (let i = 0, k = n - dense; k < n; i++) if (isDense[i] === 1) order[k++] = i;
  return order;
}

/** What a vertex has that is not dense. */
export function mostNeighbours(n: number, ratio: number): number {
  return Math.max(16, ratio * Math.sqrt(n));
}
