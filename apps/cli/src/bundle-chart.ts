import type { Bundle } from "@slam/ba";
import { snavely } from "@slam/camera";
import { se3 } from "@slam/lie";
import type { TopLevelSpec } from "vega-lite";
import { CONFIG, render, SIDE, squareDomain } from "./charts.ts";

type Vector = readonly [number, number, number];

/** More would make a page of megabytes, and no other picture. */
const MOST_POINTS = 2000;
/** Of points along each axis, the share left out on either side: a few are far away in most bundles. */
const FAR = 0.02;

/** Pictures of a bundle's cameras and points from above, at several estimates, side by side, each in its own scale: SVG. */
export function bundleChart(views: readonly { readonly title: string; readonly bundle: Bundle }[]): Promise<string> {
  // All along the axes of the last, so that what is up in one is up in the others.
  const axes = axesOf(views.at(-1)!.bundle);
  return render("Cameras and points from above", {
    hconcat: views.map(({ title, bundle }) => viewFromAbove(title, bundle, axes)),
    config: CONFIG,
  } as TopLevelSpec);
}

interface Axes {
  readonly right: Vector;
  readonly ahead: Vector;
}

/** What is right and ahead on paper: cameras are held upright more or less, so down is the mean of where their own down is. */
function axesOf(bundle: Bundle): Axes {
  const cameras = bundle.intrinsicsOf.length;
  let down: Vector = [0, 0, 0];
  for (let c = 0; c < cameras; c++) down = add(down, axis(bundle, c, 1));
  // Of cameras that look straight down and turn there is none.
  if (norm(down) < 0.1 * cameras || cameras === 0) down = cameras === 0 ? [0, 1, 0] : axis(bundle, 0, 1);
  down = scaled(down, 1 / norm(down));
  const candidates: readonly Vector[] = [cameras === 0 ? [1, 0, 0] : axis(bundle, 0, 0), [1, 0, 0], [0, 0, 1]];
  const flat = candidates.map((x) => add(x, scaled(down, -dot(x, down))));
  const right = flat.find((x) => norm(x) > 0.1) ?? [1, 0, 0];
  const unit = scaled(right, 1 / norm(right));
  return { right: unit, ahead: cross(unit, down) };
}

/** A camera's x (right), y (down) or z (ahead) in the world. Snavely's has y up and looks along -z. */
function axis({ poses, model }: Pick<Bundle, "poses" | "model">, c: number, which: 0 | 1 | 2): Vector {
  const matrix = new Float64Array(16);
  se3.toMatrix(poses, 7 * c, matrix, 0);
  const sign = model.name === snavely.name && which > 0 ? -1 : 1;
  return [sign * matrix[which]!, sign * matrix[4 + which]!, sign * matrix[8 + which]!];
}

function viewFromAbove(title: string, bundle: Bundle, axes: Axes): object {
  const { poses, points, intrinsicsOf } = bundle;
  const centres = [...intrinsicsOf.keys()].map((c) => onPaper([poses[7 * c]!, poses[7 * c + 1]!, poses[7 * c + 2]!], axes));
  const count = points.length / 3;
  const step = Math.max(1, Math.ceil(count / MOST_POINTS));
  const shown = Array.from({ length: Math.ceil(count / step) }, (_, k) => {
    const at = 3 * k * step;
    return onPaper([points[at]!, points[at + 1]!, points[at + 2]!], axes);
  });
  const { x, y } = squareDomain(Float64Array.from([...centres, ...nearOf(shown)].flat()));
  const length = (x[1]! - x[0]!) / 25;
  // One line for all, broken between them.
  const looks = centres.flatMap(([a, b], c) => {
    const [u, v] = onPaper(axis(bundle, c, 2), axes);
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

function onPaper(p: Vector, { right, ahead }: Axes): [number, number] {
  return [dot(p, right), dot(p, ahead)];
}

/** Those that are not the farthest along either axis. */
function nearOf(points: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const bounds = [0, 1].map((k) => {
    const sorted = points.map((p) => p[k]!).sort((a, b) => a - b);
    return [sorted[Math.floor(FAR * sorted.length)]!, sorted[sorted.length - 1 - Math.floor(FAR * sorted.length)]!] as const;
  });
  return points.filter((p) => bounds.every(([low, high], k) => p[k]! >= low && p[k]! <= high));
}

function dot([a, b, c]: Vector, [x, y, z]: Vector): number {
  return a * x + b * y + c * z;
}

function norm(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

function add([a, b, c]: Vector, [x, y, z]: Vector): Vector {
  return [a + x, b + y, c + z];
}

function scaled([a, b, c]: Vector, s: number): Vector {
  return [s * a, s * b, s * c];
}

function cross([a, b, c]: Vector, [x, y, z]: Vector): Vector {
  return [b * z - c * y, c * x - a * z, a * y - b * x];
}
