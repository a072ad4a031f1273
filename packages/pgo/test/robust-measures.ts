import { ate, planarPoses } from "@slam/eval";
import type { PoseGraph } from "../src/graph.ts";

/** Of the edges rejected, those that are false; of the false ones, behind the first `own`, those rejected. */
export function rejection(
  { rejected }: { readonly rejected: readonly { readonly edge: number }[] },
  own: number,
  spoiled: PoseGraph,
): { readonly precision: number; readonly recall: number } {
  const found = rejected.filter(({ edge }) => edge >= own).length;
  const all = spoiled.from.length - own;
  return { precision: rejected.length === 0 ? 1 : found / rejected.length, recall: all === 0 ? 1 : found / all };
}

/** RMS distance between two trajectories after rigid alignment, metres. */
export function rmsDistance(dimension: 2 | 3, a: Float64Array, b: Float64Array): number {
  const [reference, estimate] = dimension === 2 ? [planarPoses(a), planarPoses(b)] : [a, b];
  return ate(reference, estimate, { align: "se3" }).rmse;
}

/** The longest side of the box around the poses, metres. */
export function extent(dimension: 2 | 3, poses: Float64Array): number {
  const size = dimension === 2 ? 3 : 7;
  const sides = Array.from({ length: dimension }, (_, axis) => {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = axis; at < poses.length; at += size) [least, most] = [Math.min(least, poses[at]), Math.max(most, poses[at])];
    return most - least;
  });
  return Math.max(...sides);
}
