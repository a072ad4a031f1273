import {
  floorLog2,
  isLess,
  magnitude,
  minus,
  nearestEven,
  over,
  plus,
  power,
  type Rational,
  rational,
  sqrtSticky,
  times,
  toNumber,
} from "./rational.ts";

/** A binary format by its definition: nothing of it is taken from a `Precision`. */
export interface Widths {
  readonly exponentBits: number;
  readonly significandBits: number;
  readonly infinities: boolean;
  readonly saturate: boolean;
}

export const BINARY64: Widths = { exponentBits: 11, significandBits: 53, infinities: true, saturate: false };
export const BINARY32: Widths = { exponentBits: 8, significandBits: 24, infinities: true, saturate: false };
export const BINARY16: Widths = { exponentBits: 5, significandBits: 11, infinities: true, saturate: false };
export const BFLOAT16: Widths = { exponentBits: 8, significandBits: 8, infinities: true, saturate: false };
export const OCP_E4M3: Widths = { exponentBits: 4, significandBits: 4, infinities: false, saturate: false };
export const OCP_E5M2: Widths = { exponentBits: 5, significandBits: 3, infinities: true, saturate: false };

function bias(w: Widths): number {
  return 2 ** (w.exponentBits - 1) - 1;
}

/** The value of a code; NaN and infinities as numbers. */
export function decodeExactly(w: Widths, code: number): Rational | number {
  const p = w.significandBits;
  const fraction = code % 2 ** (p - 1);
  const exponent = Math.floor(code / 2 ** (p - 1)) % 2 ** w.exponentBits;
  const negative = code >= 2 ** (w.exponentBits + p - 1);
  const ones = 2 ** w.exponentBits - 1;
  if (exponent === ones && w.infinities) return fraction !== 0 ? NaN : negative ? -Infinity : Infinity;
  if (exponent === ones && fraction === 2 ** (p - 1) - 1) return NaN;
  const hidden = exponent === 0 ? 0 : 2 ** (p - 1);
  const value = times({ n: BigInt(hidden + fraction), d: 1n }, power(Math.max(exponent, 1) - bias(w) - (p - 1)));
  return negative ? minus({ n: 0n, d: 1n }, value) : value;
}

/** The largest finite value. */
export function largest(w: Widths): Rational {
  const p = w.significandBits;
  const m = (1n << BigInt(p)) - (w.infinities ? 1n : 2n);
  return times({ n: m, d: 1n }, power((w.infinities ? bias(w) : bias(w) + 1) + 1 - p));
}

/** An exact value, not zero, rounded to the format as if its exponents had no end, then cut off above the largest. */
export function roundExactly(w: Widths, value: Rational): number {
  const sign = value.n < 0n ? -1 : 1;
  const exponent = Math.max(floorLog2(magnitude(value)), 1 - bias(w));
  const quantum = power(exponent + 1 - w.significandBits);
  const rounded = times({ n: nearestEven(over(magnitude(value), quantum)), d: 1n }, quantum);
  if (!isLess(largest(w), rounded)) return sign * toNumber(rounded);
  return sign * (w.saturate ? toNumber(largest(w)) : w.infinities ? Infinity : NaN);
}

/** The operations, for finite operands; where the exact result is 0 the sign is IEEE 754's, which fp64 shows. */
export function exactOperations(w: Widths): {
  readonly round: (x: number) => number;
  readonly add: (a: number, b: number) => number;
  readonly sub: (a: number, b: number) => number;
  readonly mul: (a: number, b: number) => number;
  readonly div: (a: number, b: number) => number;
  readonly sqrt: (a: number) => number;
  readonly fma: (a: number, b: number, c: number) => number;
} {
  const q = rational;
  const rounded = (value: Rational, ofZero: number): number => (value.n === 0n ? ofZero : roundExactly(w, value));
  return {
    round: (x) => rounded(q(x), x),
    add: (a, b) => rounded(plus(q(a), q(b)), a + b),
    sub: (a, b) => rounded(minus(q(a), q(b)), a - b),
    mul: (a, b) => rounded(times(q(a), q(b)), a * b),
    div: (a, b) => rounded(over(q(a), q(b)), a / b),
    sqrt: (a) => rounded(sqrtSticky(q(a)), a),
    fma: (a, b, c) => rounded(plus(times(q(a), q(b)), q(c)), zeroOfFma(a, b, c)),
  };
}

/** The zero of an exact a b + c = 0: signs count only where both terms are zeros. */
function zeroOfFma(a: number, b: number, c: number): number {
  return a === 0 || b === 0 ? a * b + c : 0;
}
