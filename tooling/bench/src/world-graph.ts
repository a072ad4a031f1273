import type { PoseGraph } from "@slam/pgo";
import { manhattan, sphere } from "@slam/sim";

/** A sphere or a town, at its true poses. */
export function worldGraph(dimension: 2 | 3, poses: number): PoseGraph {
  const world = dimension === 2 ? manhattan({ poses, seed: 1 }) : sphere({ poses, seed: 1 });
  const ids = Float64Array.from({ length: poses }, (_, k) => k);
  return { ...world, ids, poses: world.truth, known: new Uint8Array(poses).fill(1), fixed: Int32Array.of(0) };
}
