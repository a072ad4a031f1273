import { biasedExponent } from "./rounding.ts";

/** floor(log2 |x|), exactly, for a finite x that is not zero. */
export function exponentOf(x: number): number {
  const biased = biasedExponent(x);
  return biased === 0 ? biasedExponent(x * 2 ** 60) - 1083 : biased - 1023;
}

/** 2^floor(log2 |x|); 1 for 0 and for what is not finite: the scale that brings x into [1, 2) without costing a bit. */
export function powerOfTwoBelow(x: number): number {
  return x === 0 || !Number.isFinite(x) ? 1 : 2 ** exponentOf(x);
}
