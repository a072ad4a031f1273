import { checkNumber } from "@slam/errors";
import { exp, log } from "@slam/float";

/** Gamma(dof / 2) for dof of 1 ... 6. */
const GAMMA = [Math.sqrt(Math.PI), 1, Math.sqrt(Math.PI) / 2, 1, (3 * Math.sqrt(Math.PI)) / 4, 2] as const;

/**
 * P(s > x) for s chi-square distributed with 1 ... 6 degrees of freedom, x >= 0: the regularised upper incomplete gamma function Q(dof / 2, x / 2), to a
 * relative error of some 100 u, for tails as small as fp64 has numbers.
 *
 * @see Press, Teukolsky, Vetterling and Flannery, Numerical Recipes, 6.2: the series of the lower function where x is small, Lentz's continued fraction
 *   where not.
 */
export function chiSquareTail(dof: number, x: number): number {
  const [a, t] = [dof / 2, x / 2];
  if (t === 0) return 1;
  const factor = exp(a * log(t) - t) / GAMMA[dof - 1];
  return t < a + 1 ? 1 - factor * lowerSeries(a, t) : factor * upperFraction(a, t);
}

/** sum_k t^k / (a (a + 1) ... (a + k)) */
function lowerSeries(a: number, t: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; term > sum * 2 ** -54; k++) {
    term *= t / (a + k);
    sum += term;
  }
  return sum;
}

/** 1 / (t + 1 - a - 1 (1 - a) / (t + 3 - a - 2 (2 - a) / (t + 5 - a - ...))): some 60 terms at t = a + 1, fewer beyond. */
function upperFraction(a: number, t: number): number {
  let b = t + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1, change = 0; k < 1000 && Math.abs(change - 1) > 2 ** -52; k++) {
    const numerator = k * (a - k);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    change = d * c;
    fraction *= change;
  }
  return fraction;
}

/**
 * The x that so small a share of chi-square distributed numbers with 1 ... 6 degrees of freedom is beyond: the quantile of 1 - tail, which need not be rounded.
 *
 * @param tail above 0 and below 1.
 */
export function chiSquareBound(dof: number, tail: number): number {
  let [least, most] = [0, 1];
  while (chiSquareTail(dof, most) > tail) [least, most] = [most, 2 * most];
  // Bisection: 60 halvings reach the last bits, and nothing can go wrong.
  for (let halving = 0; halving < 60; halving++) {
    const middle = (least + most) / 2;
    if (chiSquareTail(dof, middle) > tail) least = middle;
    else most = middle;
  }
  return (least + most) / 2;
}

/** The share beyond a quantile. @throws OptionError for a quantile that is not above 0 and below 1. */
export function tailOf(quantile: number): number {
  checkNumber("quantile", quantile, Number.MIN_VALUE, 1 - 2 ** -53);
  return 1 - quantile;
}
