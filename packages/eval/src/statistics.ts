import { OptionError } from "@slam/errors";

/** Of n errors e, as evo computes them. */
export interface Statistics {
  /** n */
  readonly pairs: number;
  /** sqrt(sse / n) */
  readonly rmse: number;
  readonly mean: number;
  /** The mean of the two in the middle for even n. */
  readonly median: number;
  /** sqrt(sum (e - mean)^2 / n) */
  readonly std: number;
  readonly min: number;
  readonly max: number;
  /** sum e^2 */
  readonly sse: number;
}

/** @throws OptionError without errors. */
export function statistics(errors: Float64Array): Statistics {
  const n = errors.length;
  if (n === 0) throw new OptionError("statistics: errors", { expected: "at least 1", actual: 0 });
  const sorted = errors.toSorted();
  const mean = sum(errors) / n;
  const sse = sum(errors.map((e) => e * e));
  const variance = sum(errors.map((e) => (e - mean) * (e - mean))) / n;
  return {
    pairs: n,
    rmse: Math.sqrt(sse / n),
    mean,
    median: (sorted[(n - 1) >>> 1] + sorted[n >>> 1]) / 2,
    std: Math.sqrt(variance),
    min: sorted[0],
    max: sorted[n - 1],
    sse,
  };
}

function sum(x: Float64Array): number {
  return x.reduce((total, value) => total + value, 0);
}
