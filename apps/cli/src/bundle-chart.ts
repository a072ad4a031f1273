import type { Bundle } from "@slam/ba";
import type { TopLevelSpec } from "vega-lite";
import { CONFIG, render, SIDE, squareDomain } from "./charts.ts";
import { type Axes, axesOf, axisOf, nearOf, onPaper, thinned } from "./from-above.ts";

/** Pictures of a bundle's cameras and points from above, at several estimates, side by side, each in its own scale: SVG. */
export function bundleChart(views: readonly { readonly title: string; readonly bundle: Bundle }[]): Promise<string> {
  // All along the axes of the last, so that what is up in one is up in the others.
  const axes = axesOf(views.at(-1)!.bundle);
  return render("Cameras and points from above", {
    hconcat: views.map(({ title, bundle }) => viewFromAbove(title, bundle, axes)),
    config: CONFIG,
  } as TopLevelSpec);
}

function viewFromAbove(title: string, bundle: Bundle, axes: Axes): object {
  const { poses, points, intrinsicsOf } = bundle;
  const centres = [...intrinsicsOf.keys()].map((c) => onPaper([poses[7 * c]!, poses[7 * c + 1]!, poses[7 * c + 2]!], axes));
  const shown = thinned([...Array(points.length / 3).keys()]).map((k) =>
    onPaper([points[3 * k]!, points[3 * k + 1]!, points[3 * k + 2]!], axes),
  );
  const { x, y } = squareDomain(Float64Array.from([...centres, ...nearOf(shown)].flat()));
  const length = (x[1]! - x[0]!) / 25;
  // One line for all, broken between them.
  const looks = centres.flatMap(([a, b], c) => {
    const [u, v] = onPaper(axisOf(bundle, c, 2), axes);
    return [
      { order: 3 * c, x: a, y: b },
      { order: 3 * c + 1, x: a + length * u, y: b + length * v },
      { order: 3 * c + 2, x: null, y: null },
    ];
  });
  const encoding = {
    x: { field: "x", type: "quantitative", scale: { domain: x, nice: false, zero: false }, axis: null },
    y: { field: "y", type: "quantitative", scale: { domain: y, nice: false, zero: false }, axis: null },
  };
  const inside = shown.filter(([a, b]) => a > x[0]! && a < x[1]! && b > y[0]! && b < y[1]!);
  const dots = (of: readonly (readonly [number, number])[], color: string, size: number): object => ({
    data: { values: of.map(([a, b]) => ({ x: a, y: b })) },
    mark: { type: "point", filled: true, color, size, opacity: 1 },
    encoding,
  });
  const lines = {
    data: { values: looks },
    mark: { type: "line", color: "#c2410c", strokeWidth: 0.8, invalid: "break-paths-filter-domains", clip: true },
    encoding: { ...encoding, order: { field: "order", type: "quantitative" } },
  };
  return { title, width: SIDE, height: SIDE, layer: [dots(inside, "#94a3b8", 2), lines, dots(centres, "#c2410c", 10)] };
}
