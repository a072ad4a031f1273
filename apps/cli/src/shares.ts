import { type Effort, LINEAR_PARTS, PARTS, type Part, type PartEfforts } from "@slam/nlls";
import type { TopLevelSpec } from "vega-lite";
import { CONFIG, render } from "./charts.ts";

/** What a reader calls the parts, and colours that go together: evaluation, the factor, the four of the linear solve, the rest. */
const SHOWN: { readonly [part in Part]: { readonly name: string; readonly color: string } } = {
  residuals: { name: "residuals and gradients", color: "#f2c14e" },
  jacobians: { name: "Jacobians", color: "#e07b00" },
  factorization: { name: "factorisation", color: "#7a3e9d" },
  products: { name: "linear solve: products by J", color: "#1f4e9c" },
  preconditioner: { name: "linear solve: triangular solves", color: "#5b8dd6" },
  checks: { name: "linear solve: checks, refinement", color: "#9ec1f0" },
  vectors: { name: "linear solve: vectors", color: "#d3e3f8" },
  updates: { name: "updates", color: "#3f8f5f" },
  start: { name: "the start", color: "#6b7280" },
  rest: { name: "the rest", color: "#b8bec6" },
};
const AMOUNTS: readonly (readonly [key: keyof Effort, title: string])[] = [
  ["seconds", "of the time"],
  ["flops", "of the flops"],
];

/** A solve, or several together, by name; amounts or shares of them. */
export interface Bar {
  readonly name: string;
  readonly parts: PartEfforts;
}

/** Stacked bars, one for each solve: what took the time, beside what took the flops. */
export function shareChart(title: string, bars: readonly Bar[]): Promise<string> {
  const panel = ([key, what]: (typeof AMOUNTS)[number], k: number): object => ({
    title: what,
    width: 330,
    height: { step: 26 },
    data: {
      values: bars.flatMap(({ name, parts }) =>
        PARTS.map((part, order) => ({ name, part: SHOWN[part].name, order, share: shareOf(parts, [part], key) })),
      ),
    },
    mark: { type: "bar", stroke: "#fff", strokeWidth: 0.5 },
    encoding: {
      x: { field: "share", type: "quantitative", title: null, scale: { domain: [0, 1], nice: false }, axis: { format: "%", tickCount: 5 } },
      y: { field: "name", type: "nominal", sort: null, title: null, ...(k > 0 && { axis: null }) },
      order: { field: "order" },
      color: {
        field: "part",
        type: "nominal",
        sort: null,
        scale: { domain: PARTS.map((part) => SHOWN[part].name), range: PARTS.map((part) => SHOWN[part].color) },
        legend: { title: null, orient: "bottom", columns: 3, labelLimit: 0 },
      },
    },
  });
  return render(title, { hconcat: AMOUNTS.map(panel), config: CONFIG } as TopLevelSpec);
}

/** Of each part, and of the linear solve together: "time | flops | bytes" in percent, a column for each solve. */
export function shareRows(bars: readonly Bar[]): string[][] {
  const row = (name: string, some: readonly Part[]): string[] => [name, ...bars.map(({ parts }) => shareText(parts, some))];
  return PARTS.flatMap((part) => [
    ...(part === LINEAR_PARTS[0] ? [row("linear solve", LINEAR_PARTS)] : []),
    row(SHOWN[part].name.replace("linear solve: ", "· "), [part]),
  ]);
}

function shareText(parts: PartEfforts, some: readonly Part[]): string {
  return (["seconds", "flops", "bytes"] as const).map((key) => percent(shareOf(parts, some, key))).join(" | ");
}

/** Of all that was done: what some of the parts did. */
export function shareOf(parts: PartEfforts, some: readonly Part[], key: keyof Effort, all: readonly Part[] = PARTS): number {
  const sum = (of: readonly Part[]): number => of.reduce((total, part) => total + parts[part][key], 0);
  const whole = sum(all);
  return whole > 0 ? sum(some) / whole : 0;
}

/** Of the linear solves. */
export function linearShareOf(parts: PartEfforts, part: Part, key: keyof Effort): number {
  return shareOf(parts, [part], key, LINEAR_PARTS);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.01 ? 1 : 0)}`;
}
