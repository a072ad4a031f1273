import type { LossReport } from "@slam/pgo";
import pc from "picocolors";
import { certificateText, isProof } from "./certificate.ts";
import { deviationTexts } from "./covariance.ts";
import { loopCheckText, rejectedLoopTexts } from "./loop-check.ts";
import { lossText, type PgoReport } from "./report.ts";
import { endText, solverLines } from "./solver-summary.ts";
import { costText, countText, errorText, secondsText } from "./text.ts";

/** What became of a solve, and what ran in which precision, for reading on a terminal. */
export function pgoSummary(report: PgoReport, init: string, colors: boolean): string {
  const { bold } = pc.createColors(colors);
  const { input, cost, costs, loss, pcm, undetermined, repairs, ate, covariance, certificate } = report;
  const lines = [
    `${bold(input.file)}: ${inputText(input)}, policy ${report.policy.name}`,
    endText(report, colors),
    `cost      ${bold(costText(cost.final))}, ` +
      `from ${costText(cost.initial)} in the file and ${costText(cost.afterInit)} after initialisation (${init}): ${cost.convention}`,
    ...(costs ? [`as        ${costsText(costs)}`] : []),
    ...(certificate && isProof(certificate) ? [`optimum   ${certificateText(certificate)}`] : []),
    ...(repairs ? [`repaired  ${repairsText(repairs)}`] : []),
    ...(pcm ? [`pcm       ${loopCheckText(pcm)}; ${secondsText(pcm.seconds)}`, ...rejectedLines(pcm)] : []),
    ...(loss ? [`loss      ${lossText(loss)}: ${rejectionText(loss)}; chi2 of all measurements ${costText(loss.chi2)}`] : []),
    ...(ate ? [`ATE       ${errorText(ate)}`] : []),
    ...(undetermined.length > 0 ? [`open      ${openText(undetermined)}`] : []),
    ...(covariance ? deviationTexts(covariance).map(({ id, text }) => `deviation pose ${id}: ${text}`) : []),
    ...solverLines(report),
  ];
  return `${lines.join("\n")}\n`;
}

/** "20 poses, 40 edges, 7 landmarks, 90 other measurements" */
export function inputText({ poses, edges, landmarks, factors }: PgoReport["input"]): string {
  return [
    countText(poses, "pose"),
    countText(edges, "edge"),
    ...(landmarks > 0 ? [countText(landmarks, "landmark")] : []),
    ...(factors > 0 ? [countText(factors, "other measurement")] : []),
  ].join(", ");
}

const MOST_SHOWN = 10;

function openText(undetermined: readonly number[]): string {
  const ids = undetermined.slice(0, MOST_SHOWN).join(", ");
  const more = undetermined.length > MOST_SHOWN ? ", ..." : "";
  return `${countText(undetermined.length, "landmark")} that the measurements do not determine: ${ids}${more}`;
}

/** "g2o 727.15, ceres 1354": each cost by its convention. */
export function costsText(costs: NonNullable<PgoReport["costs"]>): string {
  return Object.entries(costs)
    .map(([name, cost]) => `${name} ${costText(cost)}`)
    .join(", ");
}

/** "5021 transposed-block, 1 self-edge". */
export function repairsText(repairs: NonNullable<PgoReport["repairs"]>): string {
  return repairs.map(({ rule, count }) => `${count} ${rule}`).join(", ") || "nothing: lint finds nothing to repair";
}

/** How many edges a loss rejects, and which bound they are beyond. */
export function rejectionText({ rejected, rejectedFactors, rejectedFrom, beyondC }: LossReport): string {
  const bound = Number(rejectedFrom.toPrecision(4));
  const others = rejectedFactors.length === 0 ? "" : ` and ${countText(rejectedFactors.length, "other measurement")}`;
  return `${countText(rejected.length, "edge")}${others} rejected (whitened norm beyond ${bound}), ${beyondC} beyond C`;
}

/** The first few loops rejected; the report has all. */
function rejectedLines(pcm: NonNullable<PgoReport["pcm"]>): readonly string[] {
  if (pcm.rejected.length === 0) return [];
  const more = pcm.rejected.length > MOST_SHOWN ? ", ..." : "";
  return [`          ${rejectedLoopTexts(pcm).slice(0, MOST_SHOWN).join(", ")}${more}`];
}
