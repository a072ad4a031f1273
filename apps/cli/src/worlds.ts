import { planarPoses, type Trajectory } from "@slam/eval";
import { numberedGraph, type PoseGraph } from "@slam/pgo";
import { garage, grid, manhattan, type PoseGraphWorld, ring, type SimilarityWorld, sphere, torus, type WorldOptions } from "@slam/sim";

/** The worlds that `slam generate` knows, by name. */
export const WORLDS: { readonly [name: string]: (options: WorldOptions) => PoseGraphWorld } = {
  sphere,
  torus,
  grid,
  manhattan,
  garage,
  ring,
};

/** The world as a pose graph with ids 0 ... n - 1; the estimates are its measured odometry. */
export function graphOf({ dimension, ...world }: PoseGraphWorld): PoseGraph {
  return numberedGraph({ dimension }, { ...world, poses: world.initial });
}

/** As `graphOf`, of similarities. */
export function similarityGraphOf(world: SimilarityWorld): PoseGraph {
  return numberedGraph({ dimension: 3, similarity: "quat" }, { ...world, poses: world.initial });
}

/** The true poses, with ids for timestamps. */
export function truthOf({ dimension, truth }: PoseGraphWorld): Trajectory {
  const poses = dimension === 2 ? planarPoses(truth) : truth;
  return { timestamps: Float64Array.from({ length: poses.length / 7 }, (_, k) => k), poses };
}
