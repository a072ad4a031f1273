// The scalar functions of x = theta^2 that exp, log and the Jacobians are made of.
//
// The closed forms subtract nearly equal numbers: their relative error is about 6 u / x. So the Taylor series are used for x < 1, where
// 10 terms (12 for gamma, whose terms fall like (x / 4 pi^2)^k) leave less than u.
import { cos, sin } from "@slam/float";

const BETA = series(10, (k) => 1 / factorial(2 * k + 3));
const ALPHA_SLOPE = series(10, (k) => -(2 * k + 2) / factorial(2 * k + 4));
const BETA_SLOPE = series(10, (k) => -(2 * k + 2) / factorial(2 * k + 5));

/** |B(2k + 2)| / (2k + 2)!, the Bernoulli numbers over factorials: the expansion of (t / 2) cot(t / 2). */
const GAMMA = Float64Array.of(
  1 / 12,
  1 / 720,
  1 / 30240,
  1 / 1209600,
  1 / 47900160,
  691 / 1307674368000,
  1 / 74724249600,
  3.3896802963225827e-13,
  8.586062056277845e-15,
  2.174868698558062e-16,
  5.5090028283602295e-18,
  1.3954464685812522e-19,
);
const GAMMA_SLOPE = GAMMA.subarray(1).map((c, k) => 2 * (k + 1) * c);

/** Below it the series serves for sin(theta / 2) / theta: its next term is x^2 / 3840 < u / 4. */
export const SERIES_BELOW: number = 2 ** -22;

/** The numbers in `exp`, for kernels with its bits. */
export const EXP_SERIES: {
  /** Of theta^2: below it sin(theta / 2) / theta is 1/2 - theta^2 / 48. */
  readonly below: number;
  /** (theta - sin theta) / theta^3 where theta^2 < 1, by ascending powers of theta^2. */
  readonly beta: readonly number[];
} = { below: SERIES_BELOW, beta: [...BETA] };

/** sin(theta / 2) / theta. Nothing cancels: the series serves a theta that is, or squares to, zero. */
export function halfSinc(x: number): number {
  if (x < SERIES_BELOW) return 0.5 - x / 48;
  const theta = Math.sqrt(x);
  return sin(theta / 2) / theta;
}

/** (1 - cos theta) / theta^2. */
export function alpha(x: number): number {
  const s = halfSinc(x);
  return 2 * s * s;
}

/** (theta - sin theta) / theta^3. */
export function beta(x: number): number {
  if (x < 1) return horner(BETA, x);
  const theta = Math.sqrt(x);
  return (1 - sin(theta) / theta) / x;
}

/** (1 - (theta / 2) cot(theta / 2)) / theta^2. */
export function gamma(x: number): number {
  if (x < 1) return horner(GAMMA, x);
  const half = Math.sqrt(x) / 2;
  return (1 - (half * cos(half)) / sin(half)) / x;
}

/** alpha'(theta) / theta; a = alpha(x), b = beta(x). */
export function alphaSlope(x: number, a: number, b: number): number {
  return x < 1 ? horner(ALPHA_SLOPE, x) : (1 - 2 * a) / x - b;
}

/** beta'(theta) / theta. */
export function betaSlope(x: number, a: number, b: number): number {
  return x < 1 ? horner(BETA_SLOPE, x) : (a - 3 * b) / x;
}

/** gamma'(theta) / theta; c = gamma(x). */
export function gammaSlope(x: number, c: number): number {
  return x < 1 ? horner(GAMMA_SLOPE, x) : (0.25 - 3 * c) / x + c * c;
}

function series(terms: number, coefficient: (k: number) => number): Float64Array {
  return Float64Array.from({ length: terms }, (_, k) => (k % 2 === 0 ? 1 : -1) * coefficient(k));
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

function horner(c: Float64Array, x: number): number {
  let sum = 0;
  for (let k = c.length - 1; k >= 0; k--) sum = sum * x + c[k];
  return sum;
}
