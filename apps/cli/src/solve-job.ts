import type { Bundle, BundleOptions, BundleReport, WindowSummary } from "@slam/ba";
import type { IterationRecord } from "@slam/nlls";
import type { PoseGraph, PoseGraphOptions, PoseGraphReport } from "@slam/pgo";
import type { BundleCovarianceReport, BundleNames, Chosen } from "./bundle-covariance.ts";
import type { CertificateReport } from "./certificate.ts";
import type { CovarianceReport } from "./covariance.ts";
import type { RepairedGraph } from "./graph-file.ts";
import type { PolicyJson, PolicyNames } from "./policy.ts";

/** A solve as it is sent to the worker. */
export type SolveJob = PgoJob | BaJob;
export type JobKind = SolveJob["kind"];

interface Job {
  /** What messages call the problem: its file. */
  readonly name: string;
  readonly policy: PolicyJson;
  /** How often to solve the same problem. */
  readonly repeat: number;
}

export interface PgoJob extends Job {
  readonly kind: "pgo";
  readonly graph: PoseGraph;
  readonly options: Omit<PoseGraphOptions, "policy" | "solver" | "onIteration" | "arenas">;
  /** Indices of the poses whose covariances are wanted. */
  readonly covariance?: readonly number[];
  /** Whether a certificate is wanted. */
  readonly certify?: boolean;
}

export interface BaJob extends Job {
  readonly kind: "ba";
  /** With the name of its camera model: a model's functions cannot be sent. */
  readonly bundle: Omit<Bundle, "model"> & { readonly model: string };
  readonly options: Omit<BundleOptions, "policy" | "solver" | "onIteration" | "arenas">;
  /** Key frames of a sliding window, where one is to solve it. */
  readonly window?: number;
  /** Cameras and points whose covariances are wanted, and what the files call all of them. */
  readonly covariance?: { readonly chosen: readonly Chosen[]; readonly names: BundleNames };
}

/** What a worker waits for. */
export type WorkerRequest = ReadRequest | SolveRequest;

/** A pose graph's file. */
export interface GraphRequest {
  readonly file: string;
  readonly repair: boolean;
}

interface ReadRequest extends GraphRequest {
  readonly kind: "read";
}

/** A graph goes with its arrays: who sends it has none of it any more. */
export interface SolveRequest {
  readonly kind: "solve";
  readonly job: SolveJob;
  /** Whether anybody wants to hear of each iteration: a message takes a small solve a hundredth of its time. */
  readonly isFollowed: boolean;
  /** Not 0 where the solve is to end at its next outer iteration. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

export interface SolveSeconds {
  /** Everything but reading and writing. */
  readonly solve: number;
  readonly initialize: number;
  readonly linearize: number;
  readonly factorize: number;
  readonly linearSolve: number;
  readonly update: number;
}

/** A library's report of the last solve, all being alike but for time, with its policy by names. */
type Reported<R> = Omit<R, "policy" | "seconds" | "initializeSeconds"> & { readonly policy: PolicyNames };

export interface Outcome<R> {
  readonly report: Reported<R>;
  /** Of each solve, in order. */
  readonly seconds: readonly SolveSeconds[];
}

export interface PgoOutcome extends Outcome<PoseGraphReport> {
  /** The job's. */
  readonly graph: PoseGraph;
  /** The best poses; the certificate's where it is of the result. */
  readonly poses: Float64Array;
  /** The best positions of landmarks, where there are any. */
  readonly landmarks?: Float64Array | undefined;
  /** At the best poses, where any is wanted and nobody interrupts. */
  readonly covariance?: CovarianceReport;
  /** Where one is wanted and nobody interrupts the solve. */
  readonly certificate?: CertificateReport;
}

export interface BaOutcome
  extends Outcome<BundleReport & { readonly window?: WindowSummary }>,
    Pick<Bundle, "poses" | "intrinsics" | "points"> {
  /** At the best point, where any is wanted and nobody interrupts. */
  readonly covariance?: BundleCovarianceReport;
}

export type OutcomeOf<J extends SolveJob> = J extends PgoJob ? PgoOutcome : BaOutcome;

/** What the worker says. */
export type SolveMessage =
  | ({ readonly kind: "read" } & FileGraph)
  /** Of what is read. */
  | { readonly kind: "warning"; readonly message: string }
  | { readonly kind: "iteration"; readonly solve: number; readonly index: number; readonly record: IterationRecord }
  | { readonly kind: "done"; readonly outcome: PgoOutcome | BaOutcome }
  /** The library rejects the problem, or a file cannot be read; `message` says why. */
  | { readonly kind: "rejected"; readonly message: string };

/** A pose graph read from its file, repaired where that is asked for. */
export interface FileGraph extends Pick<RepairedGraph, "read">, Partial<Pick<RepairedGraph, "repairs">> {
  readonly seconds: number;
}
