import type { Machine } from "@slam/bench";
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Figures } from "./figures.ts";

/** A page that needs nothing from elsewhere: plots, and all figures in a table. */
export async function precisionPage(machine: Machine, figures: readonly Figures[]): Promise<string> {
  const generated = figures.filter(({ ate }) => ate !== undefined);
  const plots: readonly (readonly [string, Promise<string>])[] = [
    ["Seconds of a whole solve by size, generated worlds (adaptive)", curve(adaptive(generated), "solve", "seconds")],
    ["Seconds of the linear solves by size (static factor, as published)", curve(fixed(generated), "linearSolve", "seconds")],
    ["Linear solve over that in fp32 (static factor)", bars(fixed(figures), "ofSingle", "of fp32's time")],
    ["Share of the preconditioner in the linear solve (static factor)", bars(fixed(figures), "preconditionShare", "share of time")],
    ["CG iterations (static factor)", bars(fixed(figures), "cgIterations", "iterations")],
    ["Where the time goes (adaptive, mixed)", phases(adaptive(figures).filter(({ policy }) => policy === "mixed"))],
  ];
  const parts = await Promise.all(plots.map(async ([title, svg]) => `<h2>${title}</h2>\n<figure>${await svg}</figure>`));
  const columns = Object.keys(figures[0] ?? {});
  const cell = (value: unknown): string =>
    typeof value === "number" && !Number.isInteger(value) ? value.toPrecision(4) : `${value ?? ""}`;
  const rows = figures.map(
    (f) =>
      `<tr>${Object.values(f)
        .map((value) => `<td>${cell(value)}</td>`)
        .join("")}</tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pose graphs in every precision</title><style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; font-size: 12px; font-variant-numeric: tabular-nums; } td, th { padding: .1rem .6rem .1rem 0; text-align: left; border-bottom: 1px solid #ddd; }
figure { margin: 0; } svg { max-width: 100%; height: auto; } .wide { overflow-x: auto; }
</style></head><body>
<h1>Pose graphs in every precision</h1>
<p>${machine.processor}, ${machine.cores} cores, node ${machine.node}, load ${machine.load.toFixed(2)}, commit ${machine.commit}. One thread; medians.
half and naive round every operation; they run on small graphs only and end at their caps.</p>
${parts.join("\n")}
<h2>All figures</h2>
<div class="wide"><table><thead><tr>${columns.map((name) => `<th>${name}</th>`).join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>
</body></html>
`;
}

function fixed(figures: readonly Figures[]): readonly Figures[] {
  return figures.filter(({ refresh }) => refresh === "static");
}

function adaptive(figures: readonly Figures[]): readonly Figures[] {
  return figures.filter(({ refresh }) => refresh === "adaptive");
}

const POLICY = { field: "policy", type: "nominal", sort: null, title: null };
const CONFIG = { font: "system-ui, sans-serif", view: { stroke: null }, axis: { domain: false, ticks: false } };

/** Over the number of poses, a line for each world and policy; both axes logarithmic. */
function curve(figures: readonly Figures[], field: keyof Figures, title: string): Promise<string> {
  const values = figures.map((f) => ({ ...f, world: f.graph.split(" ")[0] }));
  return render({
    width: 560,
    height: 280,
    data: { values },
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "poses", type: "quantitative", scale: { type: "log" }, axis: { grid: false, format: "~s" } },
      y: { field, type: "quantitative", scale: { type: "log" }, title },
      color: POLICY,
      strokeDash: { field: "world", type: "nominal", title: null },
    },
    config: CONFIG,
  });
}

/** A group for each graph, a bar for each policy. */
function bars(figures: readonly Figures[], field: keyof Figures, title: string): Promise<string> {
  return render({
    width: { step: 10 },
    height: 200,
    data: { values: figures.filter(({ policy }) => policy === "fp64" || policy === "fp32" || policy === "mixed") },
    mark: "bar",
    encoding: {
      x: { field: "graph", type: "nominal", sort: null, title: null, axis: { labelAngle: -60 } },
      xOffset: POLICY,
      y: { field, type: "quantitative", title },
      color: POLICY,
    },
    config: CONFIG,
  });
}

/** The shares of a solve's time by phase. */
function phases(figures: readonly Figures[]): Promise<string> {
  const names = ["initialize", "linearize", "factorize", "linearSolve", "update"] as const;
  const values = figures.flatMap((f) => names.map((phase) => ({ graph: f.graph, phase, seconds: f[phase] })));
  return render({
    width: { step: 24 },
    height: 200,
    data: { values },
    mark: "bar",
    encoding: {
      x: { field: "graph", type: "nominal", sort: null, title: null, axis: { labelAngle: -60 } },
      y: { aggregate: "sum", field: "seconds", stack: "normalize", title: "share of time" },
      color: { field: "phase", type: "nominal", sort: [...names], title: null },
    },
    config: CONFIG,
  });
}

async function render(spec: object): Promise<string> {
  const view = new vega.View(vega.parse(compile(spec as TopLevelSpec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  // A tenth of a pixel is as fine as an eye sees; attributes alone, since axes have numbers too.
  return svg.replace(/"[^"]*"/g, (attribute) => attribute.replace(/\d+\.\d{2,}/g, (digits) => `${Number(Number(digits).toFixed(1))}`));
}
