import { associate, selectPoses } from "@slam/eval";
import { DescriptorRecognizer, Odometry, type OdometryResult } from "@slam/odometry";
import { simulateDrive } from "@slam/sim";
import { errorOf, joulesOf } from "./estimation.ts";
import { policyOf } from "./policies.ts";
import { excerpt, type Scene } from "./scene.ts";

/** The whole way from tracks to a map: windows by CGNR, places by what landmarks look like, loops checked, the graph corrected. */
export interface PipelineTask {
  readonly kind: "pipeline";
  readonly id: string;
  readonly scene: string;
  /** Frames of the scene, at 10 Hz; a third of them are key frames. */
  readonly frames: number;
  readonly seed: number;
}

export const PIPELINE_POLICIES: readonly ["double", "mixed"] = ["double", "mixed"];
export type PipelinePolicy = (typeof PIPELINE_POLICIES)[number];

interface PipelineRun {
  readonly odometryAte: number;
  readonly ate: number;
  readonly loops: number;
  readonly rejectedLoops: number;
  readonly lost: number;
  readonly cgIterations: number;
  readonly joules: number;
}

export interface PipelineResult {
  readonly kind: "pipeline";
  readonly id: string;
  readonly scene: string;
  readonly keyFrames: number;
  readonly byPolicy: { readonly [policy in PipelinePolicy]: PipelineRun };
  /** Wall clock of a key frame, in seconds, median and 99 %: the only numbers that differ from run to run. */
  readonly seconds: { readonly [policy in PipelinePolicy]: { readonly median: number; readonly p99: number } };
}

const RATE = 10 / 3;
/** Landmarks measured in a frame. */
const FEATURES = 60;
/** Key frames of the window. */
const WINDOW = 8;

export function runPipeline({ id, scene: name, frames, seed }: PipelineTask, scene: Scene): PipelineResult {
  const drive = simulateDrive(excerpt(scene.world, 0, frames), scene.camera, { features: FEATURES, trackLength: 30, seed });
  const runs = PIPELINE_POLICIES.map((policy) => {
    const odometry = new Odometry({
      camera: scene.camera,
      rate: RATE,
      window: WINDOW,
      linear: "cgnr",
      policy: { ...policyOf(policy, "matvec"), precondition: policyOf(policy, "precondition").precondition },
      places: new DescriptorRecognizer({ recent: 30 }),
      start: drive.truth.subarray(0, 7),
      seed,
    });
    for (const [k, frame] of drive.frames.entries()) odometry.addFrame({ ...frame, time: drive.times[k] });
    return [policy, odometry.finish()] as const;
  });
  const [[, { times }]] = runs;
  const { reference } = associate(drive.times, times, 0);
  const { poses } = selectPoses({ timestamps: drive.times, poses: drive.truth }, reference);
  return {
    kind: "pipeline",
    id,
    scene: name,
    keyFrames: times.length,
    byPolicy: Object.fromEntries(runs.map(([policy, result]) => [policy, summarize(poses, result)])) as PipelineResult["byPolicy"],
    seconds: Object.fromEntries(runs.map(([policy, { milliseconds }]) => [policy, secondsOf(milliseconds)])) as PipelineResult["seconds"],
  };
}

function summarize(truth: Float64Array, { odometry, poses, loops, lost, windows }: OdometryResult): PipelineRun {
  return {
    odometryAte: errorOf(truth, odometry),
    ate: errorOf(truth, poses),
    loops: loops.accepted,
    rejectedLoops: loops.rejected,
    lost: lost.length,
    cgIterations: windows.cgIterations,
    joules: joulesOf(windows.work),
  };
}

function secondsOf({ window, graph }: OdometryResult["milliseconds"]): { readonly median: number; readonly p99: number } {
  const all = window.map((milliseconds, k) => (milliseconds + graph[k]) / 1000).sort();
  return { median: all[all.length >> 1], p99: all[Math.floor(0.99 * (all.length - 1))] };
}
