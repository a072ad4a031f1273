import { type ChordalForm, evaluate } from "./chordal-form.ts";
import type { PlacePositions } from "./position-solver.ts";
import type { TangentSystem } from "./tangent-system.ts";
import { multipliers, projectTangent, retractLifted, subtractMultiplied } from "./stiefel.ts";

export interface TrustRegionOptions {
  /** Preconditions; of this form and r. */
  readonly system: TangentSystem;
  readonly placePositions: PlacePositions;
  /** Ends where |grad F| <= gtol |edges' gradients apart|. */
  readonly gtol: number;
  readonly maxIterations: number;
  /** Between iterations. */
  readonly isStopped?: () => boolean;
}

export interface LiftedPoint {
  readonly X: Float64Array;
  readonly cost: number;
  /** |P M X| / sqrt(sum |M_e X|^2). */
  readonly gradient: number;
  readonly Lambda: Float64Array;
  readonly iterations: number;
  readonly products: number;
}

/** Steps of conjugate gradients in one step. */
const MOST_PRODUCTS = 1000;
const FIRST_FORCING = 0.1;

/**
 * Minimises F over n poses of r-dimensional frames from X by Newton steps, each found by truncated conjugate gradients in a trust region. Preconditioned norms.
 *
 * @param X (d + 1) n x r; its first position must be 0. Not changed.
 * @see Absil, Baker, Gallivan, Trust-region methods on Riemannian manifolds, Found. Comput. Math. 7, 2007; Rosen et al., SE-Sync, IJRR 2019.
 */
export function minimizeLifted(form: ChordalForm, r: number, X: Float64Array, options: TrustRegionOptions): LiftedPoint {
  const { d, n } = form;
  const { gtol, maxIterations, system, placePositions } = options;
  let x = X.slice();
  let next = new Float64Array(x.length);
  let G = new Float64Array(x.length);
  let nextG = new Float64Array(x.length);
  const Lambda = new Float64Array(n * d * d);
  const solver = truncatedNewton(form, r, system);
  placePositions(x, r);
  let at = evaluate(form, x, r, G);
  // A Newton step that lowers F by all of it has this norm.
  let radius = 2 * Math.sqrt(at.cost);
  let products = 0;
  let lastProducts = 0;
  let iterations = 0;
  for (; ; iterations++) {
    multipliers(d, r, x, G, Lambda);
    projectTangent(d, r, x, G);
    const gradient = Math.sqrt(dot(G, G)) / at.apart;
    if (!(gradient > gtol) || iterations === maxIterations || options.isStopped?.()) {
      return { X: x, cost: at.cost, gradient: at.apart > 0 ? gradient : 0, Lambda, iterations, products };
    }
    system.place(x);
    if (iterations === 0 || r > d || lastProducts > system.productsOfFactor) system.factor(Lambda);
    const step = solver(x, G, Lambda, radius, Math.max(Math.min(FIRST_FORCING, gradient), (0.3 * gtol) / gradient));
    products += step.products;
    lastProducts = step.products;
    retractLifted(d, r, x, step.s, next);
    placePositions(next, r);
    const trial = evaluate(form, next, r, nextG);
    // Below the rounding of F its change says nothing: steps are then Newton's, and good.
    const noise = 1e3 * 2 ** -53 * at.cost;
    const gain = (at.cost - trial.cost + noise) / (2 * step.decrease + noise);
    if (process.env.RTR_DEBUG) console.log(r, iterations, at.cost, gradient.toExponential(2), step.products, system.factorizations, radius.toExponential(2), gain.toFixed(3), step.onBoundary);
    if (!(gain >= 0.25)) radius = step.norm / 4;
    else if (gain > 0.75 && step.onBoundary) radius *= 2;
    if (gain > 0.1) {
      [x, next] = [next, x];
      [G, nextG] = [nextG, G];
      at = trial;
    } else {
      evaluate(form, x, r, G);
      if (radius === 0 || step.norm === 0) return { X: x, cost: at.cost, gradient, Lambda, iterations, products };
    }
  }
}

interface Step {
  readonly s: Float64Array;
  /** Of F / 2 by its quadratic model. */
  readonly decrease: number;
  readonly norm: number;
  readonly onBoundary: boolean;
  readonly products: number;
}

/** Steihaug's conjugate gradients for H s = -g in |s|_P <= radius, H the Hessian of F / 2 at x. The step lies in memory that the next one uses. */
function truncatedNewton(
  form: ChordalForm,
  r: number,
  system: TangentSystem,
): (x: Float64Array, g: Float64Array, Lambda: Float64Array, radius: number, forcing: number) => Step {
  const { d, n } = form;
  const size = (d + 1) * n * r;
  const [s, q, z, p, H] = Array.from({ length: 5 }, () => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return (x, g, Lambda, radius, forcing) => {
    s.fill(0);
    q.set(g);
    system.apply(q, z);
    for (let k = 0; k < size; k++) p[k] = -z[k];
    let rho = dot(q, z);
    const target = forcing * forcing * rho;
    let sNorm2 = 0;
    let sp = 0;
    let pNorm2 = rho;
    let decrease = 0;
    let products = 0;
    while (products < MOST_PRODUCTS) {
      evaluate(form, p, r, H);
      subtractMultiplied(d, r, Lambda, p, H);
      projectTangent(d, r, x, H);
      products++;
      const curvature = dot(p, H);
      const alpha = rho / curvature;
      const nextNorm2 = sNorm2 + 2 * alpha * sp + alpha * alpha * pNorm2;
      if (!(curvature > 0) || nextNorm2 >= radius * radius) {
        const tau = (-sp + Math.sqrt(sp * sp + pNorm2 * (radius * radius - sNorm2))) / pNorm2;
        for (let k = 0; k < size; k++) s[k] += tau * p[k];
        decrease += tau * rho - 0.5 * tau * tau * curvature;
        return { s, decrease, norm: radius, onBoundary: true, products };
      }
      for (let k = 0; k < size; k++) s[k] += alpha * p[k];
      for (let k = 0; k < size; k++) q[k] += alpha * H[k];
      decrease += 0.5 * alpha * rho;
      sNorm2 = nextNorm2;
      system.apply(q, z);
      const rhoNext = dot(q, z);
      if (!(rhoNext > target)) break;
      const beta = rhoNext / rho;
      rho = rhoNext;
      for (let k = 0; k < size; k++) p[k] = beta * p[k] - z[k];
      sp = beta * (sp + alpha * pNorm2);
      pNorm2 = rho + beta * beta * pNorm2;
    }
    return { s, decrease, norm: Math.sqrt(sNorm2), onBoundary: false, products };
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
