import { AlwaysDamped, gaussNewton, LevenbergMarquardt } from "./damped-steps.ts";
import { Dogleg } from "./dogleg.ts";
import type { Jacobian } from "./problem.ts";
import type { StepControl } from "./step-control.ts";

export const METHODS = ["gn", "lm", "dogleg"] as const;
/** How steps are kept from going too far. */
export type Method = (typeof METHODS)[number];

/** @param firstDamping Levenberg-Marquardt's lambda at the start, of steps that are always damped; 0: it is undamped where it can. */
export function stepControl<J extends Jacobian>(method: Method, ftol: number, firstDamping: number): StepControl<J> {
  switch (method) {
    case "gn":
      return gaussNewton();
    case "lm":
      return firstDamping > 0 ? new AlwaysDamped(ftol, firstDamping) : new LevenbergMarquardt(ftol);
    case "dogleg":
      return new Dogleg();
  }
}
