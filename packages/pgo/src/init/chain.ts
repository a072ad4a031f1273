import type { ArenaPool } from "@slam/wasm";
import type { PoseGraph } from "../graph.ts";
import { takeSteps } from "./follow.ts";
import { findFreeInArena } from "./spread-engine.ts";
import { findFree, type Incidence, type Steps } from "./walk.ts";

/**
 * The lowest pose of each connected component that has no pose in `held`, ascending: what has to be held besides for the gauge to be fixed.
 *
 * @param arenas where the engine looks for them; free again when it returns. Default plain loops.
 */
export function freeComponents(graph: PoseGraph, held: Iterable<number>, arenas?: ArenaPool): number[] {
  return arenas === undefined ? findFree(graph, held) : findFreeInArena(graph, held, arenas);
}

/** Along the edges between neighbours k, k + 1 in the order of ids, up from those marked in `placed`. */
function climb({ from, to, start, edge }: Incidence, placed: Int32Array, steps: Steps): void {
  for (let k = 0; k + 1 < placed.length; k++) {
    if (placed[k] === 0 || placed[k + 1] === 1) continue;
    for (let t = start[k]; t < start[k + 1]; t++) {
      const e = edge[t];
      if (Math.max(from[e], to[e]) !== k + 1) continue;
      steps.add(from, to, e, k + 1);
      placed[k + 1] = 1;
      break;
    }
  }
}

function mark(poses: readonly number[], placed: Int32Array): void {
  for (const k of poses) placed[k] = 1;
}

/**
 * Breadth first from the held poses, whose estimates stay; minimum number of edges.
 *
 * @param arenas where the engine puts the poses, with the same bits; free again when it returns. Default plain loops.
 */
export function spanningTree(graph: PoseGraph, held: readonly number[], arenas?: ArenaPool): Float64Array {
  return takeSteps(graph, arenas, (steps, walk, scratch) => {
    const placed = scratch.integers(graph.ids.length);
    mark(held, placed);
    walk.spread(walk.incidence(graph, scratch), placed, steps, scratch);
  });
}

/**
 * Along the edges between neighbours k, k + 1 in the order of ids, from each held pose up; what they do not reach by breadth first.
 *
 * @param arenas as of `spanningTree`.
 */
export function odometry(graph: PoseGraph, held: readonly number[], arenas?: ArenaPool): Float64Array {
  return takeSteps(graph, arenas, (steps, walk, scratch) => {
    const placed = scratch.integers(graph.ids.length);
    mark(held, placed);
    const edges = walk.incidence(graph, scratch);
    climb(edges, placed, steps);
    walk.spread(edges, placed, steps, scratch);
  });
}

/**
 * The file's own estimates; poses without one are put by breadth first from those that have, or from the held pose where none in reach has.
 *
 * @param arenas as of `spanningTree`.
 * @returns the graph's own array where it has them all.
 */
export function fromFile(graph: PoseGraph, held: readonly number[], arenas?: ArenaPool): Float64Array {
  if (!graph.known.includes(1)) return odometry(graph, held, arenas);
  if (!graph.known.includes(0)) return graph.poses;
  return takeSteps(graph, arenas, (steps, walk, scratch) => {
    const placed = scratch.integers(graph.ids.length);
    placed.set(graph.known);
    const edges = walk.incidence(graph, scratch);
    walk.spread(edges, placed, steps, scratch);
    mark(held, placed);
    walk.spread(edges, placed, steps, scratch);
  });
}
