import { newArrays, type Scratch } from "@slam/linop";
import type { ArenaPool } from "@slam/wasm";
import type { PoseGraph } from "../graph.ts";
import { type Steps, takeSteps } from "./follow.ts";

/** The edges at each pose: edges of pose k are edge[start[k]] ... edge[start[k + 1] - 1], in the graph's order. */
export interface Incidence {
  readonly start: Int32Array;
  readonly edge: Int32Array;
}

/** @param scratch what its arrays are taken from. Default new ones. */
export function incidence({ ids, from, to }: PoseGraph, scratch: Scratch = newArrays): Incidence {
  // start[k + 1] is where the edges of pose k begin, and, once they are filled in, where they end.
  const start = scratch.integers(ids.length + 2);
  for (let e = 0; e < from.length; e++) {
    start[from[e] + 2]++;
    start[to[e] + 2]++;
  }
  for (let k = 0; k < ids.length; k++) start[k + 2] += start[k + 1];
  const edge = scratch.integers(2 * from.length);
  for (let e = 0; e < from.length; e++) {
    edge[start[from[e] + 1]++] = e;
    edge[start[to[e] + 1]++] = e;
  }
  return { start: start.subarray(0, ids.length + 1), edge };
}

/**
 * The lowest pose of each connected component that has no pose in `held`, ascending: what has to be held besides for the gauge to be fixed.
 *
 * @param scratch what it works in. Default new arrays.
 */
export function freeComponents({ ids, from, to }: PoseGraph, held: Iterable<number>, scratch: Scratch = newArrays): number[] {
  // Trees whose parents are below their children: the root of each is the lowest pose.
  const parent = scratch.integers(ids.length);
  for (let k = 0; k < parent.length; k++) parent[k] = k;
  for (let e = 0; e < from.length; e++) {
    const a = rootOf(parent, from[e]);
    const b = rootOf(parent, to[e]);
    if (a < b) parent[b] = a;
    else parent[a] = b;
  }
  const isHeld = new Set<number>();
  for (const k of held) isHeld.add(rootOf(parent, k));
  const found: number[] = [];
  for (let k = 0; k < parent.length; k++) if (parent[k] === k && !isHeld.has(k)) found.push(k);
  return found;
}

/** Halves the way there. */
function rootOf(parent: Int32Array, k: number): number {
  let root = k;
  while (parent[root] !== root) {
    parent[root] = parent[parent[root]];
    root = parent[root];
  }
  return root;
}

/** Breadth first from the poses marked in `placed`: each other pose is put where the first edge that reaches it says. */
function spread(graph: PoseGraph, { start, edge }: Incidence, placed: Int32Array, steps: Steps, scratch: Scratch): void {
  const { from, to } = graph;
  const queue = scratch.integers(placed.length);
  let tail = 0;
  for (let k = 0; k < placed.length; k++) if (placed[k] === 1) queue[tail++] = k;
  for (let head = 0; head < tail; head++) {
    const k = queue[head];
    const end = start[k + 1];
    for (let t = start[k]; t < end; t++) {
      const e = edge[t];
      const other = from[e] === k ? to[e] : from[e];
      if (placed[other] === 1) continue;
      steps.add(graph, e, other);
      placed[other] = 1;
      queue[tail++] = other;
    }
  }
}

/** Along the edges between neighbours k, k + 1 in the order of ids, up from those marked in `placed`. */
function climb(graph: PoseGraph, { start, edge }: Incidence, placed: Int32Array, steps: Steps): void {
  const { from, to } = graph;
  for (let k = 0; k + 1 < placed.length; k++) {
    if (placed[k] === 0 || placed[k + 1] === 1) continue;
    for (let t = start[k]; t < start[k + 1]; t++) {
      const e = edge[t];
      if (Math.max(from[e], to[e]) !== k + 1) continue;
      steps.add(graph, e, k + 1);
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
  return takeSteps(graph, arenas, (steps, scratch) => {
    const placed = scratch.integers(graph.ids.length);
    mark(held, placed);
    spread(graph, incidence(graph, scratch), placed, steps, scratch);
  });
}

/**
 * Along the edges between neighbours k, k + 1 in the order of ids, from each held pose up; what they do not reach by breadth first.
 *
 * @param arenas as of `spanningTree`.
 */
export function odometry(graph: PoseGraph, held: readonly number[], arenas?: ArenaPool): Float64Array {
  return takeSteps(graph, arenas, (steps, scratch) => {
    const placed = scratch.integers(graph.ids.length);
    mark(held, placed);
    const edges = incidence(graph, scratch);
    climb(graph, edges, placed, steps);
    spread(graph, edges, placed, steps, scratch);
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
  return takeSteps(graph, arenas, (steps, scratch) => {
    const placed = scratch.integers(graph.ids.length);
    placed.set(graph.known);
    const edges = incidence(graph, scratch);
    spread(graph, edges, placed, steps, scratch);
    mark(held, placed);
    spread(graph, edges, placed, steps, scratch);
  });
}
