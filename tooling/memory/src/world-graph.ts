import type { PoseGraph } from "@slam/pgo";
import { manhattan, type PoseGraphWorld, sphere } from "@slam/sim";

/** A noisy sphere of so many poses. */
export function sphereGraph(poses: number): PoseGraph {
  return graphOf(sphere({ poses, seed: 11 }), poses);
}

/** A noisy walk through a town of so many poses in the plane. */
export function manhattanGraph(poses: number): PoseGraph {
  return graphOf(manhattan({ poses, seed: 11 }), poses);
}

function graphOf(world: PoseGraphWorld, poses: number): PoseGraph {
  const ids = Float64Array.from({ length: poses }, (_, k) => k);
  return { ...world, ids, poses: world.initial, known: new Uint8Array(poses).fill(1), fixed: Int32Array.of(0) };
}
