import { checkLength, OptionError } from "@slam/errors";
import { statistics } from "@slam/eval";
import { exp } from "@slam/float";

/** The mean of paired differences with its 95 % interval, over the median of the reference. */
export interface PairedDifference {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * (mean(a - b) +- 1.96 s / sqrt(n)) / median(b), s the standard deviation of the differences: for n large enough that their mean is normal.
 *
 * @param b the reference, pair by pair.
 * @throws DimensionError if the lengths differ; OptionError for fewer than 30 pairs.
 */
export function pairedDifference(a: Float64Array, b: Float64Array): PairedDifference {
  checkLength("pairedDifference: a", a.length, b.length);
  const n = b.length;
  if (n < LEAST_PAIRS) throw new OptionError("pairedDifference: pairs", { expected: `at least ${LEAST_PAIRS}`, actual: n });
  // `std` divides by n.
  const { mean, std } = statistics(a.map((x, i) => x - b[i]));
  const half = (1.96 * std) / Math.sqrt(n - 1);
  const reference = statistics(b).median;
  return { mean: mean / reference, low: (mean - half) / reference, high: (mean + half) / reference };
}

export const LEAST_PAIRS = 30;

/** The largest distance of two empirical distributions, and how often chance alone makes it as large. */
export interface KolmogorovSmirnov {
  readonly distance: number;
  readonly p: number;
}

/**
 * The two-sample test: D = sup |F_a - F_b|, p by its limit distribution at D (sqrt(e) + 0.12 + 0.11 / sqrt(e)), e = n m / (n + m).
 *
 * @throws OptionError for an empty sample.
 * @see Stephens, Use of the Kolmogorov-Smirnov, Cramer-von Mises and related statistics without extensive tables, JRSS B 32, 1970.
 */
export function kolmogorovSmirnov(a: Float64Array, b: Float64Array): KolmogorovSmirnov {
  if (a.length === 0 || b.length === 0) throw new OptionError("kolmogorovSmirnov: samples", { expected: "at least 1 in each", actual: 0 });
  const [x, y] = [a.toSorted(), b.toSorted()];
  let distance = 0;
  for (let i = 0, j = 0; i < x.length && j < y.length; ) {
    const at = Math.min(x[i], y[j]);
    while (x[i] === at) i++;
    while (y[j] === at) j++;
    distance = Math.max(distance, Math.abs(i / x.length - j / y.length));
  }
  const root = Math.sqrt((x.length * y.length) / (x.length + y.length));
  return { distance, p: tail(distance * (root + 0.12 + 0.11 / root)) };
}

/** 2 sum (-1)^(k - 1) exp(-2 k^2 t^2) */
function tail(t: number): number {
  // Below it is 1 to sixteen digits, where the series does not converge.
  if (t < 0.2) return 1;
  let total = 0;
  for (let k = 1, sign = 2; k <= 100; k++, sign = -sign) total += sign * exp(-2 * k * k * t * t);
  return Math.min(1, Math.max(0, total));
}
