import { fp64 } from "@slam/float";
import { isFactor } from "@slam/ichol";
import { type Eigenpair, smallestEigenpair } from "./descent-direction.ts";
import { eigenvalueProver } from "./eigenvalue-bound.ts";
import type { ExtendedFactor } from "./extended-factor.ts";
import type { LiftedPoint } from "./trust-region.ts";

/** What is called certified: F - F* <= this F. */
export const CERTIFIED = 1e-5;
/** Shares of the gap allowed that are tried first: a tight bound, then one that just does. */
const SHARES = [0.01, 0.9];
const GROWTH = 4;
/** Where a direction of descent is looked for, its eigenvalue to a hundredth. */
const DIRECTION_TOLERANCE = 0.01;

/** F* >= value, proved by S >= -eta I at the multipliers of a point. */
export interface LowerBound {
  readonly value: number;
  /** Infinity where no eta gives more than F* >= 0. */
  readonly eta: number;
}

/**
 * The best lower bound that the point's multipliers are found to give: F* >= sum tr Lambda_k - d n eta for every eta with S >= -eta I, for all ranks alike.
 * From a stationary point sum tr Lambda_k is F.
 *
 * @see Boumal, Voroninski, Bandeira, The non-convex Burer-Monteiro approach works on smooth semidefinite programs, NIPS 2016.
 */
export function lowerBound(system: ExtendedFactor, { X, Lambda, cost }: LiftedPoint, r: number): LowerBound {
  const { d, n } = system.form;
  system.place(X, r, Lambda);
  const { sum, noise } = traceOf(d, Lambda);
  const proves = eigenvalueProver(system);
  for (const eta of candidates(cost / (d * n))) {
    if (proves(eta)) return { value: sum - noise - d * n * eta, eta };
  }
  return { value: 0, eta: Number.POSITIVE_INFINITY };
}

/** From what certifies up to where the bound is none. @param trivial F / (d n). */
function candidates(trivial: number): number[] {
  const etas = SHARES.map((share) => share * CERTIFIED * trivial);
  for (let eta = GROWTH * CERTIFIED * trivial; eta < trivial; eta *= GROWTH) etas.push(eta);
  return trivial > 0 ? etas : [];
}

/** sum tr Lambda_k, and what rounding may have made of it. */
function traceOf(d: number, Lambda: Float64Array): { readonly sum: number; readonly noise: number } {
  let sum = 0;
  let magnitude = 0;
  for (let at = 0; at < Lambda.length; at += d * d) {
    for (let l = 0; l < d; l++) {
      sum += Lambda[at + l * (d + 1)];
      magnitude += Math.abs(Lambda[at + l * (d + 1)]);
    }
  }
  return { sum, noise: Lambda.length * fp64.unitRoundoff * magnitude };
}

/**
 * After `lowerBound`: the direction of least curvature of S, where it is negative enough to stand against a certificate.
 *
 * @param eta at which S + eta I was proved positive definite; Infinity where none was.
 */
export function descentDirection(system: ExtendedFactor, cost: number, eta: number): Eigenpair | undefined {
  const { d, n } = system.form;
  const trivial = cost / (d * n);
  let shift = Math.min(eta, trivial);
  while (shift < Number.POSITIVE_INFINITY && !isFactor(system.factor({ shift }))) shift *= GROWTH;
  const found = smallestEigenpair(system, shift, DIRECTION_TOLERANCE);
  return found !== undefined && found.value < -SHARES[0] * CERTIFIED * trivial ? found : undefined;
}
