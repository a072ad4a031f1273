import type { PoseGraph } from "@slam/pgo";
import { sphere } from "@slam/sim";

/** A noisy sphere of so many poses. */
export function sphereGraph(poses: number): PoseGraph {
  const world = sphere({ poses, seed: 11 });
  const ids = Float64Array.from({ length: poses }, (_, k) => k);
  return { ...world, ids, poses: world.initial, known: new Uint8Array(poses).fill(1), fixed: Int32Array.of(0) };
}
