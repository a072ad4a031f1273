import { type PoseGraph, poseSize } from "@slam/pgo";
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { drawnOf } from "./from-above.ts";

/** A curve of the cost over the iterations; the first value is the cost after the initialisation. */
export interface CostCurve {
  readonly name: string;
  readonly costs: readonly number[];
}

/** Pictures of a graph under several sets of poses, side by side, each in its own scale: SVG. */
export function trajectoryChart(views: readonly { readonly title: string; readonly graph: PoseGraph }[]): Promise<string> {
  return render("Trajectories", { hconcat: views.map(({ title, graph }) => trajectoryView(title, graph)), config: CONFIG } as TopLevelSpec);
}

/** Costs above their lowest value, on a logarithmic scale: SVG. */
export function convergenceChart(curves: readonly CostCurve[]): Promise<string> {
  const points = curves.flatMap(({ name, costs }) => costs.map((cost, iteration) => ({ name, iteration, cost })));
  const finite = points.filter(({ cost }) => Number.isFinite(cost));
  const lowest = Math.min(...finite.map(({ cost }) => cost));
  // The scale ends at the eleventh digit of the lowest cost: zero has no place on it.
  const floor = 1e-10 * (lowest > 0 ? lowest : 1);
  const values = finite.map(({ name, iteration, cost }) => ({ name, iteration, excess: Math.max(cost - lowest, floor) }));
  return render("Convergence", {
    width: 560,
    height: 260,
    data: { values },
    encoding: {
      x: { field: "iteration", type: "quantitative", title: "iteration", axis: { tickMinStep: 1, grid: false } },
      y: {
        field: "excess",
        type: "quantitative",
        scale: { type: "log" },
        title: "cost above the lowest",
        axis: { format: ".0e", tickCount: 6 },
      },
      color: { field: "name", type: "nominal", sort: null, title: null },
    },
    // Where curves lie on each other, those below are wider and so still show.
    layer: curves.map(({ name }, i) => ({
      transform: [{ filter: { field: "name", equal: name } }],
      mark: { type: "line", strokeWidth: 1.5 * (curves.length - i), strokeCap: "round", strokeJoin: "round" },
    })),
    config: CONFIG,
  } as TopLevelSpec);
}

export const SIDE = 300;
export const CONFIG = { font: "system-ui, sans-serif", view: { stroke: null }, axis: { domain: false, ticks: false } };

function trajectoryView(title: string, graph: PoseGraph): object {
  const onPaper = paperOf(graph);
  const poses = Array.from(graph.ids, (_, k) => onPaper(graph.poses, k * poseSize(graph)));
  const path = poses.map(pointOf);
  const seen = landmarksOf(graph, onPaper);
  // One line for all loops, broken between them: an element for each would make a page of megabytes.
  const loops = [...graph.from.keys()].filter((e) => Math.abs(graph.to[e]! - graph.from[e]!) !== 1);
  const jumps = loops.flatMap((e, i) => [
    pointOf(poses[graph.from[e]!]!, 3 * i),
    pointOf(poses[graph.to[e]!]!, 3 * i + 1),
    { order: 3 * i + 2, x: null, y: null },
  ]);
  const { x, y } = squareDomain(Float64Array.from([...poses, ...seen].flat()));
  const encoding = {
    x: { field: "x", type: "quantitative", scale: { domain: x, nice: false, zero: false }, axis: null },
    y: { field: "y", type: "quantitative", scale: { domain: y, nice: false, zero: false }, axis: null },
  };
  const line = (values: readonly object[], color: string, strokeWidth: number): object => ({
    data: { values },
    mark: { type: "line", color, strokeWidth, invalid: "break-paths-filter-domains" },
    encoding: { ...encoding, order: { field: "order", type: "quantitative" } },
  });
  const points = {
    data: { values: seen.map(pointOf) },
    mark: { type: "point", filled: true, color: "#3f7d58", size: 6, opacity: 1 },
    encoding,
  };
  return { title, width: SIDE, height: SIDE, layer: [line(jumps, "#b8c4d6", 0.5), points, line(path, "#c2410c", 1.2)] };
}

type Dot = readonly [number, number];
type OnPaper = (positions: Float64Array, at: number) => Dot;

/** Those with an estimate, as far as they are drawn. */
function landmarksOf({ dimension, landmarks }: PoseGraph, onPaper: OnPaper): readonly Dot[] {
  const known = [...(landmarks?.known.keys() ?? [])].filter((k) => landmarks!.known[k] === 1);
  return drawnOf(known.map((k) => onPaper(landmarks!.positions, k * dimension)));
}

function pointOf([x, y]: Dot, order: number): { order: number; x: number; y: number } {
  return { order, x, y };
}

/** Of a path's extent: one that is as flat as this is drawn as a map. */
const FLAT = 0.02;

/** Where a position is on paper: a map in 2D and of what is level, seen from a corner above in 3D. */
function paperOf(graph: PoseGraph): OnPaper {
  const isMap = graph.dimension === 2 || extentOf(graph, 2) < FLAT * Math.max(extentOf(graph, 0), extentOf(graph, 1));
  const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
  return (positions, at) => {
    const [x, y, z] = [positions[at]!, positions[at + 1]!, positions[at + 2]!];
    return isMap ? [x, y] : [c * (x - y), c * z + s * (x + y)];
  };
}

function extentOf(graph: PoseGraph, axis: 0 | 1 | 2): number {
  let [low, high] = [Infinity, -Infinity];
  for (let at = axis; at < graph.poses.length; at += poseSize(graph)) {
    low = Math.min(low, graph.poses[at]!);
    high = Math.max(high, graph.poses[at]!);
  }
  return high - low;
}

/** Of x and y in turn: domains of one length, so that a metre is as long across as up. */
export function squareDomain(points: Float64Array): { x: number[]; y: number[] } {
  const range = (axis: 0 | 1): { middle: number; half: number } => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = axis; i < points.length; i += 2) {
      low = Math.min(low, points[i]!);
      high = Math.max(high, points[i]!);
    }
    return { middle: (low + high) / 2, half: (high - low) / 2 };
  };
  const [across, up] = [range(0), range(1)];
  const half = 1.03 * Math.max(across.half, up.half, Number.MIN_VALUE);
  return { x: [across.middle - half, across.middle + half], y: [up.middle - half, up.middle + half] };
}

/** SVG, as small as it can be seen. */
export async function render(title: string, spec: TopLevelSpec): Promise<string> {
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  // In attributes, a tenth of a pixel is as fine as an eye sees, and makes the page a third as long. A title says more to a screen reader than
  // the roles of all marks.
  return svg
    .replace(/="[^"]*"/g, (value) => value.replace(/\d+\.\d{2,}/g, (digits) => `${Number(Number(digits).toFixed(1))}`))
    .replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, "")
    .replace(">", `><title>${title}</title>`);
}
