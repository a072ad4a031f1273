import { associate, ate, type Statistics, selectPoses } from "@slam/eval";
import { energyOf, horowitzCache, type Termination } from "@slam/linop";
import type { PrecisionEvents } from "@slam/nlls";
import type { LoopCounts, OdometryResult } from "@slam/odometry";
import type { OdometryInput } from "./odometry-input.ts";
import { type PolicyNames, policyNames } from "./policy.ts";
import type { SolverReport } from "./solver-report.ts";
import { VERSION } from "./version.ts";

/** The JSON report of `slam odometry`, as schema/odometry.schema.json describes it; numbers that are not finite become null. */
export interface OdometryReport {
  readonly command: "odometry";
  readonly version: string;
  readonly input: {
    /** The file, or the name of the world. */
    readonly file: string;
    readonly kind: OdometryInput["kind"];
    readonly frames: number;
    readonly keyFrames: number;
    readonly seed: number;
  };
  /** As the windows had it; that of the graph is as close to it as a graph's can be. */
  readonly policy: PolicyNames;
  readonly termination: Termination;
  readonly message: string;
  /** After rigid alignment, where the truth is known. */
  readonly ate?: { readonly withoutLoops: Statistics; readonly withLoops: Statistics };
  readonly loops: Omit<LoopCounts, "ends"> & { readonly recognizer: LoopSource };
  /** Key frames that nothing ties to the one before. */
  readonly lost: readonly number[];
  readonly windows: {
    readonly size: number;
    readonly linear: string;
    readonly solves: number;
    readonly iterations: number;
    readonly cgIterations: number;
    readonly terminations: { readonly [termination: string]: number };
    /** Of the largest. */
    readonly landmarks: number;
    readonly observations: number;
  };
  readonly graph: {
    readonly poses: number;
    readonly edges: number;
    /** The last solve, in the policy's formats; none where no loop was accepted. */
    readonly solve?: {
      readonly termination: Termination;
      readonly message: string;
      readonly iterations: number;
      readonly cgIterations: number;
      readonly cost: { readonly initial: number; readonly final: number };
      readonly policy: PolicyNames;
    };
  };
  readonly landmarks: number;
  /** Of a key frame: half of them, 99 of 100, and all take no longer. */
  readonly milliseconds: { readonly window: Quantiles; readonly graph: Quantiles; readonly both: Quantiles };
  readonly seconds: { readonly input: number; readonly odometry: number };
  readonly precision: PrecisionEvents;
  /** Of the windows. */
  readonly work: SolverReport["work"];
  readonly memoryBytes: number;
}

export type LoopSource = "none" | "oracle" | "descriptors";

interface Quantiles {
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

export interface Run {
  readonly file: string;
  readonly input: OdometryInput;
  readonly seed: number;
  readonly window: number;
  readonly recognizer: LoopSource;
  /** Whether it was ended before the last frame. */
  readonly interrupted: boolean;
  readonly seconds: OdometryReport["seconds"];
}

export function odometryReport(
  { file, input, seed, window: size, recognizer, interrupted, seconds }: Run,
  result: OdometryResult,
): OdometryReport {
  const { times, graph, map, lost, windows, final, milliseconds } = result;
  const { ends: _, ...loops } = result.loops;
  const { policy, precision, work, linear, solves, iterations, cgIterations, terminations, landmarks, observations } = windows;
  const errors = input.truth && errorsOf(result, input.truth);
  return {
    command: "odometry",
    version: VERSION,
    input: { file, kind: input.kind, frames: input.frames.length, keyFrames: times.length, seed },
    policy: policyNames(policy!),
    ...ending(result, interrupted),
    ...(errors && { ate: errors }),
    loops: { recognizer, ...loops },
    lost,
    windows: { size, linear, solves, iterations, cgIterations, terminations, landmarks, observations },
    graph: {
      poses: graph.ids.length,
      edges: graph.from.length,
      ...(final && {
        solve: {
          termination: final.termination,
          message: final.message,
          iterations: final.iterations.length,
          cgIterations: final.cgIterations,
          cost: { initial: final.cost.initial, final: final.cost.final },
          policy: policyNames(final.policy),
        },
      }),
    },
    landmarks: map.tracks.length,
    milliseconds: {
      window: quantiles(milliseconds.window),
      graph: quantiles(milliseconds.graph),
      both: quantiles(milliseconds.window.map((ms, k) => ms + milliseconds.graph[k]!)),
    },
    seconds,
    precision: sumOf(precision, final?.precision),
    work: { flops: work.flops, bytes: work.bytes, joules: energyOf(work, horowitzCache) },
    memoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

function ending({ times, lost, final, windows }: OdometryResult, interrupted: boolean): Pick<OdometryReport, "termination" | "message"> {
  if (interrupted) return { termination: "cancelled", message: `interrupted after key frame ${times.length - 1}` };
  if (lost.length > 0) {
    const which = lost.length === 1 ? `key frame ${lost[0]} shares` : `${lost.length} key frames, the first of them ${lost[0]}, share`;
    return { termination: "breakdown", message: `${which} too few landmarks with the one before` };
  }
  if (final !== undefined && final.termination !== "converged") {
    return { termination: final.termination, message: `the graph: ${final.message}` };
  }
  const overdue = windows.terminations["time-budget"];
  const solved = `${windows.solves} windows solved${overdue === undefined ? "" : `, ${overdue} of them cut short by the time budget`}`;
  return { termination: "converged", message: `${solved}, ${final === undefined ? "no loop closed" : final.message}` };
}

function errorsOf({ times, odometry, poses }: OdometryResult, truth: NonNullable<OdometryInput["truth"]>): OdometryReport["ate"] {
  const { reference, estimate } = associate(truth.times, times, 1e-3);
  const of = (all: Float64Array, indices: Int32Array): Float64Array => selectPoses({ timestamps: times, poses: all }, indices).poses;
  const truly = selectPoses({ timestamps: truth.times, poses: truth.poses }, reference).poses;
  const error = (all: Float64Array): Statistics => {
    const { alignment: _, ...statistics } = ate(truly, of(all, estimate), { align: "se3" });
    return statistics;
  };
  return { withoutLoops: error(odometry), withLoops: error(poses) };
}

function quantiles(values: Float64Array): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1]!;
  return { median: at(0.5), p99: at(0.99), max: at(1) };
}

function sumOf(a: PrecisionEvents, b: PrecisionEvents | undefined): PrecisionEvents {
  return {
    overflows: a.overflows + (b?.overflows ?? 0),
    flushed: a.flushed + (b?.flushed ?? 0),
    shifts: a.shifts + (b?.shifts ?? 0),
    fallbacks: a.fallbacks + (b?.fallbacks ?? 0),
    rejectedSteps: a.rejectedSteps + (b?.rejectedSteps ?? 0),
  };
}
