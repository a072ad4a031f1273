/** The 99 % quantiles of chi-square with 1 to 7 degrees of freedom. */
const QUANTILES = [
  6.6348966010212145, 9.210340371976182, 11.344866730144373, 13.276704135987622, 15.08627246938899, 16.811893829770927, 18.475306906582357,
] as const;

/** sqrt of the 99 % quantile of chi-square with 1 to 7 degrees of freedom: one in a hundred honest measurements has a whitened norm beyond it. */
export function defaultBound(dof: number): number {
  return Math.sqrt(QUANTILES[dof - 1]);
}

/**
 * A whitened norm that at most one in a hundred graphs of so many honest measurements has one beyond: by Chernoff,
 * P(s > x) <= (x / dof)^(dof / 2) e^((dof - x) / 2), here 1 / 100 of the measurements.
 */
export function chanceBound(dof: number, measurements: number): number {
  // x = dof - 2 log p + dof log(x / dof): a contraction, its derivative being dof / x < 1.
  const least = dof + 2 * Math.log(100 * Math.max(1, measurements));
  let x = least;
  for (let round = 0; round < 50; round++) x = least + dof * Math.log(x / dof);
  return Math.sqrt(x);
}
