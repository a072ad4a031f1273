import { errorOfSum } from "./exact.ts";
import { integerAndExponent, nearestInteger } from "./rounding.ts";

/** x - n pi/2 = hi + lo in about 106 bits, |hi| <= pi/4 (and a little). */
export interface Reduced {
  /** n mod 4: 0 ... 3. */
  readonly quadrant: number;
  readonly hi: number;
  readonly lo: number;
}

/** Below it n has at most 20 bits, and its products with the 33-bit parts of pi/2 are exact. */
const COMMON = 2 ** 20;

const TWO_OVER_PI = 0.6366197723675814;
// pi/2 = P1 + P2 + P3 + P4 to 152 bits; P1, P2, P3 have 33 bits each.
const P1 = 1.5707963267341256;
const P2 = 6.077100506303966e-11;
const P3 = 2.0222662487111665e-21;
const P4 = 8.4784276603689e-32;

/** The numbers of the reduction below `common`, for kernels with its bits. */
export const HALF_PI: {
  readonly common: number;
  readonly twoOverPi: number;
  /** pi/2 as a sum. */
  readonly parts: readonly [number, number, number, number];
} = { common: COMMON, twoOverPi: TWO_OVER_PI, parts: [P1, P2, P3, P4] };

/** x modulo pi/2, for finite x. Cody and Waite, Software Manual for the Elementary Functions, 1980, in four parts. */
export function reduceHalfPi(x: number): Reduced {
  if (Math.abs(x) >= COMMON) return reduceLarge(x);
  const n = nearestInteger(x * TWO_OVER_PI);
  const r1 = x - n * P1;
  const r2 = r1 - n * P2;
  const r3 = r2 - n * P3;
  const rest = errorOfSum(r1, -(n * P2), r2) + (errorOfSum(r2, -(n * P3), r3) - n * P4);
  const hi = r3 + rest;
  return { quadrant: n & 3, hi, lo: rest - (hi - r3) };
}

/** floor(2^1216 2/pi): times a 53-bit m and 2^971, the largest power, 192 bits behind the point are left. */
const TWO_OVER_PI_BITS = 1216;
const TWO_OVER_PI_INTEGER = BigInt(
  "0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb" +
    "1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a" +
    "6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6bab",
);
/** floor(2^192 pi/2). */
const HALF_PI_INTEGER = 0x1921fb54442d18469898cc51701b839a252049c1114cf98e8n;

/**
 * The same in integers, where pi/2 is needed to as many bits as x has in front of its last place.
 * Payne and Hanek, Radian reduction for trigonometric functions, 1983: only the product modulo 4 matters.
 */
function reduceLarge(x: number): Reduced {
  const [m, e] = integerAndExponent(x);
  const scale = BigInt(TWO_OVER_PI_BITS - e);
  const turns = BigInt.asUintN(Number(scale) + 2, m * TWO_OVER_PI_INTEGER);
  const n = (turns + (1n << (scale - 1n))) >> scale;
  // No double comes closer to a multiple of pi/2 than 2^-62 of it: 192 bits leave 130 good ones.
  const fraction = (turns - (n << scale)) >> (scale - 192n);
  const r = (fraction * HALF_PI_INTEGER) >> 192n;
  const hi = Number(r);
  return { quadrant: Number(n & 3n), hi: hi * 2 ** -192, lo: Number(r - BigInt(hi)) * 2 ** -192 };
}
