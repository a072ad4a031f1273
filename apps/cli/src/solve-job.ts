import type { IterationRecord } from "@slam/nlls";
import type { PoseGraph, PoseGraphOptions, PoseGraphReport } from "@slam/pgo";
import type { CertificateReport } from "./certificate.ts";
import type { CovarianceReport } from "./covariance.ts";
import type { PolicyJson, PolicyNames } from "./policy.ts";

/** A solve as it is sent to the worker. */
export interface SolveJob {
  /** What messages call the graph: its file. */
  readonly name: string;
  readonly graph: PoseGraph;
  readonly policy: PolicyJson;
  readonly options: Omit<PoseGraphOptions, "policy" | "solver" | "onIteration" | "arenas">;
  /** How often to solve the same problem. */
  readonly repeat: number;
  /** Indices of the poses whose covariances are wanted. */
  readonly covariance?: readonly number[];
  /** Whether a certificate is wanted. */
  readonly certify?: boolean;
}

/** What a worker waits for. */
export interface SolveRequest {
  readonly job: SolveJob;
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

export interface SolveOutcome {
  /** The best poses; the certificate's where it is of the result. */
  readonly poses: Float64Array;
  /** The best positions of landmarks, where there are any. */
  readonly landmarks?: Float64Array | undefined;
  /** Of the last solve; all are alike but for time. */
  readonly report: Omit<PoseGraphReport, "policy" | "seconds" | "initializeSeconds"> & { readonly policy: PolicyNames };
  /** Of each solve, in order. */
  readonly seconds: readonly SolveSeconds[];
  /** At the best poses, where any is wanted and nobody interrupts. */
  readonly covariance?: CovarianceReport;
  /** Where one is wanted and nobody interrupts the solve. */
  readonly certificate?: CertificateReport;
}

/** What the worker says. */
export type SolveMessage =
  | { readonly kind: "iteration"; readonly solve: number; readonly index: number; readonly record: IterationRecord }
  | { readonly kind: "done"; readonly outcome: SolveOutcome }
  /** The library rejects the problem; `message` says why. */
  | { readonly kind: "rejected"; readonly message: string };
