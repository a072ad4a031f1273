import type { TopLevelSpec } from "vega-lite";
import { CONFIG, render, SIDE, squareDomain } from "./charts.ts";
import { type Axes, drawnOf, onPaper } from "./from-above.ts";

/** A path, and what was seen from it. */
export interface PathView {
  readonly title: string;
  readonly axes: Axes;
  /** n x 7. */
  readonly poses: Float64Array;
  /** Where it truly was, laid on it. */
  readonly truth?: Float64Array;
  readonly loops?: readonly (readonly [from: number, to: number])[];
  /** 3 numbers each. */
  readonly landmarks?: Float64Array;
}

type Dot = readonly [number, number];

/** Pictures of paths, side by side, each in its own scale: SVG. */
export function pathChart(views: readonly PathView[]): Promise<string> {
  return render("Paths", { hconcat: views.map(viewOf), config: CONFIG } as TopLevelSpec);
}

function viewOf({ title, axes, poses, truth = new Float64Array(0), loops = [], landmarks = new Float64Array(0) }: PathView): object {
  const dots = (values: Float64Array, size: number): Dot[] =>
    Array.from({ length: values.length / size }, (_, k) =>
      onPaper([values[k * size]!, values[k * size + 1]!, values[k * size + 2]!], axes),
    );
  const path = dots(poses, 7);
  const near = drawnOf(dots(landmarks, 3));
  const { x, y } = squareDomain(Float64Array.from([...path, ...dots(truth, 7), ...near].flat()));
  const encoding = {
    x: { field: "x", type: "quantitative", scale: { domain: x, nice: false, zero: false }, axis: null },
    y: { field: "y", type: "quantitative", scale: { domain: y, nice: false, zero: false }, axis: null },
  };
  const line = (values: readonly object[], mark: object): object => ({
    data: { values },
    mark: { type: "line", invalid: "break-paths-filter-domains", ...mark },
    encoding: { ...encoding, order: { field: "order", type: "quantitative" } },
  });
  const points = {
    data: { values: near.map(([a, b]) => ({ x: a, y: b })) },
    mark: { type: "point", filled: true, color: "#94a3b8", size: 2, opacity: 1 },
    encoding,
  };
  // One line for all loops, broken between them.
  const jumps = loops.flatMap(([from, to], i) => [
    stop(path[from]!, 3 * i),
    stop(path[to]!, 3 * i + 1),
    { order: 3 * i + 2, x: null, y: null },
  ]);
  const layer = [
    points,
    line(dots(truth, 7).map(stop), { color: "#1b1b1b", strokeWidth: 0.8, strokeDash: [3, 3] }),
    line(jumps, { color: "#1f4e9c", strokeWidth: 0.6 }),
    line(path.map(stop), { color: "#c2410c", strokeWidth: 1.2 }),
  ];
  return { title, width: SIDE, height: SIDE, layer };
}

function stop([x, y]: Dot, order: number): { order: number; x: number; y: number } {
  return { order, x, y };
}
