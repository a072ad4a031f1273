import type { LossReport, PoseGraph } from "@slam/pgo";
import { certificateText, isProof } from "./certificate.ts";
import { convergenceChart, trajectoryChart } from "./charts.ts";
import { deviationTexts } from "./covariance.ts";
import { html, htmlTable, page } from "./html.ts";
import { loopCheckText, rejectedLoopTexts } from "./loop-check.ts";
import { lossText, type PgoReport } from "./report.ts";
import { figure, iterationTable, precisionTable, shareSection, solverRows } from "./solver-page.ts";
import { costsText, inputText, rejectionText, repairsText } from "./summary.ts";
import { costText, errorText } from "./text.ts";

/** The report of a solve as a page: the poses before and after, the convergence, the precisions and the numbers. */
export async function pgoPage(report: PgoReport, init: string, before: PoseGraph, after: PoseGraph): Promise<string> {
  const { cost, input, iterations } = report;
  const views = before.known.includes(0) ? [] : [{ title: "as in the file", graph: before }];
  const trajectories = await trajectoryChart([...views, { title: `after (${report.termination})`, graph: after }]);
  const convergence = await convergenceChart([{ name: report.policy.name, costs: [cost.afterInit, ...iterations.map((i) => i.cost)] }]);
  return page(`${input.file}: ${report.termination}`, [
    html`<p>${report.message}.</p>`,
    html`<h2>Poses</h2>`,
    figure(trajectories),
    html`<h2>Convergence</h2>`,
    figure(convergence),
    html`<h2>What ran in which precision</h2>`,
    precisionTable(report),
    ...(await shareSection(report)),
    html`<h2>Numbers</h2>`,
    htmlTable(["quantity", "value"], numberRows(report, init)),
    html`<h2>Iterations</h2>`,
    iterationTable(report),
  ]);
}

function numberRows(report: PgoReport, init: string): string[][] {
  const { version, input, policy, cost, costs, repairs, ate, loss, pcm, covariance, certificate } = report;
  return [
    ["graph", inputText(input)],
    ...(repairs ? [["repaired", repairsText(repairs)]] : []),
    ["policy", policy.name],
    ["cost", cost.convention],
    ["in the file", costText(cost.initial)],
    [`after initialisation (${init})`, costText(cost.afterInit)],
    ["at the end", costText(cost.final)],
    ...(costs ? [["at the end, by convention", costsText(costs)]] : []),
    ...(certificate && isProof(certificate) ? [["the optimum", certificateText(certificate)]] : []),
    ...(pcm
      ? [
          ["loops checked", loopCheckText(pcm)],
          ["loops rejected (what they contradict, by how much)", rejectedLoopTexts(pcm).join(", ") || "none"],
        ]
      : []),
    ...(loss ? lossRows(loss) : []),
    ...(ate ? [["ATE", errorText(ate)]] : []),
    ...(covariance ? deviationTexts(covariance).map(({ id, text }) => [`standard deviations of pose ${id}`, text]) : []),
    ...solverRows(report, version),
  ];
}

function lossRows(loss: LossReport): string[][] {
  const weighed = (name: string, weight: number): string => `${name} (${Number(weight.toPrecision(2))})`;
  const edges = loss.rejected.map(({ from, to, weight }) => weighed(`${from} - ${to}`, weight));
  const others = loss.rejectedFactors.map(({ tag, ids, weight }) => weighed([tag, ...ids].join(" "), weight));
  return [
    ["loss", lossText(loss)],
    ["rejected", rejectionText(loss)],
    ["chi2 of all measurements", costText(loss.chi2)],
    ["edges rejected (their weight)", edges.join(", ") || "none"],
    ...(others.length > 0 ? [["other measurements rejected", others.join(", ")]] : []),
  ];
}
