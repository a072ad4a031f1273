import { se3 } from "@slam/lie";
import { estimate, FRAMES } from "./estimation.ts";
import { estimationProblem } from "./estimation-problem.ts";
import { POLICIES, type PolicyName } from "./policies.ts";
import { excerpt, type Scene } from "./scene.ts";

/** A longer way, window after window: each begins with the last key frame of the one before. */
export interface PathTask {
  readonly kind: "path";
  readonly id: string;
  readonly scene: string;
  readonly windows: number;
  readonly seed: number;
}

export interface PathResult {
  readonly kind: "path";
  readonly id: string;
  readonly scene: string;
  /** Positions [x y z] one after the other, in the world; all begin where the truth does. */
  readonly truth: readonly number[];
  readonly byPolicy: { readonly [policy in PolicyName]: readonly number[] };
}

export function runPath({ id, scene: name, windows, seed }: PathTask, scene: Scene): PathResult {
  const problems = Array.from({ length: windows }, (_, k) => estimationProblem(scene, k * (FRAMES - 1), FRAMES, seed + k));
  const { poses: truth } = excerpt(scene.world, 0, windows * (FRAMES - 1) + 1);
  const byPolicy = POLICIES.map((policy) => [
    policy,
    positionsOf(
      chained(
        truth,
        problems.map(({ bundle }) => estimate(bundle, policy).poses),
      ),
    ),
  ]);
  return { kind: "path", id, scene: name, truth: positionsOf(truth), byPolicy: Object.fromEntries(byPolicy) };
}

/** The windows' poses in the frame of the first, each moved to where the one before ended. */
function chained(truth: Float64Array, windows: readonly Float64Array[]): Float64Array {
  const all = truth.slice(0, 7 * (windows.length * (FRAMES - 1) + 1));
  const step = new Float64Array(7);
  windows.forEach((poses, k) => {
    const from = 7 * k * (FRAMES - 1);
    for (let at = 7; at < poses.length; at += 7) {
      se3.relative(poses, 0, poses, at, step, 0);
      se3.compose(all, from, step, 0, all, from + at);
      se3.normalize(all, from + at, all, from + at);
    }
  });
  return all;
}

/** To the millimetre: it is for a picture. */
function positionsOf(poses: Float64Array): number[] {
  return Array.from({ length: (3 * poses.length) / 7 }, (_, i) => Math.round(1000 * poses[7 * Math.floor(i / 3) + (i % 3)]) / 1000);
}
