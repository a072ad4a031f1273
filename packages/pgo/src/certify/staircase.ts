import type { FP64 } from "@slam/float";
import type { CholeskySymbolic } from "@slam/ichol";
import type { BsrMatrix } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";
import { evaluate, roundingOf } from "./chordal-form.ts";
import type { ExtendedFactor } from "./extended-factor.ts";
import { roundToPoses, widenPoint } from "./lift.ts";
import { CERTIFIED, descentDirections, type LowerBound, lowerBound } from "./lower-bound.ts";
import type { PlacePositions } from "./position-solver.ts";
import type { Eigenpairs } from "./smallest-eigenpairs.ts";
import { retractLifted } from "./stiefel.ts";
import { TangentSystem } from "./tangent-system.ts";
import { type LiftedPoint, minimizeLifted } from "./trust-region.ts";

/** Of the gradient, relative to the edges' own. */
const GRADIENT_TOLERANCE = 1e-9;
/** Starts drawn at random took up to 314 of rank d. */
const MOST_ITERATIONS = 1000;
/** Ranks that one step climbs: at d + 2 every public graph found its optimum from a start drawn at random, at d + 1 few. */
const MOST_AT_ONCE = 2;
/** What share of the least eigenvalue another has to be for a direction of its own. */
const COMPARABLE = 0.1;
/** Of a step along directions of descent. */
const MOST_HALVINGS = 40;

export interface Ascent {
  readonly system: ExtendedFactor;
  readonly M: BsrMatrix<FP64>;
  /** Of M's complete factor. */
  readonly symbolic: CholeskySymbolic;
  readonly placePositions: PlacePositions;
  readonly arenas: ArenaPool;
  readonly maxRank: number;
  readonly isStopped: () => boolean;
}

/** One optimisation on the way. */
export interface Stair {
  readonly rank: number;
  /** F, of the relaxation where the rank is above d. */
  readonly cost: number;
  readonly gradient: number;
  readonly iterations: number;
  /** The least eigenvalue of S, where it is below zero and was looked for: there was no certificate. */
  readonly eigenvalue?: number;
}

/** Why the staircase ends. */
type Summit = "proved" | "unresolved" | "max-rank" | "stopped";

export interface Climbed {
  /** Of rank d: poses. */
  readonly point: LiftedPoint;
  /** The best of those found. */
  readonly bound: LowerBound;
  /** Of the point whose multipliers prove it. */
  readonly boundRank: number;
  readonly stairs: readonly Stair[];
  readonly summit: Summit;
}

/**
 * The Riemannian staircase: from X, of rank d, to a stationary point; where that is not proved optimal, along the directions in which S is negative to a higher rank and on; from
 * the top back to poses.
 */
export function climb(ascent: Ascent, X: Float64Array): Climbed {
  const { system, maxRank, isStopped } = ascent;
  const { d } = system.form;
  const stairs: Stair[] = [];
  let best: { readonly bound: LowerBound; readonly boundRank: number } | undefined;
  let first: LiftedPoint | undefined;
  for (let r: number = d, at = X; ; ) {
    const point = optimize(ascent, r, at);
    first ??= point;
    const bound = lowerBound(system, point, r);
    if (best === undefined || bound.value > best.bound.value) best = { bound, boundRank: r };
    const isExact = point.cost <= roundingOf(system.form, point.X, r);
    const isProved = point.cost - bound.value <= CERTIFIED * point.cost;
    const goesOn = !isProved && !isExact && !isStopped();
    const directions = goesOn ? descentDirections(system, point.cost, bound.eta) : undefined;
    const { cost, gradient, iterations } = point;
    stairs.push({ rank: r, cost, gradient, iterations, ...(directions && { eigenvalue: directions.values[0] }) });
    const more = directions === undefined ? 0 : Math.min(MOST_AT_ONCE, maxRank - r, comparable(directions));
    const higher = directions && more > 0 ? descend(ascent, r, point, directions, more) : undefined;
    if (higher !== undefined) {
      at = higher;
      r += more;
      continue;
    }
    const stopped: Summit = isStopped() ? "stopped" : directions && more === 0 ? "max-rank" : "unresolved";
    const here: Climbed = { point: first, ...best, stairs, summit: isProved || isExact ? "proved" : stopped };
    return r === d ? here : comeBack(ascent, r, point, here);
  }
}

/** From a point of higher rank to poses, which may have a better bound of their own; where the search failed, they may cost more than those at which it began. */
function comeBack(ascent: Ascent, r: number, { X }: LiftedPoint, above: Climbed): Climbed {
  const { system } = ascent;
  const { d } = system.form;
  const rounded = optimize(ascent, d, roundToPoses(d, r, X));
  const bound = lowerBound(system, rounded, d);
  const { cost, gradient, iterations } = rounded;
  const stairs = [...above.stairs, { rank: d, cost, gradient, iterations }];
  const point = cost <= above.point.cost ? rounded : above.point;
  return bound.value >= above.bound.value ? { ...above, point, stairs, bound, boundRank: d } : { ...above, point, stairs };
}

function optimize({ system, M, symbolic, placePositions, arenas, isStopped }: Ascent, r: number, X: Float64Array): LiftedPoint {
  const tangent = new TangentSystem(M, symbolic, r, arenas);
  const options = { system: tangent, placePositions, gtol: GRADIENT_TOLERANCE, maxIterations: MOST_ITERATIONS, isStopped };
  return minimizeLifted(system.form, r, X, options);
}

/** How many eigenvalues are about as negative as the least. */
function comparable({ values }: Eigenpairs): number {
  return values.filter((value) => value <= COMPARABLE * values[0]).length;
}

/** A point of rank r + `more` along as many directions, F lower; undefined where there is none. */
function descend(
  { system, placePositions }: Ascent,
  r: number,
  { X, cost }: LiftedPoint,
  { values, vectors }: Eigenpairs,
  more: number,
): Float64Array | undefined {
  const { form } = system;
  const wider = r + more;
  const wide = widenPoint(X, r, wider);
  const V = new Float64Array(wide.length);
  const out = new Float64Array(wide.length);
  const G = new Float64Array(wide.length);
  const rows = wide.length / wider;
  const width = vectors.length / rows;
  const curvature = values.subarray(0, more).reduce((sum, value) => sum + value, 0);
  let step = 1 / vectors.reduce((largest, y) => Math.max(largest, Math.abs(y)), 0);
  for (let halving = 0; halving < MOST_HALVINGS; halving++, step /= 2) {
    for (let row = 0; row < rows; row++) for (let c = 0; c < more; c++) V[row * wider + r + c] = step * vectors[row * width + c];
    retractLifted(form.d, wider, wide, V, out);
    placePositions(out, wider);
    // Half of what the curvature promises.
    if (evaluate(form, out, wider, G).cost <= cost + 0.5 * curvature * step * step) return out;
  }
  return undefined;
}
