import type { TopLevelSpec } from "vega-lite";
import { CONFIG, render, SIDE } from "./charts.ts";
import { axesOfLeastSpread } from "./from-above.ts";
import { html, htmlTable, page } from "./html.ts";
import { pathChart } from "./path-chart.ts";
import { figure } from "./solver-page.ts";
import { type ErrorAt, headText, statisticsRows, type TrajectoryErrorReport } from "./trajectory-error.ts";
import type { AlignedPair } from "./trajectory-pair.ts";

/** The report of trajectory errors as a page: both trajectories, the error of each pair, and the numbers. */
export async function trajectoryErrorPage(report: TrajectoryErrorReport, pair: AlignedPair, errors: readonly ErrorAt[]): Promise<string> {
  const { input, version, unit, percentiles } = report;
  const { reference, estimate, timestamps } = pair;
  const paths = await pathChart([{ title: "", axes: axesOfLeastSpread(reference), poses: estimate, truth: reference }]);
  return page(`${report.command}: ${input.estimate.file}`, [
    html`<p>${headText(report)}.</p>`,
    html`<h2>Trajectories</h2>`,
    figure(
      paths,
      html`Orange the estimate, dashed the reference ${input.reference.file}; seen along the axis in which this one spreads least.`,
    ),
    html`<h2>Errors</h2>`,
    figure(await errorChart(errors, timestamps === undefined ? "frame" : "seconds", unit)),
    html`<h2>Numbers</h2>`,
    htmlTable(
      ["quantity", "value"],
      [
        ...statisticsRows(report),
        ...Object.entries(percentiles).map(([p, value]) => [`${p} of 100 are within`, value.toPrecision(10)]),
        ["made by", `slam ${version}`],
      ],
    ),
  ]);
}

function errorChart(errors: readonly ErrorAt[], across: string, unit: string): Promise<string> {
  return render("Errors", {
    width: 2 * SIDE,
    height: 200,
    data: { values: errors.map(({ at, error }) => ({ at, error })) },
    mark: { type: "line", strokeWidth: 1, color: "#c2410c" },
    encoding: {
      x: { field: "at", type: "quantitative", title: across, scale: { zero: false }, axis: { grid: false } },
      y: { field: "error", type: "quantitative", title: unit },
    },
    config: CONFIG,
  } as TopLevelSpec);
}
