import type { AnyPrecision } from "./precision.ts";

/** c n u: the rounding error that a sum of n terms may show in P. */
export function tolerance(P: AnyPrecision, n: number, c = 4): number {
  return c * n * P.unitRoundoff;
}
