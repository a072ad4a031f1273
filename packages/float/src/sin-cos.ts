import { reduceHalfPi } from "./reduce-half-pi.ts";

/** Below it, sin x rounds to x. */
const TINY = 2 ** -27;

/** sin x, x in radians, within 1 ulp of the exact value for every finite x; NaN for others. The same bits in every engine. */
export function sin(x: number): number {
  return Math.abs(x) < TINY ? x : sinOfQuarterTurns(x, 0);
}

/** cos x, x in radians, within 1 ulp of the exact value for every finite x; NaN for others. The same bits in every engine. */
export function cos(x: number): number {
  return sinOfQuarterTurns(x, 1);
}

/** out <- [cos x, sin x] at o, with the bits of `cos` and `sin`, in little more time than one of them takes. */
export function writeCosSin(x: number, out: Float64Array, o: number): void {
  if (!Number.isFinite(x)) {
    out[o] = NaN;
    out[o + 1] = NaN;
    return;
  }
  const { quadrant, hi, lo } = reduceHalfPi(x);
  const c = cosNearZero(hi, lo);
  const s = sinNearZero(hi, lo);
  out[o] = turned(quadrant + 1, c, s);
  out[o + 1] = Math.abs(x) < TINY ? x : turned(quadrant, c, s);
}

/** sin(x + turns pi/2). */
function sinOfQuarterTurns(x: number, turns: number): number {
  if (!Number.isFinite(x)) return NaN;
  const { quadrant, hi, lo } = reduceHalfPi(x);
  const quarter = quadrant + turns;
  const value = (quarter & 1) === 0 ? sinNearZero(hi, lo) : cosNearZero(hi, lo);
  return (quarter & 2) === 0 ? value : -value;
}

/** sin(r + quarters pi/2) from c = cos r and s = sin r. */
function turned(quarters: number, c: number, s: number): number {
  const value = (quarters & 1) === 0 ? s : c;
  return (quarters & 2) === 0 ? value : -value;
}

// Both polynomials: minimax on |r| <= pi/4 by Remez' exchange, coefficients rounded to fp64; relative errors 2^-57 and 2^-59.

const S0 = -0.16666666666666666;
const S1 = 0.008333333333333323;
const S2 = -0.00019841269841254793;
const S3 = 2.7557319214060733e-6;
const S4 = -2.505210488076654e-8;
const S5 = 1.6058363024892276e-10;
const S6 = -7.578533262461945e-13;

/** sin(r + t), |r| <= pi/4, |t| <= ulp(r): r + r^3 S(r^2) + t cos r. */
function sinNearZero(r: number, t: number): number {
  const z = r * r;
  const s = S0 + z * (S1 + z * (S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)))));
  return r + (r * z * s + t * (1 - z / 2));
}

const C0 = 0.041666666666666595;
const C1 = -0.001388888888887305;
const C2 = 2.4801587288846527e-5;
const C3 = -2.7557314177764463e-7;
const C4 = 2.087570062880713e-9;
const C5 = -1.1358525236798387e-11;

/** cos(r + t), |r| <= pi/4, |t| <= ulp(r): 1 - r^2 / 2 + r^4 C(r^2) - t r, where 1 - r^2 / 2 keeps what it rounds off. */
function cosNearZero(r: number, t: number): number {
  const z = r * r;
  const c = C0 + z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * C5))));
  const half = z / 2;
  const w = 1 - half;
  return w + (1 - w - half + (z * z * c - r * t));
}

/** The numbers in `sin` and `cos`, for kernels with their bits. */
export const SIN_COS: {
  /** Below it, sin x rounds to x. */
  readonly tiny: number;
  /** S and C by ascending powers. */
  readonly sin: readonly number[];
  readonly cos: readonly number[];
} = { tiny: TINY, sin: [S0, S1, S2, S3, S4, S5, S6], cos: [C0, C1, C2, C3, C4, C5] };
