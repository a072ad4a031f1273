import { checkNumber, OptionError } from "@slam/errors";

/**
 * The p-th percentile of n errors, as NumPy computes it by default: between the sorted errors floor(h) and floor(h) + 1 of h = (n - 1) p / 100,
 * linear.
 *
 * @param errors in any order; not changed.
 * @param p one or more in 0 ... 100.
 * @throws OptionError without errors, and for a p out of range.
 */
export function percentiles(errors: Float64Array, p: readonly number[]): Float64Array {
  for (const each of p) checkNumber("percentiles: p", each, 0, 100);
  const n = errors.length;
  if (n === 0) throw new OptionError("percentiles: errors", { expected: "at least 1", actual: 0 });
  const sorted = errors.toSorted();
  return Float64Array.from(p, (each) => {
    const h = ((n - 1) * each) / 100;
    const low = sorted[Math.floor(h)];
    return low + (sorted[Math.ceil(h)] - low) * (h - Math.floor(h));
  });
}

/**
 * The cumulative histogram of errors: which share of them, 0 ... 1, is at most each bound.
 *
 * @param errors in any order; not changed.
 * @param bounds in any order.
 * @throws OptionError without errors.
 */
export function cumulativeHistogram(errors: Float64Array, bounds: Float64Array): Float64Array {
  const n = errors.length;
  if (n === 0) throw new OptionError("cumulativeHistogram: errors", { expected: "at least 1", actual: 0 });
  const sorted = errors.toSorted();
  return bounds.map((bound) => {
    let low = 0;
    let high = n;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle] <= bound) low = middle + 1;
      else high = middle;
    }
    return low / n;
  });
}
