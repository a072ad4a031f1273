import { checkChoice, OptionError } from "@slam/errors";
import { cauchy, huber, type Loss, RobustProblem, softL1 } from "@slam/nlls";
import type { BundleJacobian } from "./jacobian.ts";
import type { BundleProblem } from "./problem.ts";

export type BundleLossName = "huber" | "cauchy" | "soft-l1";

const LOSSES: { readonly [name in BundleLossName]: (C: number) => Loss } = { huber, cauchy, "soft-l1": softL1 };

export interface BundleLoss {
  readonly name: BundleLossName;
  /**
   * What bounds the whitened norm of an observation. Default: 99 of 100 honest ones are within, where their information is right; of measurements with 1 to 3 components,
   * others need one.
   */
  readonly C?: number;
}

/** The 99 % quantiles of chi-square with 1, 2 and 3 degrees of freedom. */
const QUANTILES = [6.634896601021213, 9.21034037197618, 11.344866730144373] as const;

/** The bound of a loss on measurements of so many components. @throws OptionError where none is given and there is no default. */
export function boundOf({ name, C }: BundleLoss, components: number): number {
  const quantile = QUANTILES[components - 1];
  if (C === undefined && quantile === undefined) {
    throw new OptionError(`${name}: C`, { expected: `a bound, as measurements have ${components} components`, actual: C });
  }
  return C ?? Math.sqrt(quantile);
}

/** rho of the squared whitened norm of measurements with so many components. @throws OptionError for a name that is none, and as `boundOf`. */
export function lossOf(loss: BundleLoss, components: number): Loss {
  checkChoice("loss", loss.name, Object.keys(LOSSES) as BundleLossName[]);
  return LOSSES[loss.name](boundOf(loss, components));
}

/** The problem with the loss on each observation; priors have none. */
export function robust(problem: BundleProblem, loss: BundleLoss): RobustProblem<Float64Array, BundleJacobian> {
  const { camera, model } = problem.bundle;
  const rows = model.measurement.length;
  const m = camera.length;
  // All priors are one block.
  const starts = Int32Array.from({ length: m + 2 }, (_, i) => (i <= m ? i * rows : problem.rows));
  return new RobustProblem(problem, starts, [...new Array<Loss>(m).fill(lossOf(loss, rows)), undefined]);
}
