import { fp64 } from "@slam/float";
import { type ChordalForm, evaluate } from "./chordal-form.ts";
import type { PlacePositions } from "./position-solver.ts";
import { multipliers, projectTangent, retractLifted } from "./stiefel.ts";
import type { TangentSystem } from "./tangent-system.ts";
import { dot, truncatedNewton } from "./truncated-newton.ts";

export interface TrustRegionOptions {
  /** Preconditions; of this form and r. */
  readonly system: TangentSystem;
  readonly placePositions: PlacePositions;
  /** Ends where |P M X| <= gtol sqrt(sum |M_e X|^2). */
  readonly gtol: number;
  readonly maxIterations: number;
  /** Asked between iterations. */
  readonly isStopped: () => boolean;
}

export interface LiftedPoint {
  /** (d + 1) n x r */
  readonly X: Float64Array;
  /** F(X) */
  readonly cost: number;
  /** |P M X| / sqrt(sum |M_e X|^2), P the projection to the tangent space, M_e the edges' parts of M. */
  readonly gradient: number;
  /** Lambda_k = sym((MX)_k Y_k): n x d x d. */
  readonly Lambda: Float64Array;
  readonly iterations: number;
}

/** Newton's equations are solved to this first, then to as much as the gradient has fallen: convergence is quadratic. */
const FIRST_FORCING = 0.1;
/** Of the gradient asked for, what a last step aims at. */
const LAST_FORCING = 0.3;
/** A step is taken where F falls by this much of what its model says, and the radius changes outside these bounds. */
const TAKEN = 0.1;
const POOR = 0.25;
const GOOD = 0.75;
/** Times u F: what F's differences may be by rounding. Within it a step counts as good: it is Newton's, from where the model holds. */
const COST_NOISE = 1000;

/**
 * Minimises F over points of rank r from X: Newton steps by truncated conjugate gradients in a trust region, each followed by the retraction and the positions that the new
 * rotations want, so that steps are those of F with the positions eliminated.
 *
 * @param X not changed; its first position must be 0. The first pose's rows stay.
 * @see Absil, Baker, Gallivan, Trust-region methods on Riemannian manifolds, Found. Comput. Math. 7, 2007; Rosen et al., SE-Sync, IJRR 2019.
 */
export function minimizeLifted(form: ChordalForm, r: number, X: Float64Array, options: TrustRegionOptions): LiftedPoint {
  const { d, n } = form;
  const { gtol, maxIterations, system, placePositions, isStopped } = options;
  let x: Float64Array = X.slice();
  let next: Float64Array = new Float64Array(x.length);
  const G = new Float64Array(x.length);
  const Lambda = new Float64Array(n * d * d);
  const solve = truncatedNewton(form, r, system);
  placePositions(x, r);
  let at = evaluate(form, x, r, G);
  // In the preconditioner's norm: that of a Newton step which lowers F by all of it.
  let radius = 2 * Math.sqrt(at.cost);
  let products = 0;
  for (let iterations = 0; ; iterations++) {
    multipliers(d, r, x, G, Lambda);
    projectTangent(d, r, x, G);
    const gradient = at.apart > 0 ? Math.sqrt(dot(G, G)) / at.apart : 0;
    const isAtEnd = !(gradient > gtol) || !(radius > 0) || iterations === maxIterations || isStopped();
    if (isAtEnd) return { X: x, cost: at.cost, gradient, Lambda, iterations };
    system.place(x);
    if (iterations === 0 || r > d || products > system.productsOfFactor) system.factor(Lambda);
    const forcing = Math.max(Math.min(FIRST_FORCING, gradient), (LAST_FORCING * gtol) / gradient);
    const step = solve(x, G, Lambda, radius, forcing);
    products = step.products;
    retractLifted(d, r, x, step.s, next);
    placePositions(next, r);
    const trial = evaluate(form, next, r, G);
    const noise = COST_NOISE * fp64.unitRoundoff * at.cost;
    const gain = (at.cost - trial.cost + noise) / (2 * step.decrease + noise);
    if (!(gain >= POOR)) radius = step.norm / 4;
    else if (gain > GOOD && step.onBoundary) radius *= 2;
    if (gain > TAKEN) {
      [x, next] = [next, x];
      at = trial;
    } else evaluate(form, x, r, G);
  }
}
