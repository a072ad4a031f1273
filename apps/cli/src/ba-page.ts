import type { Bundle } from "@slam/ba";
import type { BaReport } from "./ba-report.ts";
import { inputText, sceneText, specialText, windowText } from "./ba-summary.ts";
import { bundleChart } from "./bundle-chart.ts";
import { bundleDeviationTexts } from "./bundle-covariance.ts";
import { convergenceChart } from "./charts.ts";
import { html, htmlTable, page } from "./html.ts";
import { figure, iterationTable, precisionTable, shareSection, solverRows } from "./solver-page.ts";
import { costText } from "./text.ts";

/** The report of a bundle's solve as a page: cameras and points before and after, the convergence, the precisions and the numbers. */
export async function baPage(report: BaReport, before: Bundle, after: Bundle): Promise<string> {
  const { cost, input, iterations, policy, window } = report;
  const pictures = await bundleChart([
    { title: "as in the file", bundle: before },
    { title: `after (${report.termination})`, bundle: after },
  ]);
  // A window's costs are of what was in it, key frame by key frame: they converge to nothing.
  const convergence = window
    ? undefined
    : await convergenceChart([{ name: policy.name, costs: [cost.initial, ...iterations.map((record) => record.cost)] }]);
  return page(`${input.file}: ${report.termination}`, [
    html`<p>${report.message}.</p>`,
    html`<h2>Cameras and points from above</h2>`,
    figure(pictures),
    ...(convergence === undefined ? [] : [html`<h2>Convergence</h2>`, figure(convergence)]),
    html`<h2>What ran in which precision</h2>`,
    precisionTable(report),
    ...(await shareSection(report)),
    html`<h2>Numbers</h2>`,
    htmlTable(["quantity", "value"], numberRows(report)),
    html`<h2>${window ? "Key frames" : "Iterations"}</h2>`,
    iterationTable(report),
  ]);
}

function numberRows(report: BaReport): string[][] {
  const { version, input, policy, cost, unseen, scene, covariance, window, linear } = report;
  return [
    ["bundle", inputText(input)],
    ["policy", policy.name],
    ["cost", cost.convention],
    ["in the file", costText(cost.initial)],
    ["at the end", costText(cost.final)],
    ...(window ? [["window", windowText(window)]] : []),
    ["observations of points that their cameras do not see", `${unseen}`],
    ...(specialText(report) === "" ? [] : [["how", specialText(report)]]),
    ...(scene ? [["scene", sceneText(scene)]] : []),
    ...(covariance ? bundleDeviationTexts(covariance).map(({ name, text }) => [`standard deviations of ${name}`, text]) : []),
    ...(linear.reason === undefined ? [] : [["linear solver, why", linear.reason]]),
    ...solverRows(report, version),
  ];
}
