/** Newton's method squares its error; halving an interval, where it has to, takes one step for each bit. */
const MAX_STEPS = 100;

/**
 * An r >= 0 with r (1 + c0 r^2 + c1 r^4 + ...) = d where the left side grows, by Newton's method from r = d, kept between what is too small and what is too large.
 *
 * @param d finite, >= 0.
 * @returns NaN where it finds none, as where d is beyond the left side's maximum.
 */
export function invertRadial(d: number, coefficients: readonly number[]): number {
  let r = d;
  let lower = 0;
  let upper = Number.POSITIVE_INFINITY;
  for (let step = 0; step < MAX_STEPS && r > 0; step++) {
    const { value, slope } = evaluate(r, coefficients);
    if (slope > 0 && value <= d) lower = r;
    else upper = r;
    const next = slope > 0 ? r - (value - d) / slope : Number.NaN;
    const kept = next >= lower && next <= upper ? next : (lower + Math.min(upper, 4 * r)) / 2;
    const moved = Math.abs(kept - r);
    r = kept;
    if (moved <= 2 * Number.EPSILON * r) break;
  }
  const { value, slope } = evaluate(r, coefficients);
  return slope > 0 && Math.abs(value - d) <= 64 * Number.EPSILON * d ? r : Number.NaN;
}

function evaluate(r: number, coefficients: readonly number[]): { readonly value: number; readonly slope: number } {
  const r2 = r * r;
  let factor = 0;
  let slope = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) {
    factor = r2 * (coefficients[i] + factor);
    slope = r2 * ((2 * i + 3) * coefficients[i] + slope);
  }
  return { value: r * (1 + factor), slope: 1 + slope };
}
