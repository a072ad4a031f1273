import type { PoseGraph } from "./graph.ts";

/** How far apart in the order of ids the two poses of an edge are: 1 for odometry, more for a loop. */
export function spanOf({ from, to }: Pick<PoseGraph, "from" | "to">, edge: number): number {
  return Math.abs(from[edge] - to[edge]);
}

/**
 * Whether an edge closes a loop: its poses do not follow each other in the order of ids. Repeated edges between neighbours are odometry, each of them.
 */
export function isLoop(graph: Pick<PoseGraph, "from" | "to">, edge: number): boolean {
  return spanOf(graph, edge) !== 1;
}
