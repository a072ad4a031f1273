import { errorOfProduct, errorOfSum } from "./exact.ts";

/** pi - Math.PI. */
const PI_LO = 1.2246467991473532e-16;
const ATAN_HALF = 0.4636476090008061;
const ATAN_HALF_LO = 2.2698777452961687e-17;

// Minimax by Remez' exchange, relative error 2^-59.
const A0 = -0.33333333333333326;
const A1 = 0.1999999999999647;
const A2 = -0.1428571428483459;
const A3 = 0.11111111003548348;
const A4 = -0.09090901639999151;
const A5 = 0.07691995181791941;
const A6 = -0.06658554146332747;
const A7 = 0.057542387219579605;
const A8 = -0.041179464183269864;

/** s / b from which on atan is expanded about 1/2, and about 1. */
const HALF_FROM = 0.236;
const ONE_FROM = 0.7208;
/** s / b below it is its own arctangent; b beyond it is scaled. */
const TINY = 2 ** -64;
const LARGE = 2 ** 500;
const SMALL = 2 ** -400;

/** The numbers in `atan2`, for kernels with its bits. */
export const ATAN: {
  readonly tiny: number;
  readonly large: number;
  readonly small: number;
  readonly halfFrom: number;
  readonly oneFrom: number;
  /** atan 1/2 and pi, each as a sum. */
  readonly half: readonly [hi: number, lo: number];
  readonly pi: readonly [hi: number, lo: number];
  /** A by ascending powers. */
  readonly series: readonly number[];
} = {
  ...{ tiny: TINY, large: LARGE, small: SMALL, halfFrom: HALF_FROM, oneFrom: ONE_FROM },
  half: [ATAN_HALF, ATAN_HALF_LO],
  pi: [Math.PI, PI_LO],
  series: [A0, A1, A2, A3, A4, A5, A6, A7, A8],
};

/**
 * The angle of the point (x, y) in [-pi, pi], in radians, within 1 ulp of the exact value. Signed zeros and infinities as `Math.atan2`.
 * The same bits in every engine.
 */
export function atan2(y: number, x: number): number {
  const ax = Math.abs(x);
  const ay = Math.abs(y);
  if (Number.isNaN(ax + ay)) return NaN;
  // First the octant below the diagonal, then the reflections: hi + lo is the angle of (ax, ay), then of (x, ay).
  let angle = ay > ax ? atanOfQuotient(ax, ay) : atanOfQuotient(ay, ax);
  if (ay > ax) angle = subtract(Math.PI / 2, PI_LO / 2, angle);
  if (x < 0 || Object.is(x, -0)) angle = subtract(Math.PI, PI_LO, angle);
  const { hi, lo } = angle;
  return y < 0 || Object.is(y, -0) ? -(hi + lo) : hi + lo;
}

/** The angle hi + lo. */
interface Angle {
  readonly hi: number;
  readonly lo: number;
}

/** a + t - b, for a >= b. */
function subtract(a: number, t: number, b: Angle): Angle {
  const hi = a - b.hi;
  return { hi, lo: a - hi - b.hi + (t - b.lo) };
}

/** atan(s / b) for 0 <= s <= b, with relative error about 2^-57. */
function atanOfQuotient(s: number, b: number): Angle {
  if (s === b) return b === 0 ? { hi: 0, lo: 0 } : { hi: Math.PI / 4, lo: PI_LO / 4 };
  // atan t = t there; and below, nothing under- or overflows.
  if (s < b * TINY) return { hi: s / b, lo: 0 };
  if (b > LARGE) return atanOfQuotient(s * 2 ** -600, b * 2 ** -600);
  if (b < SMALL) return atanOfQuotient(s * 2 ** 600, b * 2 ** 600);
  // atan t = atan c + atan((t - c) / (1 + c t)) for the nearest c of 0, 1/2, 1: leaves |u| < 0.2361.
  if (s < HALF_FROM * b) return atanFrom(0, 0, s, 0, b, 0);
  const c = s < ONE_FROM * b ? 0.5 : 1;
  const n = s - c * b;
  const nt = errorOfSum(s, -c * b, n);
  const d = b + c * s;
  const dt = errorOfSum(b, c * s, d);
  return c === 1 ? atanFrom(Math.PI / 4, PI_LO / 4, n, nt, d, dt) : atanFrom(ATAN_HALF, ATAN_HALF_LO, n, nt, d, dt);
}

/** base + baseLo + atan((n + nt) / (d + dt)), for a quotient of at most 0.2361 and base 0 or larger than that. */
function atanFrom(base: number, baseLo: number, n: number, nt: number, d: number, dt: number): Angle {
  // The quotient u + ut: the remainder of a division is a number, found without error.
  const u = n / d;
  const p = u * d;
  const ut = (n - p - errorOfProduct(u, d, p) + (nt - u * dt)) / d;
  // atan u = u + u^3 A(u^2)
  const z = u * u;
  const a = A0 + z * (A1 + z * (A2 + z * (A3 + z * (A4 + z * (A5 + z * (A6 + z * (A7 + z * A8)))))));
  const hi = base + u;
  return { hi, lo: u - (hi - base) + (baseLo + (ut + u * z * a)) };
}
