import type { Arithmetic } from "./between-formulas.ts";

/** (-1)^j / (2j + 1): atan(t)/t by powers of t^2. Where |t| <= tan(pi/16) the first one left out is below 2^-55. */
const ARCTANGENT: readonly number[] = Array.from({ length: 11 }, (_, j) => (j % 2 === 0 ? 1 : -1) / (2 * j + 1));

/** 4 pi^2 */
const POLE = 39.47841760435743;

/**
 * 2 (zeta(2m + 2) - 1) / (2 pi)^(2m + 2): `inverseJacobianTerm` without its nearest pole, by powers of s. The next pole is at 16 pi^2, so where
 * s <= pi^2 the first one left out is below 2^-62 of the sum, and 2^-56 of the derivative's.
 */
const REMAINDER: readonly number[] = [
  0.03267274151216445, 0.000105641107053347, 5.637370282876845e-7, 3.357141926657451e-9, 2.0742872904166045e-11, 1.3000482138698975e-13,
  8.196052055691008e-16, 5.180118196169724e-18, 3.277539174701792e-20, 2.0747401878593604e-22, 1.3136241807166534e-24,
  8.318003195189264e-27, 5.267262996834231e-29, 3.3354842988221443e-31, 2.1122063323183885e-33,
];

/** Of its derivative. */
const SLOPES: readonly number[] = REMAINDER.slice(1).map((coefficient, m) => (m + 1) * coefficient);

/**
 * 2 atan2(n, w) / n: the logarithm of a rotation is this times vec q. The angle is halved three times, so that a short series is left, which needs
 * no division by n: it holds at n = 0 too.
 *
 * @param nn n^2 = |vec q|^2 of a unit quaternion with w >= 0.
 */
export function logarithmRatio<T>(A: Arithmetic<T>, nn: T, w: T): T {
  const one = A.constant(1);
  const halfCos = (c: T): T => A.sqrt(A.mul(A.constant(0.5), A.add(one, c)));
  const c2 = halfCos(w);
  const c4 = halfCos(c2);
  // tan of an eighth of atan2(n, w), over n: sin(a/2) = sin(a) / (2 cos(a/2)) twice, tan(a/2) = sin(a) / (1 + cos(a)) once
  const tangent = A.div(A.constant(0.25), A.mul(A.mul(c2, c4), A.add(one, c4)));
  const squared = A.mul(A.mul(tangent, tangent), nn);
  return A.mul(A.mul(A.constant(16), tangent), polynomial(A, ARCTANGENT, squared));
}

/**
 * c(s) = (1 - (theta/2) cot(theta/2)) / theta^2 of s = theta^2 <= pi^2, the coefficient of [omega]x^2 in the inverse Jacobians of SO(3).
 * By its poles, c = 2 sum over k >= 1 of 1 / ((2 pi k)^2 - s): all terms are positive, so nothing cancels.
 */
export function inverseJacobianTerm<T>(A: Arithmetic<T>, s: T): T {
  return A.add(A.mul(A.constant(2), nearestPole(A, s)), polynomial(A, REMAINDER, s));
}

/** dc/ds of that. */
export function inverseJacobianSlope<T>(A: Arithmetic<T>, s: T): T {
  const pole = nearestPole(A, s);
  return A.add(A.mul(A.constant(2), A.mul(pole, pole)), polynomial(A, SLOPES, s));
}

/** 1 / (4 pi^2 - s) */
function nearestPole<T>(A: Arithmetic<T>, s: T): T {
  return A.div(A.constant(1), A.sub(A.constant(POLE), s));
}

/** By Horner's rule, coefficients ascending. */
function polynomial<T>(A: Arithmetic<T>, coefficients: readonly number[], x: T): T {
  return coefficients.reduceRight<T | undefined>(
    (sum, coefficient) => (sum === undefined ? A.constant(coefficient) : A.add(A.mul(sum, x), A.constant(coefficient))),
    undefined,
  )!;
}
