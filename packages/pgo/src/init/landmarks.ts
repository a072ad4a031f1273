import { cos, fp64, sin, tolerance } from "@slam/float";
import { se2 } from "@slam/lie";
import { bearingSe2 } from "../factors/bearing-se2.ts";
import type { Factor } from "../factors/factor.ts";
import { positionSe2 } from "../factors/position-se2.ts";
import { placeSeen, positionSe3 } from "../factors/position-se3.ts";
import type { FactorTerms } from "../factors/terms.ts";
import { type PoseGraph, poseSize } from "../graph.ts";
import { median } from "../median.ts";

/**
 * "first": where the first pose that sees a landmark puts it; "median" of where all do, in each coordinate, which false measurements hardly move as long as they are fewer. Of
 * bearings it is where all meet best, if that is ahead of every pose, and the median of where two of them cross.
 */
export type Placing = "first" | "median";

/**
 * Positions for landmarks: where measured positions put them, or where the lines of their bearings meet best. Fixed landmarks keep their estimates,
 * and so do those for which neither is possible.
 *
 * @param poses where the poses are.
 * @param keepKnown whether landmarks with an estimate keep it.
 * @returns l x 2 or l x 3, and the indices of the landmarks that have no estimate and that nothing places.
 */
export function placeLandmarks(
  graph: PoseGraph,
  terms: readonly FactorTerms[],
  poses: Float64Array,
  keepKnown: boolean,
  placing: Placing,
): { readonly positions: Float64Array; readonly lost: readonly number[] } {
  const { landmarks } = graph;
  if (landmarks === undefined) return { positions: new Float64Array(0), lost: [] };
  const positions = landmarks.positions.slice();
  const keeps = Uint8Array.from(landmarks.known, (known) => (keepKnown ? known : 0));
  for (const k of landmarks.fixed) keeps[k] = landmarks.known[k];
  const placed = keeps.slice();
  for (const [landmark, found] of measuredPlaces(graph, terms, poses, placing, placed)) {
    placed[landmark] = 1;
    const chosen = placing === "first" ? found[0] : found[0].map((_, a) => median(found.map((place) => place[a])));
    positions.set(chosen, landmark * graph.dimension);
  }
  placeFromBearings(graph, terms, poses, placing, positions, placed);
  return { positions, lost: [...landmarks.known.keys()].filter((k) => placed[k] === 0 && landmarks.known[k] === 0) };
}

/** Where the poses that measure the position of a landmark not placed yet put it, in the order of the measurements: all of them, or the first. */
function measuredPlaces(
  graph: PoseGraph,
  terms: readonly FactorTerms[],
  poses: Float64Array,
  placing: Placing,
  placed: Uint8Array,
): Map<number, Float64Array[]> {
  const places = new Map<number, Float64Array[]>();
  for (const { factor, variables, offsets, z, zSize, count } of terms) {
    if (factor !== positionSe2 && factor !== positionSe3) continue;
    for (let k = 0; k < count; k++) {
      const landmark = variables[2 * k + 1] - graph.ids.length;
      const found = places.get(landmark);
      if (placed[landmark] === 1 || (found !== undefined && placing === "first")) continue;
      const X = poses.subarray(offsets[2 * k], offsets[2 * k] + poseSize(graph));
      const place = placeMeasured(factor, X, z.subarray(k * zSize, (k + 1) * zSize)) as Float64Array;
      if (found === undefined) places.set(landmark, [place]);
      else found.push(place);
    }
  }
  return places;
}

/** Where a landmark is that pose X measures: at z, behind which its sensor's pose follows if the factor has one. Undefined where no position is measured. */
export function placeMeasured(factor: Factor, X: Float64Array, z: Float64Array): Float64Array | undefined {
  const place = new Float64Array(factor.dimension);
  if (factor === positionSe2) se2.act(X, 0, z, 0, place, 0);
  else if (factor === positionSe3) placeSeen(X, z, place);
  else return undefined;
  return place;
}

/** The point nearest to all lines of sight of each landmark not placed yet, unless they are parallel to rounding or it is behind one that sees it. */
function placeFromBearings(
  graph: PoseGraph,
  terms: readonly FactorTerms[],
  poses: Float64Array,
  placing: Placing,
  positions: Float64Array,
  placed: Uint8Array,
): void {
  const sights = new Map<number, Sight[]>();
  for (const { factor, count, variables, offsets, z } of terms) {
    if (factor !== bearingSe2) continue;
    for (let k = 0; k < count; k++) {
      const landmark = variables[2 * k + 1] - graph.ids.length;
      if (placed[landmark] === 1) continue;
      const at = offsets[2 * k];
      const direction = poses[at + 2] + z[k];
      const lines = sights.get(landmark) ?? [];
      sights.set(landmark, lines);
      lines.push([poses[at], poses[at + 1], cos(direction), sin(direction)]);
    }
  }
  for (const [landmark, lines] of sights) {
    const met = (placing === "first" ? meetingPoint(lines) : undefined) ?? medianCrossing(lines);
    if (met === undefined) continue;
    positions.set(met, 2 * landmark);
    placed[landmark] = 1;
  }
}

/** A line of sight: where it starts, and its direction. */
type Sight = readonly [x: number, y: number, c: number, s: number];

/** So many lines, evenly among all, are crossed with each other. */
const CROSSED = 32;

/** The median of where two of the lines meet, as far as they do. */
function medianCrossing(lines: readonly Sight[]): readonly [number, number] | undefined {
  const step = Math.ceil(lines.length / CROSSED);
  const some = lines.filter((_, k) => k % step === 0);
  const crossings = some.flatMap((a, k) => some.slice(k + 1).map((b) => meetingPoint([a, b]))).filter((met) => met !== undefined);
  if (crossings.length === 0) return undefined;
  return [median(crossings.map(([x]) => x)), median(crossings.map(([, y]) => y))];
}

/** Solves sum n n' l = sum n n' p, n = [-s; c], about the first p. */
function meetingPoint(lines: readonly Sight[]): readonly [number, number] | undefined {
  const [x0, y0] = lines[0];
  let [xx, xy, yy, bx, by] = [0, 0, 0, 0, 0];
  for (const [x, y, c, s] of lines) {
    const distance = c * (y - y0) - s * (x - x0);
    xx += s * s;
    xy -= s * c;
    yy += c * c;
    bx -= s * distance;
    by += c * distance;
  }
  const determinant = xx * yy - xy * xy;
  // The determinant is the sum of squared sines of the angles between lines.
  if (determinant <= tolerance(fp64, lines.length ** 2)) return undefined;
  const l = [x0 + (yy * bx - xy * by) / determinant, y0 + (xx * by - xy * bx) / determinant] as const;
  return lines.every(([x, y, c, s]) => c * (l[0] - x) + s * (l[1] - y) > 0) ? l : undefined;
}
