import type { AnyPrecision } from "./precision.ts";
import { biasedExponent, neighbour, powerOfTwo } from "./rounding.ts";

/**
 * The distance from |x| to the next larger number of P: 2^(floor(log2 |x|) + 1 - p), at least P.minSubnormal.
 * x need not be a number of P; infinite where |x| is.
 */
export function ulp(P: AnyPrecision, x: number): number {
  if (!Number.isFinite(x)) return Math.abs(x);
  if (Math.abs(x) < P.minNormal) return P.minSubnormal;
  // 2^(e + 1 - p) = 2u 2^e
  return 2 * P.unitRoundoff * powerOfTwo(biasedExponent(x) - 1023);
}

/**
 * The least number of P above x, a number of P. Above P.maxFinite it is what overflows becomes: infinity, NaN without infinities,
 * P.maxFinite itself where the format saturates.
 */
export function nextUp(P: AnyPrecision, x: number): number {
  if (x === -Infinity) return -P.maxFinite;
  if (x >= P.maxFinite) return P.round(Infinity);
  if (x >= 0) return x + ulp(P, x);
  // Toward zero the spacing is that of the numbers just below |x|: half as wide under a power of two.
  return -(-x - ulp(P, neighbour(x, -1)));
}

/** The greatest number of P below x, a number of P: -nextUp(P, -x). */
export function nextDown(P: AnyPrecision, x: number): number {
  return -nextUp(P, -x);
}

/**
 * How many steps of `nextUp` lead from the lesser of a and b to the greater, both numbers of P; -0 and 0 are one number, infinity follows
 * P.maxFinite. Exact up to 2^53.
 */
export function ulpDistance(P: AnyPrecision, a: number, b: number): number {
  const [upperA, lowerA] = position(P, a);
  const [upperB, lowerB] = position(P, b);
  return Math.abs((upperA - upperB) * 2 ** (P.significandBits - 1) + (lowerA - lowerB));
}

/** x is number upper 2^(p-1) + lower of P, counted from 0, negative below it: exponent and fraction of its code. */
function position(P: AnyPrecision, x: number): readonly [upper: number, lower: number] {
  if (Number.isNaN(x)) return [NaN, NaN];
  const magnitude = Math.abs(x);
  const sign = x < 0 ? -1 : 1;
  if (magnitude < P.minNormal) return [0, (sign * magnitude) / P.minSubnormal];
  const leastExponent = biasedExponent(P.minNormal);
  if (magnitude > P.maxFinite) return [sign * (biasedExponent(P.maxFinite) - leastExponent + 2), 0];
  const upper = biasedExponent(magnitude) - leastExponent + 1;
  return [sign * upper, sign * (magnitude / ulp(P, magnitude) - 2 ** (P.significandBits - 1))];
}
