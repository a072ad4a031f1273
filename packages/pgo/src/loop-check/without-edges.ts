import { checkInteger } from "@slam/errors";
import { informationSize, type PoseGraph, poseSize } from "../graph.ts";

/**
 * The graph without these edges, the others in their order; poses and all else are the graph's own arrays.
 *
 * @param edges by their numbers in the graph, in any order.
 * @throws OptionError for a number that no edge has.
 */
export function withoutEdges(graph: PoseGraph, edges: readonly number[]): PoseGraph {
  for (const edge of edges) checkInteger("edge", edge, 0, graph.from.length - 1);
  const left = edgesBut(graph.from.length, edges);
  const rows = (values: Float64Array, size: number): Float64Array => {
    const result = new Float64Array(left.length * size);
    left.forEach((edge, k) => {
      result.set(values.subarray(edge * size, (edge + 1) * size), k * size);
    });
    return result;
  };
  return {
    ...graph,
    from: left.map((edge) => graph.from[edge]),
    to: left.map((edge) => graph.to[edge]),
    measurements: rows(graph.measurements, poseSize(graph)),
    information: rows(graph.information, informationSize(graph)),
  };
}

function edgesBut(count: number, edges: readonly number[]): Int32Array {
  const isOut = new Uint8Array(count);
  for (const edge of edges) isOut[edge] = 1;
  return Int32Array.from(isOut.keys()).filter((edge) => isOut[edge] === 0);
}
