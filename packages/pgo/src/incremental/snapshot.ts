import type { Extras } from "../factors/sets.ts";
import type { PoseGraph } from "../graph.ts";
import { type StoredGraph, WORLD } from "./stored-graph.ts";

/** A copy as a `PoseGraph`: poses in the order of ids, edges and priors in that in which they came. */
export function snapshot(stored: StoredGraph): PoseGraph {
  const { poseCount, edgeCount, size, upper, ids, removed } = stored;
  const inOrder = Int32Array.from({ length: poseCount - 1 }, (_, k) => k + 1).sort((a, b) => ids[a] - ids[b]);
  const place = new Int32Array(poseCount).fill(-1);
  for (let k = 0; k < inOrder.length; k++) {
    place[inOrder[k]] = k;
    stored.bringUpToDate(inOrder[k]);
  }
  const isPrior = (e: number): boolean => stored.from[e] === WORLD;
  const there = Int32Array.from({ length: edgeCount }, (_, e) => e).filter((e) => removed[e] === 0);
  const edges = there.filter((e) => !isPrior(e));
  return {
    dimension: stored.dof === 3 ? 2 : 3,
    ids: Float64Array.from(inOrder, (k) => ids[k]),
    poses: gatherRows(stored.poses, inOrder, size),
    known: new Uint8Array(inOrder.length).fill(1),
    from: edges.map((e) => place[stored.from[e]]),
    to: edges.map((e) => place[stored.to[e]]),
    measurements: gatherRows(stored.measurements, edges, size),
    information: gatherRows(stored.information, edges, upper),
    fixed: Int32Array.from({ length: inOrder.length }, (_, k) => k).filter((k) => stored.isHeld(inOrder[k])),
    ...priors(stored, there.filter(isPrior), place),
  };
}

function priors(stored: StoredGraph, edges: Int32Array, place: Int32Array): Extras {
  if (edges.length === 0) return {};
  const { dof, size, upper, group } = stored;
  const set = {
    variables: edges.map((e) => place[stored.to[e]]),
    measurements: gatherRows(stored.measurements, edges, size),
    information: gatherRows(stored.information, edges, upper),
  };
  if (dof === 3) return { factors: [{ factor: "EDGE_PRIOR_SE2", ...set }] };
  const atBody = new Float64Array(size);
  group.identity(atBody, 0);
  const sensors = { ids: Float64Array.of(0), poses: atBody };
  return { sensors, factors: [{ factor: "EDGE_SE3_PRIOR", ...set, sensors: new Int32Array(edges.length) }] };
}

function gatherRows(rows: Float64Array, which: Int32Array, width: number): Float64Array {
  const gathered = new Float64Array(which.length * width);
  which.forEach((row, k) => {
    gathered.set(rows.subarray(row * width, (row + 1) * width), k * width);
  });
  return gathered;
}
