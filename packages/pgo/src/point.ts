import type { PoseGraph } from "./graph.ts";

/** The graph's estimates as a point: poses, then landmarks. */
export function pointOf({ poses, landmarks }: PoseGraph): Float64Array {
  return landmarks === undefined ? poses : joinedPoint(poses, landmarks.positions);
}

export function joinedPoint(poses: Float64Array, positions: Float64Array): Float64Array {
  const point = new Float64Array(poses.length + positions.length);
  point.set(poses);
  point.set(positions, poses.length);
  return point;
}

/** The graph with a point's poses and landmarks for its estimates, all of them known. */
export function withPoint(graph: PoseGraph, x: Float64Array): PoseGraph {
  const { landmarks } = graph;
  const known = new Uint8Array(graph.ids.length).fill(1);
  if (landmarks === undefined) return { ...graph, poses: x, known };
  const placed = { ...landmarks, positions: x.slice(graph.poses.length), known: new Uint8Array(landmarks.ids.length).fill(1) };
  return { ...graph, poses: x.slice(0, graph.poses.length), known, landmarks: placed };
}
