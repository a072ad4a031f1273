import type { Arithmetic } from "./between-formulas.ts";

/** (-1)^j / (2j + 1): atan(t)/t by powers of t^2. Where |t| <= tan(pi/16) the first one left out is below 2^-55. */
const ARCTANGENT: readonly number[] = Array.from({ length: 11 }, (_, j) => (-1) ** j / (2 * j + 1));

/** 4 pi^2 */
const POLE = 39.478417604357434;

/**
 * 2 (zeta(2m + 2) - 1) / (2 pi)^(2m + 2): `inverseJacobianTerm` without its nearest pole, by powers of s. The next pole is at 16 pi^2, so where
 * s <= pi^2 the first one left out is below 2^-56 of the sum.
 */
const REMAINDER: readonly number[] = [
  0.032672741512164447611, 1.0564110705334699024e-4, 5.6373702828768453026e-7, 3.3571419266574513601e-9, 2.0742872904166045537e-11,
  1.3000482138698973965e-13, 8.1960520556910085984e-16, 5.1801181961697243152e-18, 3.2775391747017918398e-20, 2.0747401878593604517e-22,
  1.3136241807166533778e-24, 8.3180031951892640914e-27, 5.2672629968342308728e-29, 3.3354842988221443313e-31,
];

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
 * c(s) = (1 - (theta/2) cot(theta/2)) / theta^2 of s = theta^2 <= pi^2, the coefficient of [omega]x^2 in the inverse Jacobians of SO(3), and dc/ds.
 * By its poles, c = 2 sum over k >= 1 of 1 / ((2 pi k)^2 - s): all terms are positive, so nothing cancels.
 */
export function inverseJacobianTerm<T>(A: Arithmetic<T>, s: T): { readonly value: T; readonly slope: T } {
  const near = A.div(A.constant(1), A.sub(A.constant(POLE), s));
  const two = A.constant(2);
  const slopes = REMAINDER.slice(1).map((coefficient, m) => (m + 1) * coefficient);
  return {
    value: A.add(A.mul(two, near), polynomial(A, REMAINDER, s)),
    slope: A.add(A.mul(two, A.mul(near, near)), polynomial(A, slopes, s)),
  };
}

/** By Horner's rule, coefficients ascending. */
function polynomial<T>(A: Arithmetic<T>, coefficients: readonly number[], x: T): T {
  return coefficients.reduceRight<T | undefined>(
    (sum, coefficient) => (sum === undefined ? A.constant(coefficient) : A.add(A.mul(sum, x), A.constant(coefficient))),
    undefined,
  )!;
}
