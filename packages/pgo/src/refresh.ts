import type { AnyPrecision } from "@slam/float";
import type { CholeskySymbolic } from "@slam/ichol";

/** When the preconditioner is factorised anew: once per problem, as published; when it has gone stale; or for each linearisation. */
export type Refresh = "static" | "adaptive" | "always";

/**
 * Decides by counted work when a factor has gone stale: once the iterations that a fresh factor would have spared cost as much as making one.
 * Costs are in bytes moved: `factorizationCost`, `iterationCost`.
 *
 * Renting until the rent equals the price costs at most twice the best plan made in hindsight (Karlin, Manasse, Rudolph and Sleator,
 * Competitive snoopy caching, Algorithmica 3, 1988).
 */
export class StalenessMeter {
  #freshIterations: number | undefined;
  #spent = 0;

  /** After a factorisation. */
  reset(): void {
    this.#freshIterations = undefined;
    this.#spent = 0;
  }

  /** After a solve of so many iterations. */
  record(iterations: number, iterationCost: number): void {
    this.#freshIterations ??= iterations;
    this.#spent += Math.max(0, iterations - this.#freshIterations) * iterationCost;
  }

  /** How many iterations the next solve may take before a new factor would have been as cheap. */
  patience(factorizationCost: number, iterationCost: number): number {
    return Math.ceil(Math.max(0, factorizationCost - this.#spent) / iterationCost) + (this.#freshIterations ?? 0);
  }

  isStale(factorizationCost: number): boolean {
    return this.#spent >= factorizationCost;
  }
}

/** Of a factorisation, a flop in fp32 lasts as long as this many bytes of a product or a triangular solve; as measured on the engine. */
const BYTES_PER_FLOP = 1 / 4;
/** Bytes for each scalar of L: scattered to, packed for either direction, encoded. */
const BYTES_PER_SCALAR = 16;

/** The cost of a factorisation in an arithmetic, and of preparing its factor for use. */
export function factorizationCost({ flops, nonzeros }: CholeskySymbolic, arithmetic: AnyPrecision): number {
  return flops * BYTES_PER_FLOP * (arithmetic.Storage.BYTES_PER_ELEMENT / 4) + nonzeros * BYTES_PER_SCALAR;
}

/** The cost of one iteration of CG: a factor applied, and two products with a Jacobian of so many scalars. A scalar costs no less than in fp16. */
export function iterationCost(symbolic: CholeskySymbolic, factor: AnyPrecision, jacobianScalars: number, jacobian: AnyPrecision): number {
  const solve = symbolic.nonzeros * Math.max(4, 2 * factor.Storage.BYTES_PER_ELEMENT);
  const products = jacobianScalars * Math.max(4, 2 * jacobian.Storage.BYTES_PER_ELEMENT);
  return solve + products;
}
