import type { Statistics } from "@slam/eval";
import type { Operation, Termination } from "@slam/linop";
import type { IterationRecord, PrecisionEvents } from "@slam/nlls";
import type { LossReport, ReadGraph, UnknownTag } from "@slam/pgo";
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
  /** With `--loss`. */
  readonly loss?: LossReport;
  readonly iterations: readonly IterationRecord[];
  readonly linear: SolveOutcome["report"]["linear"];
  readonly seconds: SolveSeconds & { readonly parse: number; readonly cold: number };
  readonly precision: PrecisionEvents;
  readonly work: { readonly flops: Tally; readonly bytes: Tally };
  /** Peak resident memory of the process. */
  readonly memoryBytes: number;
  /** Against `--truth`, after rigid alignment; metres. */
  readonly ate?: Statistics;
}

/** Amounts by operation and format. */
export type Tally = { readonly [operation in Operation]?: { readonly [format: string]: number } };

export interface PgoInput {
  readonly file: string;
  readonly read: ReadGraph;
  readonly parseSeconds: number;
}

export function pgoReport({ file, read, parseSeconds }: PgoInput, outcome: SolveOutcome, ate: Statistics | undefined): PgoReport {
  const { graph, unknown } = read;
  const { policy, termination, message, cost, loss, iterations, linear, precision, work } = outcome.report;
  const { flops, bytes } = work;
  return {
    command: "pgo",
    version: VERSION,
    input: { file, poses: graph.ids.length, edges: graph.from.length, unknown },
    policy,
    termination,
    message,
    cost: { convention: conventionOf(loss), ...cost },
    ...(loss && { loss }),
    iterations,
    linear,
    seconds: { parse: parseSeconds, ...medians(outcome.seconds), cold: outcome.seconds[0]!.solve },
    precision,
    work: { flops, bytes },
    memoryBytes: process.resourceUsage().maxRSS * 1024,
    ...(ate && { ate }),
  };
}

function conventionOf(loss: LossReport | undefined): string {
  if (loss === undefined) return "g2o chi2 = sum e' W e";
  return `sum rho(e' W e) of g2o's e, rho ${lossText(loss)}`;
}

/** "huber with C = 3.368 on all edges". */
export function lossText({ name, C, on }: LossReport): string {
  return `${name} with C = ${Number(C.toPrecision(4))} on ${on === "all" ? "all edges" : "loops"}`;
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
