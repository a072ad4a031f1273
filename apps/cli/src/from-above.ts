import type { Bundle } from "@slam/ba";
import { snavely } from "@slam/camera";
import { se3 } from "@slam/lie";

// How cameras and points are laid on paper.

type Vector = readonly [number, number, number];
type Cameras = Pick<Bundle, "poses" | "model">;

/** Of points along each axis, the share left out on either side: a few are far away in most bundles. */
const FAR = 0.02;

/** What is right and ahead on paper. */
export interface Axes {
  readonly right: Vector;
  readonly ahead: Vector;
}

/** Cameras are held upright more or less, so down is the mean of where their own down is. */
export function axesOf(bundle: Cameras): Axes {
  const cameras = bundle.poses.length / 7;
  let down: Vector = [0, 0, 0];
  for (let c = 0; c < cameras; c++) down = add(down, axisOf(bundle, c, 1));
  // Of cameras that look straight down and turn there is none.
  if (norm(down) < 0.1 * cameras || cameras === 0) down = cameras === 0 ? [0, 1, 0] : axisOf(bundle, 0, 1);
  down = scaled(down, 1 / norm(down));
  const candidates: readonly Vector[] = [cameras === 0 ? [1, 0, 0] : axisOf(bundle, 0, 0), [1, 0, 0], [0, 0, 1]];
  const flat = candidates.map((x) => add(x, scaled(down, -dot(x, down))));
  const right = flat.find((x) => norm(x) > 0.1) ?? [1, 0, 0];
  const unit = scaled(right, 1 / norm(right));
  return { right: unit, ahead: cross(unit, down) };
}

/** Of poses of any body, n x 7: along the axis in which they spread least, which for most is the one that is up or down. */
export function axesOfLeastSpread(poses: Float64Array): Axes {
  const spreads = [0, 1, 2].map((axis) => {
    const values = Array.from({ length: poses.length / 7 }, (_, k) => poses[7 * k + axis]!);
    return values.reduce((most, x) => Math.max(most, x), -Infinity) - values.reduce((least, x) => Math.min(least, x), Infinity);
  });
  const [x, y, z]: Vector[] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const flat = spreads.indexOf(Math.min(...spreads));
  return flat === 2 ? { right: x!, ahead: y! } : flat === 1 ? { right: x!, ahead: z! } : { right: y!, ahead: z! };
}

/** A camera's x (right), y (down) or z (ahead) in the world. Snavely's has y up and looks along -z. */
export function axisOf({ poses, model }: Cameras, c: number, which: 0 | 1 | 2): Vector {
  const matrix = new Float64Array(16);
  se3.toMatrix(poses, 7 * c, matrix, 0);
  const sign = model.name === snavely.name && which > 0 ? -1 : 1;
  return [sign * matrix[which]!, sign * matrix[4 + which]!, sign * matrix[8 + which]!];
}

/** A point, or a direction. */
export function onPaper(p: Vector, { right, ahead }: Axes): [number, number] {
  return [dot(p, right), dot(p, ahead)];
}

/** More points would make a page of megabytes, and no other picture. */
const MOST_POINTS = 2000;

/** As many of the points as can be told apart. */
export function thinned<P>(points: readonly P[]): readonly P[] {
  const step = Math.max(1, Math.ceil(points.length / MOST_POINTS));
  return points.filter((_, k) => k % step === 0);
}

/** Those of them that are near. */
export function drawnOf(points: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  return nearOf(thinned(points));
}

/** Those that are not the farthest along either axis. */
export function nearOf(points: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
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
