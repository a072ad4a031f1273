import { checkGraph, type PoseGraph, type PoseShape, poseSize } from "./graph.ts";

/**
 * A graph of n poses that are all known and none of them fixed, with ids 0 ... n - 1: what a program that makes its own poses and edges starts from. Arrays are kept, not copied.
 *
 * @throws DimensionError, OptionError where `checkGraph` does.
 */
export function numberedGraph(
  shape: PoseShape,
  parts: Pick<PoseGraph, "poses" | "from" | "to" | "measurements" | "information">,
): PoseGraph {
  const count = parts.poses.length / poseSize(shape);
  const ids = Float64Array.from({ length: Math.floor(count) }, (_, k) => k);
  const { dimension, similarity } = shape;
  const { poses, from, to, measurements, information } = parts;
  const graph: PoseGraph = {
    dimension,
    ...(similarity !== undefined && { similarity }),
    ids,
    poses,
    known: new Uint8Array(ids.length).fill(1),
    from,
    to,
    measurements,
    information,
    fixed: new Int32Array(0),
  };
  checkGraph(graph);
  return graph;
}
