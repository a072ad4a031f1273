import { fp32, fp64, powerOfTwoBelow } from "@slam/float";
import type { Policy } from "@slam/nlls";
import type { Bundle } from "./bundle.ts";
import { Triangulator } from "./window/triangulate.ts";

/** The coordinates that a solve has in place of the bundle's: P = origin + unit P'. */
export interface Scene {
  /** About the middle of the points, in the bundle's units. */
  readonly origin: readonly number[];
  /** A power of two near what half of the points are within of it; 1 where cameras measure depth, in units of their own. */
  readonly unit: number;
}

export type Normalization = "auto" | "always" | "never";

/** Medians are of so many points at most, evenly taken: what they are for needs no digits. */
const MOST_SAMPLES = 1023;
/**
 * Coordinates in fp64 that are farther out than this many spreads have less than 27 bits for the scene, and what rounding leaves of them shows in pixels: at 2^30 in the tenth digit of the cost of
 * dubrovnik-16, at 2^33 no step ends the solve.
 */
const FAR = 2 ** 26;

/**
 * Where to solve a bundle.
 *
 * Residuals, derivatives and steps do not see the origin: P - t comes first, and steps are in the camera's frame. Columns of J are scaled by powers of two. So coordinates in fp64 need no other ones, unless
 * they are so far out that fp64 itself is coarse there; those that are stored in less, or whose J is unscaled in 16 bits, always do.
 *
 * @returns undefined where the bundle's own coordinates are taken: asked for, as good, or all in one place.
 */
export function sceneOf(bundle: Bundle, policy: Policy, normalize: Normalization): Scene | undefined {
  if (normalize === "never") return undefined;
  const { median, spread } = middleOf(bundle);
  if (!(spread > 0 && spread < Number.POSITIVE_INFINITY)) return undefined;
  const isNarrow = policy.update.storage !== fp64 || policy.jacobian.storage.significandBits < fp32.significandBits;
  if (normalize === "auto" && !isNarrow && !median.some((m) => Math.abs(m) > FAR * spread)) return undefined;
  const grid = powerOfTwoBelow(spread);
  return {
    // Of few bits, so that differences from it are exact. What is past 2^52 grids is a multiple of them, or all that there is.
    origin: median.map((m) => (Math.abs(m) < 2 ** 52 * grid ? Math.round(m / grid) * grid + 0 : m)),
    unit: measuresDepth(bundle) ? 1 : grid,
  };
}

/** By components, and the largest of their median deviations; of points most of which are in one place, the largest deviation of any. */
function middleOf({ points }: Bundle): { readonly median: readonly number[]; readonly spread: number } {
  const stride = 3 * Math.ceil(points.length / 3 / MOST_SAMPLES);
  const axes = [0, 1, 2].map((a) => {
    const values: number[] = [];
    for (let at = a; at < points.length; at += stride) values.push(points[at]);
    const median = medianOf(values);
    const away = values.map((x) => Math.abs(x - median));
    return { median, deviation: medianOf(away), largest: Math.max(...away) };
  });
  const spread = Math.max(...axes.map(({ deviation }) => deviation)) || Math.max(...axes.map(({ largest }) => largest));
  return { median: axes.map(({ median }) => median), spread };
}

/** The lower one of two. */
function medianOf(values: readonly number[]): number {
  return Float64Array.from(values).sort()[(values.length - 1) >> 1] ?? 0;
}

function measuresDepth({ model, intrinsics }: Bundle): boolean {
  return new Triangulator(model, intrinsics.subarray(0, model.intrinsics.length)).measuresDepth;
}
