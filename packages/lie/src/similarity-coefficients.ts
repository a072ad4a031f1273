// The scalar functions of x = theta^2 and sigma that exp, log and the Jacobians of Sim(3) are made of: integrals over tau in [0, 1] of
// e^(sigma tau) times what `coefficients.ts` has without it, so that V(phi, sigma) = integral of e^(sigma tau) Exp(tau phi) = c0 I + c1 [phi]x + c2 [phi]x^2.
//
// The closed forms come from (e^z - 1) / z of z = sigma + i theta and subtract nearly equal numbers where theta is small, whatever sigma is. So the series in x
// is used for x < 1, whose coefficients are moments of e^(sigma tau); each moment is a sum of positive terms, whichever sign sigma has. There is thus one seam,
// at theta = 1, and none in sigma.
import { cos, sin } from "@slam/float";

/** Terms fall by x / 12 and more, x < 1: what is left behind one that is below this much of the sum is below u / 4 of it. */
const NEGLIGIBLE: number = 2 ** -54;

/** V(phi, sigma) = c0 I + c1 [phi]x + c2 [phi]x^2. */
export interface Curve {
  readonly c0: number;
  readonly c1: number;
  readonly c2: number;
}

/** V, its derivative by sigma, b0 I + b1 [phi]x + b2 [phi]x^2, and c1'(theta) / theta, c2'(theta) / theta. */
export interface CurveSlopes extends Curve {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly c1Slope: number;
  readonly c2Slope: number;
}

/** @param s e^sigma. */
export function curve(x: number, sigma: number, s: number): Curve {
  const c0 = moment(0, sigma, s);
  if (x < 1) return { c0, c1: seriesOf(x, 1, sigma, s, 1), c2: seriesOf(x, 2, sigma, s, 2) };
  const theta = Math.sqrt(x);
  const { re, im } = phi1(theta, sigma, s);
  return { c0, c1: im / theta, c2: (c0 - re) / x };
}

/** @param s e^sigma. */
export function curveSlopes(x: number, sigma: number, s: number): CurveSlopes {
  const c0 = moment(0, sigma, s);
  const b0 = moment(1, sigma, s);
  if (x < 1) {
    return {
      c0,
      c1: seriesOf(x, 1, sigma, s, 1),
      c2: seriesOf(x, 2, sigma, s, 2),
      b0,
      b1: seriesOf(x, 1, sigma, s, 2),
      b2: seriesOf(x, 2, sigma, s, 3),
      c1Slope: slopeOf(x, 3, sigma, s),
      c2Slope: slopeOf(x, 4, sigma, s),
    };
  }
  const theta = Math.sqrt(x);
  const value = phi1(theta, sigma, s);
  const slope = phi1Slope(theta, sigma, s, value);
  const c1 = value.im / theta;
  const c2 = (c0 - value.re) / x;
  const b1 = slope.im / theta;
  const b2 = (b0 - slope.re) / x;
  return { c0, c1, c2, b0, b1, b2, c1Slope: (slope.re - c1) / x, c2Slope: (b1 - 2 * c2) / x };
}

/**
 * V^-1 = d0 I + d1 [phi]x + d2 [phi]x^2. On the axis V is c0, across it a + i theta c1 with a = c0 - x c2; so d2 = (1 / c0 - a / (a^2 + x c1^2)) / x, of which the
 * division by x is carried out.
 */
export function inverseCurve(x: number, { c0, c1, c2 }: Curve): Curve {
  const a = c0 - x * c2;
  const square = a * a + x * c1 * c1;
  return { c0: 1 / c0, c1: -c1 / square, c2: (c1 * c1 - a * c2) / (c0 * square) };
}

/** sum_k (-x)^k / (n + 2k)! moment(m + 2k). */
function seriesOf(x: number, n: number, sigma: number, s: number, m: number): number {
  let factor = 1;
  for (let k = 2; k <= n; k++) factor /= k;
  let sum = 0;
  let term = Infinity;
  for (let k = 0; Math.abs(term) > NEGLIGIBLE * sum; k++) {
    term = factor * moment(m + 2 * k, sigma, s);
    sum += term;
    factor *= -x / ((n + 2 * k + 1) * (n + 2 * k + 2));
  }
  return sum;
}

/** sum_k -(2k + 2) (-x)^k / (n + 2k)! moment(n + 2k): the derivative of `seriesOf(x, n - 2, ..., n - 2)` by theta, over theta. */
function slopeOf(x: number, n: number, sigma: number, s: number): number {
  let factor = 1;
  for (let k = 2; k <= n; k++) factor /= k;
  let sum = 0;
  let term = Infinity;
  for (let k = 0; Math.abs(term) > NEGLIGIBLE * sum; k++) {
    term = (2 * k + 2) * factor * moment(n + 2 * k, sigma, s);
    sum += term;
    factor *= -x / ((n + 2 * k + 1) * (n + 2 * k + 2));
  }
  return -sum;
}

/**
 * Integral of tau^n e^(sigma tau) = sum_j sigma^j / (j! (n + 1 + j)) = e^sigma sum_j (-sigma)^j n! / (n + 1 + j)!; for either sign of sigma one of the two has
 * positive terms alone.
 */
function moment(n: number, sigma: number, s: number): number {
  if (sigma < 0) {
    let term = 1 / (n + 1);
    let sum = term;
    for (let j = n + 2; term > NEGLIGIBLE * sum; j++) {
      term *= -sigma / j;
      sum += term;
    }
    return s * sum;
  }
  let power = 1;
  let sum = 1 / (n + 1);
  for (let j = 1; power > NEGLIGIBLE * sum * (n + 1 + j); j++) {
    power *= sigma / j;
    sum += power / (n + 1 + j);
  }
  return sum;
}

interface Complex {
  readonly re: number;
  readonly im: number;
}

/** (e^z - 1) / z of z = sigma + i theta. */
function phi1(theta: number, sigma: number, s: number): Complex {
  return over(s * cos(theta) - 1, s * sin(theta), sigma, theta);
}

/** Its derivative by z, (e^z - phi1(z)) / z. */
function phi1Slope(theta: number, sigma: number, s: number, { re, im }: Complex): Complex {
  return over(s * cos(theta) - re, s * sin(theta) - im, sigma, theta);
}

/** (re + i im) / (sigma + i theta) */
function over(re: number, im: number, sigma: number, theta: number): Complex {
  const square = sigma * sigma + theta * theta;
  return { re: (re * sigma + im * theta) / square, im: (im * sigma - re * theta) / square };
}
