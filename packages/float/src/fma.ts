import { errorOfProduct, errorOfSum } from "./exact.ts";
import { integerAndExponent, powerOfTwo, toOdd } from "./rounding.ts";

/**
 * a b + c rounded to odd in fp64, for a, b of at most 26 bits whose product does not underflow: rounding the result again, to at most
 * 51 bits, rounds a b + c once.
 * Boldo and Melquiond, Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd, 2008.
 */
export function fmaToOdd(a: number, b: number, c: number): number {
  const product = a * b;
  const s = product + c;
  const e = errorOfSum(product, c, s);
  // Where s is not finite, e is NaN.
  return e > 0 || e < 0 ? toOdd(s, e) : s;
}

const LEAST_PRODUCT = 2 ** -960;
const LARGEST = 2 ** 1020;
const LARGEST_FACTOR = 2 ** 995;

/** a b + c rounded once to fp64, whatever a, b and c. Boldo and Melquiond 2008, figure 5, where no step can under- or overflow. */
export function fma64(a: number, b: number, c: number): number {
  const uh = a * b;
  const product = Math.abs(uh);
  const factor = Math.max(Math.abs(a), Math.abs(b));
  if (product > LEAST_PRODUCT && product < LARGEST && factor < LARGEST_FACTOR && Math.abs(c) < LARGEST) {
    const ul = errorOfProduct(a, b, uh);
    const th = c + ul;
    const vh = uh + th;
    return vh + fmaToOdd(1, errorOfSum(c, ul, th), errorOfSum(uh, th, vh));
  }
  if (a === 0 || b === 0 || !Number.isFinite(factor)) return uh + c;
  if (!Number.isFinite(c)) return c;
  return c === 0 ? uh : fmaOfIntegers(a, b, c);
}

/** The same in integers, for finite numbers at the ends of the range: a b + c = n 2^e exactly, then one rounding. */
function fmaOfIntegers(a: number, b: number, c: number): number {
  const [ma, ea] = integerAndExponent(a);
  const [mb, eb] = integerAndExponent(b);
  const [mc, ec] = integerAndExponent(c);
  const e = Math.min(ea + eb, ec);
  const n = ((ma * mb) << BigInt(ea + eb - e)) + (mc << BigInt(ec - e));
  const magnitude = n < 0n ? -n : n;
  const dropped = Math.max(magnitude.toString(2).length - 53, -1074 - e, 0);
  const kept = Number(shiftToEven(magnitude, BigInt(dropped)));
  // In two steps, because 2^q itself may be out of range; neither step rounds.
  const q = e + dropped;
  const half = q >> 1;
  const result = kept * powerOfTwo(half) * powerOfTwo(q - half);
  return n < 0n ? -result : result;
}

/** n / 2^shift to the nearest integer, ties to even. */
function shiftToEven(n: bigint, shift: bigint): bigint {
  if (shift === 0n) return n;
  const floor = n >> shift;
  const twiceRest = (n - (floor << shift)) * 2n;
  const unit = 1n << shift;
  return twiceRest > unit || (twiceRest === unit && (floor & 1n) === 1n) ? floor + 1n : floor;
}
