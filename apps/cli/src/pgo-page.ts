import type { LossReport, PoseGraph } from "@slam/pgo";
import { certificateText, isProof } from "./certificate.ts";
import { convergenceChart, trajectoryChart } from "./charts.ts";
import { deviationTexts } from "./covariance.ts";
import { type Html, html, htmlTable, page, Html as RawHtml } from "./html.ts";
import { loopCheckText, rejectedLoopTexts } from "./loop-check.ts";
import { lossText, type PgoReport } from "./report.ts";
import { precisionRows } from "./solver-summary.ts";
import { costsText, inputText, rejectionText, repairsText } from "./summary.ts";
import { amountText, costText, errorText, secondsText } from "./text.ts";

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
    htmlTable(["operation", "format", "flops", "bytes"], precisionRows(report)),
    html`<h2>Numbers</h2>`,
    htmlTable(["quantity", "value"], numberRows(report, init)),
    html`<h2>Iterations</h2>`,
    htmlTable(["", "cost", "|step|", "damping", "gain ratio", "CG iterations", "accepted", "seconds"], iterationRows(report)),
  ]);
}

export function figure(svg: string): Html {
  return html`<figure class="wide">${new RawHtml(svg)}</figure>`;
}

function numberRows(
  {
    version,
    input,
    policy,
    cost,
    costs,
    linear,
    seconds,
    precision,
    memoryBytes,
    repairs,
    ate,
    loss,
    pcm,
    covariance,
    certificate,
  }: PgoReport,
  init: string,
): string[][] {
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
    [
      "linear solver",
      `${linear.solver}, ${linear.preconditioner}: ${linear.factorizations} factorised, ${amountText(linear.factorNonzeros)} non-zeros`,
    ],
    ["CG iterations", `${linear.cgIterations}`],
    ...Object.entries(precision).map(([event, count]) => [event, `${count}`]),
    ...Object.entries(seconds).map(([phase, time]) => [`time: ${phase}`, secondsText(time)]),
    ["peak memory", `${amountText(memoryBytes)}B`],
    ["made by", `slam ${version}`],
  ];
}

function lossRows(loss: LossReport): string[][] {
  const edges = loss.rejected.map(({ from, to, weight }) => `${from} - ${to} (${Number(weight.toPrecision(2))})`);
  return [
    ["loss", lossText(loss)],
    ["rejected", rejectionText(loss)],
    ["chi2 of all edges", costText(loss.chi2)],
    ["edges rejected (their weight)", edges.join(", ") || "none"],
  ];
}

function iterationRows({ iterations }: PgoReport): string[][] {
  return iterations.map(({ cost, step, damping, gainRatio, cgIterations, accepted, seconds }, i) => [
    `${i + 1}`,
    costText(cost),
    step.toPrecision(3),
    damping.toPrecision(3),
    gainRatio.toPrecision(3),
    `${cgIterations}`,
    accepted ? "yes" : "no",
    seconds.toPrecision(3),
  ]);
}
