import type { Termination } from "@slam/linop";
import type { PolicyNames } from "../policy.ts";

export const BENCH_PARTS: readonly ["kernels", "pgo", "ba"] = ["kernels", "pgo", "ba"];
export type BenchPart = (typeof BENCH_PARTS)[number];

/** What the worker is asked for. */
export interface BenchJob {
  readonly parts: readonly BenchPart[];
  /** Turns of each contest. */
  readonly rounds: number;
  /** Working sets of the kernels, in megabytes of fp32. */
  readonly megabytes: readonly number[];
  /** Not 0 where the bench is to end. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

/** What a kernel did; medians of the turns. */
export interface KernelFigure {
  readonly kernel: string;
  /** Of the matrix in fp32, of the triad its three vectors. */
  readonly megabytes: number;
  readonly format: string;
  readonly milliseconds: number;
  /** Of what it must move once. */
  readonly gigabytesPerSecond: number;
  /** Its bytes per second over the triad's of the same turns. */
  readonly ofTriad: number;
  /** Its time over that in fp32, turn by turn. */
  readonly ofFp32: number;
}

/** What a solve took; medians of the turns. */
export interface SolveFigure {
  readonly problem: string;
  /** Poses, edges; cameras, points, observations. */
  readonly size: { readonly [what: string]: number };
  readonly linear: string;
  readonly policy: PolicyNames;
  readonly termination: Termination;
  readonly iterations: number;
  readonly cgIterations: number;
  readonly cost: number;
  /** cost / cost of fp64 - 1. */
  readonly costAboveFp64: number;
  readonly seconds: Times;
  /** Over those in fp32, turn by turn. */
  readonly ofFp32: Times;
}

interface Times {
  readonly solve: number;
  readonly linearSolve: number;
}

/** What the worker says. */
export type BenchMessage =
  | { readonly kind: "begins"; readonly what: string }
  | { readonly kind: "kernels"; readonly figures: readonly KernelFigure[] }
  | { readonly kind: "solves"; readonly part: "pgo" | "ba"; readonly figures: readonly SolveFigure[] }
  | { readonly kind: "done" }
  /** What this machine cannot run, and why. */
  | { readonly kind: "rejected"; readonly message: string };

/** What a part of the bench hears from outside, and says. */
export interface BenchControl {
  isStopped(): boolean;
  tell(message: BenchMessage): void;
}
