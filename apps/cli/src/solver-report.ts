import { median } from "@slam/contests";
import { type Energy, energyOf, horowitzCache, type Operation, type Termination, totalOf, Work } from "@slam/linop";
import {
  type IterationRecord,
  type LinearSummary,
  type Method,
  type PartEfforts,
  type PrecisionEvents,
  partsOf,
  type SolveReport,
} from "@slam/nlls";
import type { PolicyNames } from "./policy.ts";
import type { Outcome, SolveSeconds } from "./solve-job.ts";

/** What the JSON reports of all solvers have in common, as schema/report.schema.json describes it; numbers that are not finite become null. */
export interface SolverReport {
  readonly policy: PolicyNames;
  readonly method: Method;
  readonly termination: Termination;
  readonly message: string;
  readonly cost: { readonly convention: string; readonly initial: number; readonly afterInit: number; readonly final: number };
  readonly iterations: readonly IterationRecord[];
  readonly linear: SolvedReport["linear"];
  readonly seconds: SolveSeconds & { readonly parse: number; readonly cold: number };
  readonly precision: PrecisionEvents;
  readonly work: { readonly flops: Tally; readonly bytes: Tally; readonly joules: Energy };
  /** What the last solve consisted of: seconds, flops and bytes of each part. */
  readonly parts: PartEfforts;
  /** Peak resident memory of the process. */
  readonly memoryBytes: number;
}

/** Amounts by operation and format. */
export type Tally = { readonly [operation in Operation]?: { readonly [format: string]: number } };

/** What every library reports of a solve. */
interface SolvedReport extends Omit<SolveReport, "initialCost" | "finalCost"> {
  readonly method: Method;
  /** What the start took besides `work`; of pose graphs. */
  readonly initializeWork?: Work;
  readonly linear: LinearSummary & {
    /** Why it was chosen, where it was. */
    readonly reason?: string;
    /** Of pose graphs. */
    readonly preconditionSeconds?: number;
  };
}

/** @param parseSeconds how long the file took to be read. */
export function solverReport({ report, seconds }: Outcome<SolvedReport>, parseSeconds: number, cost: SolverReport["cost"]): SolverReport {
  const { policy, method, termination, message, iterations, linear, precision, work } = report;
  const { flops, bytes } = work;
  const last = seconds.at(-1)!;
  return {
    policy,
    method,
    termination,
    message,
    cost,
    iterations,
    linear,
    seconds: { parse: parseSeconds, ...medians(seconds), cold: seconds[0]!.solve },
    precision,
    work: { flops, bytes, joules: energyOf(work, horowitzCache) },
    parts: partsOf({ ...report, seconds: last }, last.solve, { seconds: last.initialize, ...totalOf(report.initializeWork ?? new Work()) }),
    memoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** Of each phase by itself. */
export function medians(solves: readonly SolveSeconds[]): SolveSeconds {
  const of = (phase: keyof SolveSeconds): number => median(solves.map((seconds) => seconds[phase]));
  return {
    solve: of("solve"),
    initialize: of("initialize"),
    linearize: of("linearize"),
    factorize: of("factorize"),
    linearSolve: of("linearSolve"),
    update: of("update"),
  };
}
