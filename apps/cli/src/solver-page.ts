import { type Html, html, htmlTable, Html as RawHtml } from "./html.ts";
import { shareChart, shareRows } from "./shares.ts";
import type { SolverReport } from "./solver-report.ts";
import { precisionRows } from "./solver-summary.ts";
import { amountText, costText, secondsText } from "./text.ts";

// What the pages of all solves have in common.

export function figure(svg: string, caption?: Html): Html {
  return html`<figure class="wide">${new RawHtml(svg)}${caption === undefined ? "" : html`<figcaption>${caption}</figcaption>`}</figure>`;
}

export function precisionTable(report: Pick<SolverReport, "policy" | "work">): Html {
  return htmlTable(["operation", "format", "flops", "bytes"], precisionRows(report));
}

/** What the last solve consisted of: a picture and a table. */
export async function shareSection({ policy, parts }: SolverReport): Promise<Html[]> {
  const bars = [{ name: policy.name, parts }];
  return [
    html`<h2>Where time and flops went</h2>`,
    figure(await shareChart("Shares", bars)),
    htmlTable(["", "time | flops | bytes, %"], shareRows(bars)),
  ];
}

/** The last rows of the numbers: the linear solver, what precision did, times and memory. */
export function solverRows(report: SolverReport, version: string): string[][] {
  return [...linearRows(report.linear), ...measuredRows(report, version)];
}

export function linearRows({ solver, preconditioner, factorizations, factorNonzeros, cgIterations }: SolverReport["linear"]): string[][] {
  return [
    ["linear solver", `${solver}, ${preconditioner}: ${factorizations} factorised, ${amountText(factorNonzeros)} non-zeros`],
    ["CG iterations", `${cgIterations}`],
  ];
}

export function measuredRows(
  { precision, seconds, memoryBytes }: Pick<SolverReport, "precision" | "seconds" | "memoryBytes">,
  version: string,
): string[][] {
  return [
    ...Object.entries(precision).map(([event, count]) => [event, `${count}`]),
    ...Object.entries(seconds).map(([phase, time]) => [`time: ${phase}`, secondsText(time)]),
    ["peak memory", `${amountText(memoryBytes)}B`],
    ["made by", `slam ${version}`],
  ];
}

export function iterationTable({ iterations }: Pick<SolverReport, "iterations">): Html {
  const rows = iterations.map(({ cost, step, damping, gainRatio, cgIterations, accepted, seconds }, i) => [
    `${i + 1}`,
    costText(cost),
    step.toPrecision(3),
    damping.toPrecision(3),
    gainRatio.toPrecision(3),
    `${cgIterations}`,
    accepted ? "yes" : "no",
    seconds.toPrecision(3),
  ]);
  return htmlTable(["", "cost", "|step|", "damping", "gain ratio", "CG iterations", "accepted", "seconds"], rows);
}
