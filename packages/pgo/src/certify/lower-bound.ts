import { fp64 } from "@slam/float";
import { isFactor } from "@slam/ichol";
import { eigenvalueProver } from "./eigenvalue-bound.ts";
import type { ExtendedFactor } from "./extended-factor.ts";
import { type Eigenpairs, smallestEigenpairs } from "./smallest-eigenpairs.ts";
import type { LiftedPoint } from "./trust-region.ts";

/** Certified is what has F - F* <= this F. */
export const CERTIFIED = 1e-5;
/** Shares of that gap which are tried first: tight bounds, then one that will just do, Lambda's trace and F differing by a few roundings. */
const SHARES = [0.01, 0.1, 0.9] as const;
const GROWTH = 4;
/** Where directions of descent are looked for, the least eigenvalue to a hundredth. */
const DIRECTION_TOLERANCE = 0.01;

/** F* >= value, proved by S >= -eta I at the multipliers of a point. */
export interface LowerBound {
  readonly value: number;
  /** Infinity where no eta gives more than F* >= 0. */
  readonly eta: number;
}

/**
 * The best lower bound found with the multipliers of a point of rank r: F* >= sum tr Lambda_k - d n eta for every eta with S >= -eta I, at whatever point and rank. At a
 * stationary one sum tr Lambda_k is F.
 *
 * @param system is placed at the point.
 * @see Boumal, Voroninski, Bandeira, Deterministic guarantees for Burer-Monteiro factorizations of smooth semidefinite programs, Comm. Pure Appl. Math. 73, 2020.
 */
export function lowerBound(system: ExtendedFactor, { X, Lambda, cost }: LiftedPoint, r: number): LowerBound {
  const { d, n } = system.form;
  system.place(X, r, Lambda);
  const { trace, noise } = traceOf(d, Lambda);
  const proves = eigenvalueProver(system);
  for (const eta of candidates(cost / (d * n))) if (proves(eta)) return { value: trace - noise - d * n * eta, eta };
  return { value: 0, eta: Number.POSITIVE_INFINITY };
}

/** From what certifies up to where the bound is none. @param trivial F / (d n). */
function candidates(trivial: number): number[] {
  const etas: number[] = SHARES.map((share) => share * CERTIFIED * trivial);
  for (let eta = GROWTH * CERTIFIED * trivial; eta < trivial; eta *= GROWTH) etas.push(eta);
  return trivial > 0 ? etas : [];
}

/** sum tr Lambda_k, and what rounding may have made of the sum. */
function traceOf(d: number, Lambda: Float64Array): { readonly trace: number; readonly noise: number } {
  let trace = 0;
  let magnitude = 0;
  for (let at = 0; at < Lambda.length; at += d * d) {
    for (let l = 0; l < d; l++) {
      trace += Lambda[at + l * (d + 1)];
      magnitude += Math.abs(Lambda[at + l * (d + 1)]);
    }
  }
  return { trace, noise: Lambda.length * fp64.unitRoundoff * magnitude };
}

/**
 * After `lowerBound`: directions of least curvature of S, where the least is negative enough to stand against a certificate.
 *
 * @param cost of the point at which `system` is placed.
 * @param eta at which S + eta I was proved positive definite; Infinity where none was.
 */
export function descentDirections(system: ExtendedFactor, cost: number, eta: number): Eigenpairs | undefined {
  const { d, n } = system.form;
  const trivial = cost / (d * n);
  let shift = Math.min(eta, trivial);
  while (shift > 0 && shift < Number.POSITIVE_INFINITY && !isFactor(system.factor({ shift }))) shift *= GROWTH;
  const found = smallestEigenpairs(system, shift, DIRECTION_TOLERANCE);
  return found !== undefined && found.values[0] < -SHARES[0] * CERTIFIED * trivial ? found : undefined;
}
