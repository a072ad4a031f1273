import type { TopLevelSpec } from "vega-lite";
import { CONFIG, render, SIDE } from "./charts.ts";

/** Milliseconds of each key frame, of the window and of the graph: SVG. */
export function keyFrameChart(keyFrames: readonly { readonly window: number; readonly graph: number }[]): Promise<string> {
  const values = (["window", "graph"] as const).flatMap((name) => keyFrames.map((of, keyFrame) => ({ name, keyFrame, ms: of[name] })));
  return render("Milliseconds of key frames", {
    width: 2 * SIDE,
    height: 200,
    data: { values },
    mark: { type: "line", strokeWidth: 1 },
    encoding: {
      x: { field: "keyFrame", type: "quantitative", title: "key frame", axis: { tickMinStep: 1, grid: false } },
      y: { field: "ms", type: "quantitative", title: "ms" },
      color: { field: "name", type: "nominal", sort: null, title: null },
    },
    config: CONFIG,
  } as TopLevelSpec);
}
