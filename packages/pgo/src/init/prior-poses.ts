import { se2, se3 } from "@slam/lie";
import { componentsOf, heldVariables, tiedByEdges } from "../factors/components.ts";
import { priorSe2 } from "../factors/prior-se2.ts";
import { priorSe3 } from "../factors/prior-se3.ts";
import { edgesOnly } from "../factors/sets.ts";
import type { FactorTerms } from "../factors/terms.ts";
import { type PoseGraph, poseDof, poseSize } from "../graph.ts";

/** Poses from which parts of a graph can start: those whose priors say where they are. */
export interface PriorPoses {
  /** One, by index, for each part that edges connect and no edge ties to a fixed pose. */
  readonly poses: ReadonlyMap<number, Float64Array>;
  /** How many priors of full rank there are. */
  readonly count: number;
  /** The graph with these poses where their priors put them: all, or those without an estimate. */
  place(graph: PoseGraph, which: "all" | "unknown"): PoseGraph;
}

/** @param fixed poses. */
export function priorPoses(graph: PoseGraph, fixed: readonly number[], terms: readonly FactorTerms[]): PriorPoses {
  const edges = edgesOnly(graph);
  const component = componentsOf(edges, heldVariables(edges, fixed));
  const found = tiedByEdges(graph, component);
  const poses = new Map<number, Float64Array>();
  let count = 0;
  for (const one of terms) {
    if (one.factor !== priorSe2 && one.factor !== priorSe3) continue;
    for (let k = 0; k < one.count; k++) {
      if (!hasFullRank(graph, one, k)) continue;
      count++;
      const root = component[one.variables[k]];
      if (root < 0 || found.has(root)) continue;
      found.add(root);
      poses.set(one.variables[k], priorPose(one, k));
    }
  }
  return {
    poses,
    count,
    place(graph, which) {
      const size = poseSize(graph);
      const placed = graph.poses.slice();
      for (const [pose, X] of poses) if (which === "all" || graph.known[pose] === 0) placed.set(X, pose * size);
      return { ...graph, poses: placed };
    },
  };
}

/** Whether no pivot of the k-th information's square root is zero. */
function hasFullRank(graph: PoseGraph, { whitening }: FactorTerms, k: number): boolean {
  const dof = poseDof(graph);
  for (let a = 0, at = (k * dof * (dof + 1)) / 2; a < dof; at += dof - a, a++) if (whitening[at] === 0) return false;
  return true;
}

/** X = Z, or Z O^-1 for a sensor at O. */
function priorPose({ factor, z, zSize }: FactorTerms, k: number): Float64Array {
  const own = z.subarray(k * zSize, (k + 1) * zSize);
  if (factor === priorSe2) {
    const X = new Float64Array(3);
    se2.normalize(own, 0, X, 0);
    return X;
  }
  const X = new Float64Array(7);
  const inverse = new Float64Array(7);
  se3.inverse(own, 7, inverse, 0);
  se3.compose(own, 0, inverse, 0, X, 0);
  return X;
}
