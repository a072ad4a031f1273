import type { Statistics } from "@slam/eval";
import { type CostName, factorCount, type LossReport, type ReadGraph, type UnknownTag } from "@slam/pgo";
import type { CertificateReport } from "./certificate.ts";
import type { CovarianceReport } from "./covariance.ts";
import type { Repair } from "./graph-file.ts";
import type { LoopCheckReport } from "./loop-check.ts";
import type { PgoOutcome } from "./solve-job.ts";
import { type SolverReport, solverReport } from "./solver-report.ts";
import { VERSION } from "./version.ts";

/** The JSON report of `slam pgo`, as schema/report.schema.json describes it; numbers that are not finite become null. */
export interface PgoReport extends SolverReport {
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
  /** Of the result, by convention: with `--costs`. */
  readonly costs?: { readonly [name in CostName]: number };
  /** Ids of landmarks whose position the measurements leave open. */
  readonly undetermined: readonly number[];
  /** With `--loss`. */
  readonly loss?: LossReport;
  /** With `--pcm`: the loops that were removed before the solve. */
  readonly pcm?: LoopCheckReport;
  /** What `--repair` repaired, by rule of lint. */
  readonly repairs?: readonly Repair[];
  /** Against `--truth`, after rigid alignment, of similarities with scale; metres. */
  readonly ate?: Statistics;
  /** Of the poses of `--covariance`. */
  readonly covariance?: CovarianceReport;
  /** With `--certify`. */
  readonly certificate?: CertificateReport;
}

export interface PgoInput extends Pick<PgoReport, "input"> {
  readonly repairs: readonly Repair[] | undefined;
  readonly parseSeconds: number;
}

/** @param compared what was asked for besides. */
export function pgoReport(
  { input, repairs, parseSeconds }: PgoInput,
  outcome: PgoOutcome,
  { costs, ate, pcm, loss = outcome.report.loss }: Pick<PgoReport, "costs" | "ate" | "pcm" | "loss">,
): PgoReport {
  const { cost, undetermined } = outcome.report;
  return {
    command: "pgo",
    version: VERSION,
    input,
    ...solverReport(outcome, parseSeconds, loss ? { ...cost, convention: withLoss(cost.convention, loss) } : cost),
    ...(costs && { costs }),
    undetermined,
    ...(loss && { loss }),
    ...(pcm && { pcm }),
    ...(repairs && { repairs }),
    ...(ate && { ate }),
    ...(outcome.covariance && { covariance: outcome.covariance }),
    ...(outcome.certificate && { certificate: outcome.certificate }),
  };
}

export function inputReport(file: string, { graph, unknown }: ReadGraph): PgoReport["input"] {
  return {
    file,
    poses: graph.ids.length,
    edges: graph.from.length,
    landmarks: graph.landmarks?.ids.length ?? 0,
    factors: (graph.factors ?? []).reduce((sum, set) => sum + factorCount(set), 0),
    unknown,
  };
}

/** "g2o chi2 = sum rho(e' W e), rho huber with C = 3.368 on all measurements" */
function withLoss(convention: string, loss: LossReport): string {
  return `${convention.replace("e' W e", "rho(e' W e)")}, rho ${lossText(loss)}`;
}

/** "huber with C = 3.368 on all measurements". */
export function lossText({ name, C, on }: LossReport): string {
  return `${name} with C = ${Number(C.toPrecision(4))} on ${on === "all" ? "all measurements" : "loops"}`;
}
