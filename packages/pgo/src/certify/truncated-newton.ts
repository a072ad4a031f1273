import { type ChordalForm, evaluate } from "./chordal-form.ts";
import { projectTangent, subtractMultiplied } from "./stiefel.ts";
import type { TangentSystem } from "./tangent-system.ts";

interface NewtonStep {
  /** Tangent; in memory that the next step uses. */
  readonly s: Float64Array;
  /** Of F / 2 by its quadratic model. */
  readonly decrease: number;
  /** |s| in the preconditioner's norm. */
  readonly norm: number;
  readonly onBoundary: boolean;
  /** With the Hessian. */
  readonly products: number;
}

/** @param g P M x; `forcing` is relative to it, in the norm of the preconditioner's inverse. */
export type SolveNewton = (x: Float64Array, g: Float64Array, Lambda: Float64Array, radius: number, forcing: number) => NewtonStep;

const MOST_PRODUCTS = 1000;

/**
 * Conjugate gradients for H s = -g, H V = P(M V - Lambda V) the Hessian of F / 2 at x, up to the boundary of the trust region where they reach it or meet negative
 * curvature.
 *
 * @see Steihaug, The conjugate gradient method and trust regions in large scale optimization, SIAM J. Numer. Anal. 20, 1983.
 */
export function truncatedNewton(form: ChordalForm, r: number, system: TangentSystem): SolveNewton {
  const { d, n } = form;
  const size = (d + 1) * n * r;
  const s = new Float64Array(size);
  const q = new Float64Array(size);
  const z = new Float64Array(size);
  const p = new Float64Array(size);
  const Hp = new Float64Array(size);
  return (x, g, Lambda, radius, forcing) => {
    s.fill(0);
    q.set(g);
    system.apply(q, z);
    for (let k = 0; k < size; k++) p[k] = -z[k];
    let rho = dot(q, z);
    const target = forcing * forcing * rho;
    // In the preconditioner's norm: |s|^2, s'p and |p|^2.
    let ss = 0;
    let sp = 0;
    let pp = rho;
    let decrease = 0;
    for (let products = 1; ; products++) {
      evaluate(form, p, r, Hp);
      subtractMultiplied(d, r, Lambda, p, Hp);
      projectTangent(d, r, x, Hp);
      const curvature = dot(p, Hp);
      const alpha = rho / curvature;
      const after = ss + 2 * alpha * sp + alpha * alpha * pp;
      if (!(curvature > 0) || !(after < radius * radius)) {
        const tau = (Math.sqrt(sp * sp + pp * (radius * radius - ss)) - sp) / pp;
        if (!(tau > 0)) return { s, decrease, norm: Math.sqrt(ss), onBoundary: true, products };
        for (let k = 0; k < size; k++) s[k] += tau * p[k];
        return { s, decrease: decrease + tau * rho - 0.5 * tau * tau * curvature, norm: radius, onBoundary: true, products };
      }
      for (let k = 0; k < size; k++) s[k] += alpha * p[k];
      for (let k = 0; k < size; k++) q[k] += alpha * Hp[k];
      decrease += 0.5 * alpha * rho;
      ss = after;
      system.apply(q, z);
      const next = dot(q, z);
      if (!(next > target) || products === MOST_PRODUCTS) return { s, decrease, norm: Math.sqrt(ss), onBoundary: false, products };
      const beta = next / rho;
      rho = next;
      for (let k = 0; k < size; k++) p[k] = beta * p[k] - z[k];
      sp = beta * (sp + alpha * pp);
      pp = rho + beta * beta * pp;
    }
  };
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
