import type { Curve, GraphFindings, PathResult, Pattern, SweepPoint } from "@slam/experiments";
import type { TopLevelSpec } from "vega-lite";
import { CONFIG, render, squareDomain } from "../charts.ts";

const WIDTH = 520;
const HEIGHT = 260;
const PANEL = 270;
/** Of the policies, told apart in print and by those who do not tell red from green. */
const COLORS: { readonly [name: string]: string } = {
  truth: "#9aa5b1",
  double: "#1f4e9c",
  single: "#5b8dd6",
  mixed: "#e07b00",
  half: "#7a3e9d",
  naive: "#b3123c",
};
const DASHES: { readonly [name: string]: readonly number[] } = { mixed: [5, 4] };

/** Cumulative histograms over a logarithmic axis. */
export function cumulativeChart(title: string, axis: string, curves: readonly Curve[]): Promise<string> {
  const values = curves.flatMap(({ name, bounds, shares }) => bounds.map((x, k) => ({ name, x, y: shares[k]! })));
  return render(title, {
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    layer: curves.map(({ name }) => ({
      transform: [{ filter: { field: "name", equal: name } }],
      mark: {
        type: "line",
        strokeWidth: DASHES[name] === undefined ? 2.5 : 2,
        ...(DASHES[name] && { strokeDash: DASHES[name] }),
        interpolate: "step-after",
      },
    })),
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        scale: { type: "log", nice: false },
        title: axis,
        axis: { grid: false, format: "~g", tickCount: 6 },
      },
      y: { field: "y", type: "quantitative", scale: { domain: [0, 1] }, title: "share of the runs", axis: { format: "%", tickCount: 5 } },
      color: colorOf(curves.map(({ name }) => name)),
    },
    config: CONFIG,
  } as TopLevelSpec);
}

/** The published two panels: what is as good as double, and what is not. */
export function pathChart({ truth, byPolicy }: PathResult): Promise<string> {
  const panel = (title: string, policies: readonly (keyof typeof byPolicy)[]): object => {
    const paths = [["truth", truth], ...policies.map((policy) => [policy, byPolicy[policy]] as const)] as const;
    const [across, up] = widestAxes(truth);
    const { x, y } = squareDomain(
      Float64Array.from(paths.flatMap(([, path]) => path.flatMap((_, i) => (i % 3 === 0 ? [path[i + across]!, path[i + up]!] : [])))),
    );
    const values = paths.flatMap(([name, path]) =>
      Array.from({ length: path.length / 3 }, (_, k) => ({ name, k, x: path[3 * k + across], y: path[3 * k + up] })),
    );
    return {
      title,
      width: PANEL,
      height: PANEL,
      data: { values },
      layer: paths.map(([name]) => ({
        transform: [{ filter: { field: "name", equal: name } }],
        mark: { type: "line", strokeWidth: name === "truth" ? 4 : 1.5, ...(DASHES[name] && { strokeDash: DASHES[name] }) },
      })),
      encoding: {
        x: { field: "x", type: "quantitative", scale: { domain: x, nice: false, zero: false }, title: "m", axis: { grid: false } },
        y: { field: "y", type: "quantitative", scale: { domain: y, nice: false, zero: false }, title: "m", axis: { grid: false } },
        order: { field: "k" },
        color: colorOf(["truth", "double", "mixed", "half", "naive"]),
      },
    };
  };
  const panels = [panel("double and mixed", ["double", "mixed"]), panel("half and naive", ["half", "naive"])];
  return render("Paths", { hconcat: panels, config: CONFIG } as TopLevelSpec);
}

/** The two axes along which a path is longest: a car's map is x, z and a robot's x, y. */
function widestAxes(path: readonly number[]): readonly [number, number] {
  const extent = [0, 1, 2].map((axis) => {
    const along = path.filter((_, i) => i % 3 === axis);
    return along.reduce((a, b) => Math.max(a, b), -Infinity) - along.reduce((a, b) => Math.min(a, b), Infinity);
  });
  const least = extent.indexOf(Math.min(...extent));
  return [least === 0 ? 1 : 0, least === 2 ? 1 : 2];
}

/** Seconds of a solve in double over the key frames of the graph. */
export function growingChart({ growing }: GraphFindings): Promise<string> {
  return render("Time of a solve", {
    width: WIDTH,
    height: HEIGHT,
    data: { values: growing },
    mark: { type: "point", filled: true, size: 14, opacity: 0.7 },
    encoding: {
      x: { field: "poses", type: "quantitative", title: "key frames", axis: { grid: false } },
      y: { field: "seconds", type: "quantitative", title: "seconds" },
      color: { field: "scene", type: "nominal", sort: null, title: null },
    },
    config: CONFIG,
  } as TopLevelSpec);
}

/** Which share of the graphs saved at least so much of the linear solve's time. */
export function savingChart({ savings }: GraphFindings): Promise<string> {
  const values = (["static", "adaptive"] as const).flatMap((refresh) =>
    savings[refresh].map((saving, k) => ({ refresh, saving, share: 1 - k / savings[refresh].length })),
  );
  return render("Time saved", {
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    layer: [
      { mark: { type: "line", interpolate: "step-after", strokeWidth: 2 } },
      {
        data: { values: [{ saving: 0 }] },
        mark: { type: "rule", color: "#9aa5b1" },
        encoding: { x: { field: "saving" }, y: null, color: null },
      },
    ],
    encoding: {
      x: {
        field: "saving",
        type: "quantitative",
        scale: { domain: [-1, 1], clamp: true },
        title: "saved of the linear solve's time, mixed against single",
        axis: { format: "%", grid: false },
      },
      y: { field: "share", type: "quantitative", title: "share of the graphs", axis: { format: "%" } },
      color: { field: "refresh", type: "nominal", sort: null, title: "preconditioner" },
    },
    config: CONFIG,
  } as TopLevelSpec);
}

/** How much smaller the ATE is with loop closures, over their noise. */
export function sweepChart(sweep: readonly SweepPoint[]): Promise<string> {
  const values = sweep.map((point) => ({ ...point, ratio: point.without / point.with, reach: reachText(point.radius) }));
  return render("Loop noise", {
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    layer: [
      { mark: { type: "line", point: true, strokeWidth: 2 } },
      {
        data: { values: [{ ratio: 50 }, { ratio: 300 }] },
        mark: { type: "rule", strokeDash: [3, 3], color: "#9aa5b1" },
        encoding: { y: { field: "ratio" }, x: null, color: null },
      },
    ],
    encoding: {
      x: {
        field: "loopNoise",
        type: "quantitative",
        scale: { type: "log" },
        title: "noise of a loop closure, over the stated one",
        axis: { grid: false, format: "~g" },
      },
      y: { field: "ratio", type: "quantitative", scale: { type: "log" }, title: "ATE without / with loop closure", axis: { format: "~g" } },
      color: { field: "reach", type: "nominal", sort: null, title: "knows a place again" },
    },
    config: CONFIG,
  } as TopLevelSpec);
}

/** As the sweep's legend and text say it. */
export function reachText(radius: number): string {
  return radius < 10 ? `within ${radius} m` : "from anywhere";
}

/** Blocks that are not zero, of a symmetric matrix: one path, since a mark for each would make a page of megabytes. */
export function patternSvg(title: string, { size, blocks }: Pattern): string {
  const squares: string[] = [];
  for (let k = 0; k < blocks.length; k += 2) {
    const [row, column] = [blocks[k]!, blocks[k + 1]!];
    squares.push(`M${column} ${row}h1v1h-1z`);
    if (row !== column) squares.push(`M${row} ${column}h1v1h-1z`);
  }
  return `<svg width="${PANEL}" height="${PANEL}" viewBox="0 0 ${size} ${size}"><title>${title}</title><rect width="${size}" height="${size}" fill="#f3f5f7"/><path d="${squares.join("")}" fill="#1f4e9c" stroke="#1f4e9c" stroke-width="${size / 900}"/></svg>`;
}

function colorOf(names: readonly string[]): object {
  const known = names.every((name) => COLORS[name] !== undefined);
  return {
    field: "name",
    type: "nominal",
    sort: null,
    title: null,
    ...(known && { scale: { domain: names, range: names.map((name) => COLORS[name]) } }),
  };
}
