import {
  type Certificate,
  type CertificateRefusal,
  type CertifyOptions,
  certify,
  isCertificate,
  type PoseGraph,
  type PoseGraphOptions,
} from "@slam/pgo";
import { costText } from "./text.ts";

/** What `--certify` proves, or why it cannot prove anything. */
export type CertificateReport = CertificateRefusal | ProofReport;

export interface ProofReport extends Omit<Certificate, "graph"> {
  /** Whether the poses that are written are the ones that it is about: with the cost that it is about. */
  readonly ofResult: boolean;
  readonly seconds: number;
}

/** @returns besides the report the graph with the result's poses: the certificate's where the solve was of its cost, else those given. */
export function certificateReport(
  graph: PoseGraph,
  { cost, loss }: Pick<PoseGraphOptions, "cost" | "loss">,
  options: CertifyOptions,
): { readonly certificate: CertificateReport; readonly graph: PoseGraph } {
  if (loss !== undefined) return { certificate: { refused: "the relaxation is of a cost without a loss" }, graph };
  const began = performance.now();
  const result = certify(graph, options);
  if (!isCertificate(result)) return { certificate: result, graph };
  const { graph: refined, ...proof } = result;
  const ofResult = cost === "sesync";
  const seconds = (performance.now() - began) / 1000;
  return { certificate: { ...proof, ofResult, seconds }, graph: ofResult ? refined : graph };
}

export function isProof(report: CertificateReport): report is ProofReport {
  return !("refused" in report);
}

/** "globally optimal within ..., by F = ...: cost 1687, at most 0.00017 above the optimum". */
export function certificateText({ certified, message, convention, cost, gap, ofResult }: ProofReport): string {
  const whose = ofResult ? "" : ` for poses refined under ${convention}, not those written`;
  const above = `${costText(cost)}, at most ${Number(gap.toPrecision(2))} above the least`;
  return `${certified ? "" : "not certified: "}${message}${whose}: ${above}`;
}
