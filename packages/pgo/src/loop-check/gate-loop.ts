import { type MahalanobisDistance, mahalanobis } from "../mahalanobis.ts";
import type { Marginals } from "../marginals.ts";
import { chiSquareBound, tailOf } from "./chi-square.ts";

export interface GatedLoop extends MahalanobisDistance {
  /** The quantile of chi-square with `dof` degrees of freedom. */
  readonly bound: number;
  /** Whether `squared` is within it. */
  readonly isConsistent: boolean;
}

/** A loop that may be added to a graph. */
export interface CandidateLoop {
  /** Indices of the poses from and to which it measures. */
  readonly from: number;
  readonly to: number;
  /** [x y theta] or [x y z qx qy qz qw]. */
  readonly measurement: Float64Array;
  /** Its upper triangle, row-major, as a graph stores it. */
  readonly information: Float64Array;
}

/**
 * The Mahalanobis test: whether a candidate is within what the graph without it says of its poses, odometry alone or all loops so far. The marginals of the
 * solved graph serve any number of candidates; each is judged by itself.
 *
 * @param quantile what share of true loops is to pass. Default 0.9999.
 * @throws OptionError, DimensionError for what `mahalanobis` refuses, and for a quantile that is not between 0 and 1.
 */
export function gateLoop(
  marginals: Marginals,
  { from, to, measurement, information }: CandidateLoop,
  quantile: number = 0.9999,
): GatedLoop {
  const tail = tailOf(quantile);
  const { squared, dof } = mahalanobis(marginals, from, to, measurement, information);
  const bound = dof === 0 ? 0 : chiSquareBound(dof, tail);
  return { squared, dof, bound, isConsistent: squared <= bound };
}
