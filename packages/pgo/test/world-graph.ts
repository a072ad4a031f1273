import type { PoseGraphWorld } from "@slam/sim";
import type { PoseGraph } from "../src/graph.ts";

/** The graph of a world as its file would give it: poses from the measured odometry, or the given ones. */
export function worldGraph(world: PoseGraphWorld, poses: Float64Array = world.initial): PoseGraph {
  const { dimension, from, to, measurements, information } = world;
  const n = poses.length / (dimension === 2 ? 3 : 7);
  return {
    dimension,
    ids: Float64Array.from({ length: n }, (_, k) => k),
    poses,
    known: new Uint8Array(n).fill(1),
    from,
    to,
    measurements,
    information,
    fixed: new Int32Array(0),
  };
}
