import type { Statistics } from "@slam/eval";
import type { Operation, Termination } from "@slam/linop";
import type { IterationRecord, PrecisionEvents } from "@slam/nlls";
import type { ReadGraph, UnknownTag } from "@slam/pgo";
import type { Repair } from "./graph-file.ts";
import type { PolicyNames } from "./policy.ts";
import type { SolveOutcome, SolveSeconds } from "./solve-job.ts";
import { VERSION } from "./version.ts";

/** The JSON report of `slam pgo`, as schema/report.schema.json describes it; numbers that are not finite become null. */
export interface PgoReport {
  readonly command: "pgo";
  readonly version: string;
  readonly input: { readonly file: string; readonly poses: number; readonly edges: number; readonly unknown: readonly UnknownTag[] };
  readonly policy: PolicyNames;
  readonly termination: Termination;
  readonly message: string;
  readonly cost: { readonly convention: string; readonly initial: number; readonly afterInit: number; readonly final: number };
  readonly iterations: readonly IterationRecord[];
  readonly linear: SolveOutcome["report"]["linear"];
  readonly seconds: SolveSeconds & { readonly parse: number; readonly cold: number };
  readonly precision: PrecisionEvents;
  readonly work: { readonly flops: Tally; readonly bytes: Tally };
  /** Peak resident memory of the process. */
  readonly memoryBytes: number;
  /** What `--repair` repaired, by rule of lint. */
  readonly repairs?: readonly Repair[];
  /** Against `--truth`, after rigid alignment; metres. */
  readonly ate?: Statistics;
}

/** Amounts by operation and format. */
export type Tally = { readonly [operation in Operation]?: { readonly [format: string]: number } };

export interface PgoInput {
  readonly file: string;
  readonly read: ReadGraph;
  readonly repairs: readonly Repair[] | undefined;
  readonly parseSeconds: number;
}

export function pgoReport({ file, read, repairs, parseSeconds }: PgoInput, outcome: SolveOutcome, ate: Statistics | undefined): PgoReport {
  const { graph, unknown } = read;
  const { policy, termination, message, cost, iterations, linear, precision, work } = outcome.report;
  const { flops, bytes } = work;
  return {
    command: "pgo",
    version: VERSION,
    input: { file, poses: graph.ids.length, edges: graph.from.length, unknown },
    policy,
    termination,
    message,
    cost: { convention: "g2o chi2 = sum e' W e", ...cost },
    iterations,
    linear,
    seconds: { parse: parseSeconds, ...medians(outcome.seconds), cold: outcome.seconds[0]!.solve },
    precision,
    work: { flops, bytes },
    memoryBytes: process.resourceUsage().maxRSS * 1024,
    ...(repairs && { repairs }),
    ...(ate && { ate }),
  };
}

function medians(solves: readonly SolveSeconds[]): SolveSeconds {
  const median = (phase: keyof SolveSeconds): number => {
    const sorted = solves.map((seconds) => seconds[phase]).sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  };
  return {
    solve: median("solve"),
    initialize: median("initialize"),
    linearize: median("linearize"),
    factorize: median("factorize"),
    linearSolve: median("linearSolve"),
    update: median("update"),
  };
}
