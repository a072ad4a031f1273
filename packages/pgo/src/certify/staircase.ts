import type { FP64 } from "@slam/float";
import type { CholeskySymbolic } from "@slam/ichol";
import type { BsrMatrix } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";
import { evaluate } from "./chordal-form.ts";
import type { Eigenpair } from "./descent-direction.ts";
import type { ExtendedFactor } from "./extended-factor.ts";
import { roundToPoses, widenPoint } from "./lift.ts";
import { CERTIFIED, descentDirection, type LowerBound, lowerBound } from "./lower-bound.ts";
import type { PlacePositions } from "./position-solver.ts";
import { retractLifted } from "./stiefel.ts";
import { TangentSystem } from "./tangent-system.ts";
import { type LiftedPoint, minimizeLifted } from "./trust-region.ts";

/** Relative to the edges' gradients taken one by one. */
const GRADIENT_TOLERANCE = 1e-9;
const MOST_ITERATIONS = 500;
/** Halvings of a step along a direction of descent. */
const MOST_HALVINGS = 40;

export interface Ascent {
  readonly M: BsrMatrix<FP64>;
  /** Of M's factor. */
  readonly symbolic: CholeskySymbolic;
  readonly system: ExtendedFactor;
  readonly placePositions: PlacePositions;
  readonly arenas: ArenaPool;
  readonly maxRank: number;
  readonly isStopped: () => boolean;
}

/** One optimisation. */
export interface Stair {
  readonly rank: number;
  readonly cost: number;
  readonly gradient: number;
  readonly iterations: number;
  /** The least eigenvalue of S there, where it stands against a certificate. */
  readonly eigenvalue?: number;
}

export interface Summit {
  /** Of rank d. */
  readonly point: LiftedPoint;
  readonly bound: LowerBound;
  /** Of the point that the bound is from. */
  readonly boundRank: number;
  readonly stairs: readonly Stair[];
  /** Why it goes no further. */
  readonly stopped: string;
}

/** The Riemannian staircase from X, of rank d, begun at a rank. */
export function climb(ascent: Ascent, X: Float64Array, firstRank: number): Summit {
  const { system, maxRank, isStopped } = ascent;
  const { d } = system.form;
  const stairs: Stair[] = [];
  let best: { readonly point: LiftedPoint; readonly bound: LowerBound; readonly rank: number } | undefined;
  let at = widenPoint(X, d, firstRank);
  for (let r = firstRank; ; r++) {
    const point = optimize(ascent, r, at);
    const bound = lowerBound(system, point, r);
    const proved = point.cost - bound.value <= CERTIFIED * point.cost;
    let direction: Eigenpair | undefined;
    if (!proved && !isStopped()) direction = descentDirection(system, point.cost, bound.eta);
    stairs.push({ rank: r, cost: point.cost, gradient: point.gradient, iterations: point.iterations, ...(direction && { eigenvalue: direction.value }) });
    if (best === undefined || bound.value > best.bound.value) best = { point, bound, rank: r };
    const up = direction && r < maxRank ? descend(ascent, r, point, direction) : undefined;
    if (up !== undefined) {
      at = up;
      continue;
    }
    const stopped = proved ? "the relaxation is not tight" : "the gap";
    if (r === d) return { point, bound: best.bound, boundRank: best.rank, stairs, stopped };
    const rounded = optimize(ascent, d, roundToPoses(d, r, point.X));
    const own = lowerBound(system, rounded, d);
    stairs.push({ rank: d, cost: rounded.cost, gradient: rounded.gradient, iterations: rounded.iterations });
    const [last, boundRank] = own.value >= best.bound.value ? [own, d] : [best.bound, best.rank];
    return { point: rounded, bound: last, boundRank, stairs, stopped };
  }
}

function optimize({ M, symbolic, system, placePositions, arenas, isStopped }: Ascent, r: number, X: Float64Array): LiftedPoint {
  const tangent = new TangentSystem(M, symbolic, r, arenas);
  return minimizeLifted(system.form, r, X, { system: tangent, placePositions, gtol: GRADIENT_TOLERANCE, maxIterations: MOST_ITERATIONS, isStopped });
}

/** A point of rank r + 1 along the direction in which F is lower; undefined where there is none. */
function descend({ system, placePositions }: Ascent, r: number, { X, cost }: LiftedPoint, { value, vector }: Eigenpair): Float64Array | undefined {
  const { form } = system;
  const wide = widenPoint(X, r, r + 1);
  const V = new Float64Array(wide.length);
  const out = new Float64Array(wide.length);
  const G = new Float64Array(wide.length);
  let step = 1 / largestTurn(form.d, vector);
  for (let halving = 0; halving < MOST_HALVINGS; halving++, step /= 2) {
    for (let row = 0; row < vector.length; row++) V[row * (r + 1) + r] = step * vector[row];
    retractLifted(form.d, r + 1, wide, V, out);
    placePositions(out, r + 1);
    if (evaluate(form, out, r + 1, G).cost <= cost + 0.5 * value * step * step) return out;
  }
  return undefined;
}

function largestTurn(d: number, vector: Float64Array): number {
  let largest = 0;
  for (let at = 0, row = 0; at < vector.length; at++, row = row === d ? 0 : row + 1) if (row < d) largest = Math.max(largest, Math.abs(vector[at]));
  return largest;
}
