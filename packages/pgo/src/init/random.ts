import { Random } from "@slam/sim";
import { type PoseGraph, poseSize } from "../graph.ts";

/**
 * Poses that know nothing of the measurements but their scale: rotations uniform, positions normal about the first held pose with the standard deviation,
 * per axis, of a random walk through all poses in steps of the measured length, sqrt(n mean |t|^2 / d). Similarities have the scale of that pose, and lengths are
 * measured in it. The same seed gives the same bits.
 *
 * @param held poses that stay; at least one.
 */
export function randomPoses(graph: PoseGraph, held: readonly number[], seed: number): Float64Array {
  const { dimension, measurements, ids } = graph;
  const size = poseSize(graph);
  const random = new Random(seed);
  const poses = graph.poses.slice();
  const stays = new Set(held);
  const [centre] = held;
  const scale = size === 8 ? poses[centre * size + 7] : 1;
  const spread = scale * walkDeviation(measurements, size, dimension, ids.length);
  for (let k = 0; k < ids.length; k++) {
    if (stays.has(k)) continue;
    for (let axis = 0; axis < dimension; axis++) {
      poses[k * size + axis] = graph.poses[centre * size + axis] + spread * random.gaussian();
    }
    if (dimension === 2) poses[k * size + 2] = Math.PI * (2 * random.uniform() - 1);
    else drawRotation(random, poses, k * size + 3);
    if (size === 8) poses[k * size + 7] = scale;
  }
  return poses;
}

function walkDeviation(measurements: Float64Array, size: number, dimension: number, poses: number): number {
  const edges = measurements.length / size;
  let squares = 0;
  for (let e = 0; e < edges; e++) {
    for (let axis = 0; axis < dimension; axis++) squares += measurements[e * size + axis] ** 2;
  }
  return Math.sqrt((poses * squares) / (Math.max(1, edges) * dimension));
}

/** q <- a uniform rotation: a direction in four dimensions, as a normal vector has. */
function drawRotation(random: Random, q: Float64Array, at: number): void {
  let square = 0;
  while (square === 0) {
    square = 0;
    for (let axis = 0; axis < 4; axis++) {
      q[at + axis] = random.gaussian();
      square += q[at + axis] ** 2;
    }
  }
  const length = Math.sqrt(square);
  for (let axis = 0; axis < 4; axis++) q[at + axis] /= length;
}
