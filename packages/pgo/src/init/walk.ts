import type { Scratch } from "@slam/linop";
import type { PoseGraph } from "../graph.ts";
import { rootOf } from "../root-of.ts";

/** The edges at each pose: edges of pose k are edge[start[k]] ... edge[start[k + 1] - 1], in the graph's order. */
export interface Incidence extends Pick<PoseGraph, "from" | "to"> {
  readonly start: Int32Array;
  readonly edge: Int32Array;
}

/** Poses put one after another, each along an edge from one that is there: at most once each. */
export class Steps {
  count = 0;
  readonly parents: Int32Array;
  readonly children: Int32Array;
  /** 2 e + 1 where edge e is followed backwards, else 2 e. */
  readonly edges: Int32Array;

  constructor(poses: number, scratch: Scratch) {
    this.parents = scratch.integers(poses);
    this.children = scratch.integers(poses);
    this.edges = scratch.integers(poses);
  }

  /** The pose k at one end of edge e is put where its other end says. */
  add(from: Int32Array, to: Int32Array, e: number, k: number): void {
    const isBack = k !== to[e];
    this.parents[this.count] = isBack ? to[e] : from[e];
    this.children[this.count] = k;
    this.edges[this.count] = isBack ? 2 * e + 1 : 2 * e;
    this.count++;
  }
}

/** How a graph's edges are walked along: the loops below, or the engine's, which do the same. */
export interface Walk {
  /** @param scratch what its arrays are taken from. */
  incidence(graph: PoseGraph, scratch: Scratch): Incidence;
  /** Breadth first from the poses marked in `placed`: each other pose is put where the first edge that reaches it says. */
  spread(edges: Incidence, placed: Int32Array, steps: Steps, scratch: Scratch): void;
}

export const plainWalk: Walk = {
  incidence({ ids, from, to }, scratch) {
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
    return { from, to, start: start.subarray(0, ids.length + 1), edge };
  },

  spread({ from, to, start, edge }, placed, steps, scratch) {
    const queue = scratch.integers(placed.length);
    let tail = 0;
    for (let k = 0; k < placed.length; k++) if (placed[k] === 1) queue[tail++] = k;
    for (let head = 0; head < tail; head++) {
      const k = queue[head];
      const end = start[k + 1];
      for (let t = start[k]; t < end; t++) {
        const e = edge[t];
        const other = to[e] === k ? from[e] : to[e];
        if (placed[other] === 1) continue;
        steps.add(from, to, e, other);
        placed[other] = 1;
        queue[tail++] = other;
      }
    }
  },
};

/** `freeComponents` of chain.ts, by plain loops. */
export function findFree({ ids, from, to }: PoseGraph, held: Iterable<number>): number[] {
  // Trees whose parents are below their children: the root of each is the lowest pose.
  const parent = Int32Array.from({ length: ids.length }, (_, k) => k);
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
