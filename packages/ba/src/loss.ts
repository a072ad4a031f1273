import { checkChoice, OptionError } from "@slam/errors";
import { newArrays, type Scratch } from "@slam/linop";
import { cauchy, huber, type LeastSquaresProblem, type Loss, RobustProblem, softL1 } from "@slam/nlls";
import type { BundleJacobian } from "./jacobian.ts";
import type { BundleProblem } from "./problem.ts";

export type BundleLossName = "huber" | "cauchy" | "soft-l1";

const LOSSES: { readonly [name in BundleLossName]: (C: number) => Loss } = { huber, cauchy, "soft-l1": softL1 };

/** What each observation costs in place of the square of its whitened norm. */
export interface BundleLoss {
  /** One of the names, or a loss of your own as a function of C, such as `tukey` of `@slam/nlls`. */
  readonly loss: BundleLossName | ((C: number) => Loss);
  /**
   * What bounds the whitened norm of an observation. Default: 99 of 100 honest ones are within, where their information is right; of measurements with 1 to 3 components,
   * others need one.
   */
  readonly C?: number;
}

/** The 99 % quantiles of chi-square with 1, 2 and 3 degrees of freedom. */
const QUANTILES = [6.634896601021213, 9.21034037197618, 11.344866730144373] as const;

/** A loss as reports have it. */
export interface NamedLoss {
  /** The loss's name, or that of its function. */
  readonly name: string;
  readonly C: number;
}

/** A loss on measurements of so many components. @throws OptionError where no bound is given and there is no default. */
export function namedLoss({ loss, C }: BundleLoss, components: number): NamedLoss {
  const name = typeof loss === "string" ? loss : loss.name;
  const quantile = QUANTILES[components - 1];
  if (C === undefined && quantile === undefined) {
    throw new OptionError(`${name}: C`, { expected: `a bound, as measurements have ${components} components`, actual: C });
  }
  return { name, C: C ?? Math.sqrt(quantile) };
}

/** rho of the squared whitened norm of measurements with so many components. @throws OptionError for a name that is none, and as `namedLoss`. */
export function lossOf(given: BundleLoss, components: number): Loss {
  const { loss } = given;
  const { C } = namedLoss(given, components);
  if (typeof loss === "function") return loss(C);
  checkChoice("loss", loss, Object.keys(LOSSES) as BundleLossName[]);
  return LOSSES[loss](C);
}

/** The problem with the loss on each observation; priors have none. */
export function robust(problem: BundleProblem, loss: BundleLoss): RobustProblem<Float64Array, BundleJacobian> {
  const { camera, model } = problem.bundle;
  const rows = model.measurement.length;
  return robustObservations(problem, camera.length, rows, lossOf(loss, rows));
}

/**
 * A problem with a loss on each of its first m blocks of rows, those of observations; all rows that follow are one block without.
 *
 * @param scratch what its vectors are taken from. Default new ones.
 * @param losses where those of each block are put. Default a new array.
 */
export function robustObservations(
  problem: LeastSquaresProblem<Float64Array, BundleJacobian>,
  m: number,
  rows: number,
  loss: Loss,
  scratch: Scratch = newArrays,
  losses: (Loss | undefined)[] = [],
): RobustProblem<Float64Array, BundleJacobian> {
  const starts = scratch.integers(m + 2);
  for (let i = 0; i <= m; i++) starts[i] = i * rows;
  starts[m + 1] = problem.rows;
  losses.length = m + 1;
  losses.fill(loss, 0, m);
  losses[m] = undefined;
  return new RobustProblem(problem, starts, losses, scratch);
}
