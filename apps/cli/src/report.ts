import type { Statistics } from "@slam/eval";
import type { Operation, Termination } from "@slam/linop";
import type { IterationRecord, PrecisionEvents } from "@slam/nlls";
import { type CostName, factorCount, type ReadGraph, type UnknownTag } from "@slam/pgo";
import type { PolicyNames } from "./policy.ts";
import type { SolveOutcome, SolveSeconds } from "./solve-job.ts";
import { VERSION } from "./version.ts";

/** The JSON report of `slam pgo`, as schema/report.schema.json describes it; numbers that are not finite become null. */
export interface PgoReport {
  readonly command: "pgo";
  readonly version: string;
  readonly input: {
    readonly file: string;
    readonly poses: number;
    readonly edges: number;
    readonly landmarks: number;
    /** Measurements other than edges: priors, landmarks seen. */
    readonly factors: number;
    readonly unknown: readonly UnknownTag[];
  };
  readonly policy: PolicyNames;
  readonly termination: Termination;
  readonly message: string;
  readonly cost: { readonly convention: string; readonly initial: number; readonly afterInit: number; readonly final: number };
  /** Of the result, by convention: with `--costs`. */
  readonly costs?: { readonly [name in CostName]: number };
  /** Ids of landmarks whose position the measurements leave open. */
  readonly undetermined: readonly number[];
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

/** @param compared what was asked for besides. */
export function pgoReport(
  { file, read, parseSeconds }: PgoInput,
  outcome: SolveOutcome,
  { costs, ate }: Pick<PgoReport, "costs" | "ate">,
): PgoReport {
  const { graph, unknown } = read;
  const { policy, termination, message, cost, undetermined, iterations, linear, precision, work } = outcome.report;
  const { flops, bytes } = work;
  return {
    command: "pgo",
    version: VERSION,
    input: {
      file,
      poses: graph.ids.length,
      edges: graph.from.length,
      landmarks: graph.landmarks?.ids.length ?? 0,
      factors: (graph.factors ?? []).reduce((sum, set) => sum + factorCount(set), 0),
      unknown,
    },
    policy,
    termination,
    message,
    cost,
    ...(costs && { costs }),
    undetermined,
    iterations,
    linear,
    seconds: { parse: parseSeconds, ...medians(outcome.seconds), cold: outcome.seconds[0]!.solve },
    precision,
    work: { flops, bytes },
    memoryBytes: process.resourceUsage().maxRSS * 1024,
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
