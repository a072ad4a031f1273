import { checkChoice, checkInteger, checkLength, checkNumber } from "@slam/errors";
import { so3 } from "@slam/lie";
import { distanceBetween, rotationAngle } from "./distance.ts";

/** How far apart the poses of a pair are: f frames, m metres of path, d degrees or r radians of turn. The names are evo's. */
export const DELTA_UNITS = ["f", "m", "d", "r"] as const;

export type DeltaUnit = (typeof DELTA_UNITS)[number];

export interface PosePairOptions {
  /** How far apart the poses of a pair are; an integer > 0 for frames, and at most half a turn for angles. Default 1. */
  readonly delta?: number;
  /** Default "f". */
  readonly unit?: DeltaUnit;
  /**
   * false: pairs that follow each other, each begun where the last one ended. true: from each pose the pairs that are `delta` apart, which
   * overlap; more numbers from one trajectory, not independent of each other. Default false.
   */
  readonly allPairs?: boolean;
  /** Of all pairs in metres or angles: how much of delta they may be off by. Default 0.1. */
  readonly tolerance?: number;
}

/** Pair k is of the poses from[k] < to[k]. */
export interface PosePairs {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/**
 * Pairs of poses of one trajectory that are `delta` apart, as evo chooses them. Consecutive pairs by metres end where the path since the last
 * end has reached delta, and the stretch before the first end is left out; by angle where the turns added up have reached it, from pose 0 on. All
 * pairs by metres are each pose and the one whose path from there is nearest to delta; by angle those whose relative rotation is delta.
 *
 * @param poses n x 7.
 * @throws DimensionError if the length is not 7 n; OptionError for a delta, unit or tolerance out of range.
 */
export function posePairs(poses: Float64Array, options: PosePairOptions = {}): PosePairs {
  const { delta = 1, unit = "f", allPairs = false, tolerance = 0.1 } = options;
  const n = Math.floor(poses.length / 7);
  checkLength("posePairs: poses", poses.length, 7 * n);
  checkChoice("posePairs: unit", unit, DELTA_UNITS);
  checkNumber("posePairs: tolerance", tolerance, 0);
  if (unit === "f") checkInteger("posePairs: delta", delta, 1);
  else checkNumber("posePairs: delta", delta, 0, unit === "m" ? Number.MAX_VALUE : unit === "d" ? 180 : Math.PI);
  if (unit === "f") return pairsByFrames(n, delta, allPairs);
  if (unit === "m") return allPairs ? allPairsByPath(poses, n, delta, tolerance) : pairsByPath(poses, n, delta);
  const angle = unit === "d" ? (delta * Math.PI) / 180 : delta;
  return allPairs ? allPairsByAngle(poses, n, angle, tolerance) : pairsByAngle(poses, n, angle);
}

function pairsByFrames(n: number, delta: number, allPairs: boolean): PosePairs {
  const from: number[] = [];
  for (let i = 0; i + delta < n; i += allPairs ? 1 : delta) from.push(i);
  return { from: Int32Array.from(from), to: Int32Array.from(from, (i) => i + delta) };
}

function pairsByPath(poses: Float64Array, n: number, delta: number): PosePairs {
  const ends: number[] = [];
  let path = 0;
  for (let i = 0; i < n; i++) {
    if (i > 0) path += distanceBetween(poses, 7 * i - 7, poses, 7 * i);
    if (path < delta) continue;
    ends.push(i);
    path = 0;
  }
  return consecutive(ends);
}

/** Each end and the next. */
function consecutive(ends: readonly number[]): PosePairs {
  return { from: Int32Array.from(ends.slice(0, -1)), to: Int32Array.from(ends.slice(1)) };
}

function pairsByAngle(poses: Float64Array, n: number, delta: number): PosePairs {
  const ends = [0];
  let turn = 0;
  for (let i = 1; i < n; i++) {
    turn += angleBetween(poses, i - 1, i);
    if (turn < delta) continue;
    ends.push(i);
    turn = 0;
  }
  return consecutive(ends);
}

function allPairsByPath(poses: Float64Array, n: number, delta: number, tolerance: number): PosePairs {
  const path = new Float64Array(n);
  for (let i = 1; i < n; i++) path[i] = path[i - 1] + distanceBetween(poses, 7 * i - 7, poses, 7 * i);
  const from: number[] = [];
  const to: number[] = [];
  for (let i = 0; i + 1 < n; i++) {
    const off = (j: number): number => Math.abs(path[j] - path[i] - delta);
    const after = firstReached(path, i, delta);
    // Where the robot stands still, the pose that got there first.
    const before = firstReached(path, i, path[after - 1] - path[i]);
    const nearest = after === n || (before > i && before < after && off(before) <= off(after)) ? before : after;
    if (off(nearest) > delta * tolerance) continue;
    from.push(i);
    to.push(nearest);
  }
  return { from: Int32Array.from(from), to: Int32Array.from(to) };
}

/** The first j > i with path_j - path_i >= length; n without one. */
function firstReached(path: Float64Array, i: number, length: number): number {
  let low = i + 1;
  let high = path.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (path[middle] - path[i] < length) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** O(n^2), as many as there may be pairs. */
function allPairsByAngle(poses: Float64Array, n: number, delta: number, tolerance: number): PosePairs {
  const slack = delta * tolerance;
  const from: number[] = [];
  const to: number[] = [];
  for (let i = 0; i + 1 < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const angle = angleBetween(poses, i, j);
      if (angle < delta - slack || angle > delta + slack) continue;
      from.push(i);
      to.push(j);
    }
  }
  return { from: Int32Array.from(from), to: Int32Array.from(to) };
}

function angleBetween(poses: Float64Array, i: number, j: number): number {
  so3.relative(poses, 7 * i + 3, poses, 7 * j + 3, turned, 0);
  return rotationAngle(turned, 0);
}

const turned = new Float64Array(4);
