import { newArrays, type Scratch } from "@slam/linop";
import { type PoseGraph, poseGroup } from "../graph.ts";

/** The edges at each pose: edges of pose k are edge[start[k]] ... edge[start[k + 1] - 1], in the graph's order. */
export interface Incidence {
  readonly start: Int32Array;
  readonly edge: Int32Array;
}

export function incidence({ ids, from, to }: PoseGraph): Incidence {
  const start = new Int32Array(ids.length + 1);
  for (let e = 0; e < from.length; e++) {
    start[from[e] + 1]++;
    start[to[e] + 1]++;
  }
  for (let k = 0; k < ids.length; k++) start[k + 1] += start[k];
  const next = start.slice();
  const edge = new Int32Array(2 * from.length);
  for (let e = 0; e < from.length; e++) {
    edge[next[from[e]]++] = e;
    edge[next[to[e]]++] = e;
  }
  return { start, edge };
}

const inverse = new Float64Array(8);

/** poses[k] <- where edge e puts its other end's pose k: X_to = X_from Z, X_from = X_to Z^-1. */
function place(graph: PoseGraph, poses: Float64Array, e: number, k: number): void {
  const { from, to, measurements } = graph;
  const group = poseGroup(graph);
  const { size } = group;
  if (k === to[e]) group.compose(poses, from[e] * size, measurements, e * size, poses, k * size);
  else {
    group.inverse(measurements, e * size, inverse, 0);
    group.compose(poses, to[e] * size, inverse, 0, poses, k * size);
  }
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
function spread(graph: PoseGraph, poses: Float64Array, placed: Uint8Array): void {
  const { start, edge } = incidence(graph);
  const queue = new Int32Array(placed.length);
  let tail = 0;
  for (let k = 0; k < placed.length; k++) if (placed[k] === 1) queue[tail++] = k;
  for (let head = 0; head < tail; head++) {
    const k = queue[head];
    for (let t = start[k]; t < start[k + 1]; t++) {
      const e = edge[t];
      const other = graph.from[e] === k ? graph.to[e] : graph.from[e];
      if (placed[other] === 1) continue;
      place(graph, poses, e, other);
      placed[other] = 1;
      queue[tail++] = other;
    }
  }
}

/** Breadth first from the held poses, whose estimates stay; minimum number of edges. */
export function spanningTree(graph: PoseGraph, held: readonly number[]): Float64Array {
  const poses = graph.poses.slice();
  const placed = new Uint8Array(graph.ids.length);
  for (const k of held) placed[k] = 1;
  spread(graph, poses, placed);
  return poses;
}

/** Along the edges between neighbours k, k + 1 in the order of ids, from each held pose up; what they do not reach by breadth first. */
export function odometry(graph: PoseGraph, held: readonly number[]): Float64Array {
  const poses = graph.poses.slice();
  const placed = new Uint8Array(graph.ids.length);
  for (const k of held) placed[k] = 1;
  const { start, edge } = incidence(graph);
  for (let k = 0; k + 1 < placed.length; k++) {
    if (placed[k] === 0 || placed[k + 1] === 1) continue;
    for (let t = start[k]; t < start[k + 1]; t++) {
      const e = edge[t];
      if (Math.max(graph.from[e], graph.to[e]) !== k + 1) continue;
      place(graph, poses, e, k + 1);
      placed[k + 1] = 1;
      break;
    }
  }
  spread(graph, poses, placed);
  return poses;
}

/** The file's own estimates; poses without one are put by breadth first from those that have, or from the held pose where none in reach has. */
export function fromFile(graph: PoseGraph, held: readonly number[]): Float64Array {
  if (!graph.known.includes(1)) return odometry(graph, held);
  const poses = graph.poses.slice();
  if (!graph.known.includes(0)) return poses;
  const placed = graph.known.slice();
  spread(graph, poses, placed);
  for (const k of held) placed[k] = 1;
  spread(graph, poses, placed);
  return poses;
}
