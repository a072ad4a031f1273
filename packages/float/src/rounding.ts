import { twoSum } from "./exact.ts";

const f64 = new Float64Array(1);
const u32 = new Uint32Array(f64.buffer);
// Typed arrays have the machine's byte order: HI is where the sign and the exponent are.
f64[0] = 1;
const HI = u32[1] === 0x3ff00000 ? 1 : 0;
const LO = 1 - HI;

/** floor(log2 |x|) of a normal fp64 number, + 1023. */
export function biasedExponent(x: number): number {
  f64[0] = x;
  return (u32[HI]! >>> 20) & 0x7ff;
}

/**
 * x rounded to `bits` significand bits, to nearest, ties to even; below 2^(minExponent - 1023) to multiples of that format's least subnormal.
 * `minExponent` is biased by 1023. Needs |x| < 2^970.
 */
export function roundToBits(x: number, bits: number, minExponent: number): number {
  f64[0] = x;
  const exponent = Math.max((u32[HI]! >>> 20) & 0x7ff, minExponent);
  // Adding c = 1.5 2^(e + 53 - bits) leaves no bit below the quantum 2^(e + 1 - bits): fp64's own rounding does the work.
  u32[LO] = 0;
  u32[HI] = ((exponent + 53 - bits) << 20) | 0x80000;
  const c = f64[0]!;
  const rounded = x + c - c;
  return rounded === 0 ? x * 0 : rounded;
}

/** The high word of x: sign, exponent and the first 20 fraction bits. */
export function highWord(x: number): number {
  f64[0] = x;
  return u32[HI]!;
}

/**
 * a b + c rounded to odd in fp64, for a, b of at most 26 bits: rounding the result again to at most 51 bits rounds a b + c once.
 * Boldo and Melquiond, Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd, 2008.
 */
export function fmaToOdd(a: number, b: number, c: number): number {
  const [s, e] = twoSum(a * b, c);
  if (e === 0 || !Number.isFinite(s)) return s;
  f64[0] = s;
  if ((u32[LO]! & 1) === 1) return s;
  // s is even and inexact: its odd neighbour on the side of the error is the truncation with the sticky bit set.
  return neighbour(s, e > 0);
}

/** The next fp64 number above (or below) a finite, non-zero s. */
function neighbour(s: number, up: boolean): number {
  f64[0] = s;
  const away = s > 0 === up;
  const lo = u32[LO]! + (away ? 1 : -1);
  u32[LO] = lo;
  if (lo > 0xffffffff) u32[HI] = u32[HI]! + 1;
  else if (lo < 0) u32[HI] = u32[HI]! - 1;
  return f64[0]!;
}
