import { type Bundle, type BundleReport, start } from "@slam/ba";
import { ate } from "@slam/eval";
import { energyOf, horowitzCache, type Work } from "@slam/linop";
import { type PartEfforts, partsOf } from "@slam/nlls";
import { estimationProblem } from "./estimation-problem.ts";
import { POLICIES, type PolicyName, policyOf } from "./policies.ts";
import type { Scene } from "./scene.ts";
import { type PartSeconds, type PartWork, secondsOf, workOf } from "./shares.ts";

/** Key frames of one estimation, as published: 5 s at 10 Hz. */
export const FRAMES = 50;

/** One window of visual odometry, estimated in every policy from one start. */
export interface EstimationTask {
  readonly kind: "estimation";
  readonly id: string;
  readonly scene: string;
  /** The first of its key frames. */
  readonly first: number;
  readonly seed: number;
}

interface Estimation {
  /** After rigid alignment, in metres. */
  readonly ate: number;
  readonly cost: number;
  readonly termination: string;
  readonly iterations: number;
  readonly rejectedSteps: number;
  readonly cgIterations: number;
  readonly overflows: number;
  readonly work: PartWork;
  readonly joules: number;
}

/** Wall clock: the only numbers that differ from run to run. */
interface EstimationSeconds {
  readonly solve: number;
  readonly parts: PartSeconds;
}

export interface EstimationResult {
  readonly kind: "estimation";
  readonly id: string;
  readonly scene: string;
  readonly rows: number;
  readonly columns: number;
  /** Of the poses it starts from. */
  readonly startAte: number;
  readonly byPolicy: { readonly [policy in PolicyName]: Estimation };
  readonly seconds: { readonly [policy in PolicyName]: EstimationSeconds };
}

export function runEstimation({ id, scene: name, first, seed }: EstimationTask, scene: Scene): EstimationResult {
  const { truth, bundle } = estimationProblem(scene, first, FRAMES, seed);
  const estimates = POLICIES.map((policy) => [policy, estimate(bundle, policy)] as const);
  const byPolicy = estimates.map(([policy, { poses, report, parts }]) => [policy, summarize(errorOf(truth, poses), report, parts)]);
  const seconds = estimates.map(([policy, { solve, parts }]) => [policy, { solve, parts: secondsOf(parts) }]);
  return {
    kind: "estimation",
    id,
    scene: name,
    rows: bundle.measurements.length,
    columns: bundle.poses.length - 7 + bundle.points.length,
    startAte: errorOf(truth, bundle.poses),
    byPolicy: Object.fromEntries(byPolicy),
    seconds: Object.fromEntries(seconds) as EstimationResult["seconds"],
  };
}

interface Estimate {
  readonly poses: Float64Array;
  readonly report: BundleReport;
  readonly parts: PartEfforts;
  /** Seconds. */
  readonly solve: number;
}

/** By CGNR, as published; the first pose is held. */
export function estimate(bundle: Bundle, policy: PolicyName): Estimate {
  const began = performance.now();
  const run = start(bundle, {
    policy: policyOf(policy, "matvec"),
    linear: "cgnr",
    held: { cameras: [0], intrinsics: true },
    maxIterations: MOST_STEPS,
    // As published: every step is of all unknowns.
    pointIterations: 0,
  });
  while (!run.done) run.step();
  const solve = (performance.now() - began) / 1000;
  const { report } = run;
  return {
    poses: run.bundle.poses,
    report,
    parts: partsOf(report, solve, { seconds: report.initializeSeconds, flops: 0, bytes: 0 }),
    solve,
  };
}

/** double takes about 8; what has not converged by then does not. */
const MOST_STEPS = 20;

export function errorOf(truth: Float64Array, poses: Float64Array): number {
  return ate(truth, poses, { align: "se3" }).rmse;
}

function summarize(error: number, report: BundleReport, parts: PartEfforts): Estimation {
  const { finalCost, termination, iterations, precision, cgIterations, work } = report;
  return {
    ate: error,
    cost: finalCost,
    termination,
    iterations: iterations.length,
    rejectedSteps: precision.rejectedSteps,
    cgIterations,
    overflows: precision.overflows,
    work: workOf(parts),
    joules: joulesOf(work),
  };
}

/** Of arithmetic and of data, which comes from a cache in problems as small as these. */
export function joulesOf(work: Work): number {
  const { arithmetic, memory } = energyOf(work, horowitzCache);
  return arithmetic + memory;
}
