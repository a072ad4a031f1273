import { median } from "@slam/contests";
import { associate, ate, type Statistics, selectPoses } from "@slam/eval";
import { energyOf, horowitzCache, type Termination } from "@slam/linop";
import type { PhaseSeconds, PrecisionEvents } from "@slam/nlls";
import type { LoopCounts, OdometryResult } from "@slam/odometry";
import type { Drive } from "./odometry-drives.ts";
import type { OdometryInput } from "./odometry-input.ts";
import { type PolicyNames, policyNames } from "./policy.ts";
import type { SolveSeconds } from "./solve-job.ts";
import { medians, type SolverReport } from "./solver-report.ts";
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
    readonly solve?: { readonly termination: Termination; readonly message: string; readonly policy: PolicyNames };
  };
  /** Of that solve, as `slam pgo` reports them. */
  readonly cost?: SolverReport["cost"];
  readonly iterations?: SolverReport["iterations"];
  readonly linear?: SolverReport["linear"];
  readonly landmarks: number;
  /** Of a key frame: half of them, 99 of 100, and all take no longer. */
  readonly milliseconds: { readonly window: Quantiles; readonly graph: Quantiles; readonly both: Quantiles };
  /** Phases are those of the windows and of the graph's last solve. */
  readonly seconds: SolverReport["seconds"];
  readonly precision: PrecisionEvents;
  /** Of the windows. */
  readonly work: SolverReport["work"];
  readonly memoryBytes: number;
}

export type LoopSource = "none" | "oracle" | "descriptors";

type Truth = NonNullable<OdometryInput["truth"]>;

export interface Quantiles {
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
  readonly parseSeconds: number;
}

/** @param drives of the same frames; all that is not time is of the last. */
export function odometryReport(
  { file, input, seed, window: size, recognizer, interrupted, parseSeconds }: Run,
  drives: readonly Drive[],
): OdometryReport {
  const { result } = drives.at(-1)!;
  const { times, graph, map, lost, windows, final } = result;
  const { ends: _, ...loops } = result.loops;
  const { policy, precision, work, linear, solves, iterations, cgIterations, terminations, landmarks, observations } = windows;
  const errors = input.truth && errorsOf(result, input.truth);
  const milliseconds = keyFrameMilliseconds(drives);
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
      ...(final && { solve: { termination: final.termination, message: final.message, policy: policyNames(final.policy) } }),
    },
    ...(final && { cost: final.cost, iterations: final.iterations, linear: final.linear }),
    landmarks: map.tracks.length,
    milliseconds: {
      window: quantiles(milliseconds.map(({ window }) => window)),
      graph: quantiles(milliseconds.map((of) => of.graph)),
      both: quantiles(milliseconds.map(({ both }) => both)),
    },
    seconds: { parse: parseSeconds, ...medians(drives.map(phasesOf)), cold: drives[0]!.seconds },
    precision: sumOf(precision, final?.precision),
    work: { flops: work.flops, bytes: work.bytes, joules: energyOf(work, horowitzCache) },
    memoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

function phasesOf({ result: { windows, final }, seconds: solve }: Drive): SolveSeconds {
  const sum = (phase: keyof PhaseSeconds): number => windows.seconds[phase] + (final?.seconds[phase] ?? 0);
  return {
    solve,
    initialize: final?.initializeSeconds ?? 0,
    linearize: sum("linearize"),
    factorize: sum("factorize"),
    linearSolve: sum("linearSolve"),
    update: sum("update"),
  };
}

/** Of each key frame of the last drive, medians over the drives that came to it. */
export function keyFrameMilliseconds(drives: readonly Drive[]): readonly Readonly<Record<"window" | "graph" | "both", number>>[] {
  return Array.from(drives.at(-1)!.result.times, (_, k) => {
    const all = drives.map(({ result: { milliseconds } }) => ({ window: milliseconds.window[k]!, graph: milliseconds.graph[k]! }));
    return {
      window: median(all.map(({ window }) => window)),
      graph: median(all.map(({ graph }) => graph)),
      both: median(all.map(({ window, graph }) => window + graph)),
    };
  });
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

function errorsOf({ times, odometry, poses }: OdometryResult, truth: Truth): OdometryReport["ate"] {
  const error = (path: Float64Array): Statistics => {
    const { truly, estimated } = pairedWithTruth(times, path, truth);
    const { alignment: _, ...statistics } = ate(truly, estimated, { align: "se3" });
    return statistics;
  };
  return { withoutLoops: error(odometry), withLoops: error(poses) };
}

/** The poses of a path, and the true ones of the same times, row by row. */
export function pairedWithTruth(
  times: Float64Array,
  path: Float64Array,
  truth: Truth,
): { readonly truly: Float64Array; readonly estimated: Float64Array } {
  const { reference, estimate } = associate(truth.times, times, 1e-3);
  return {
    truly: selectPoses({ timestamps: truth.times, poses: truth.poses }, reference).poses,
    estimated: selectPoses({ timestamps: times, poses: path }, estimate).poses,
  };
}

function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
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
