import { gaussNewton, LevenbergMarquardt } from "./damped-steps.ts";
import { Dogleg } from "./dogleg.ts";
import type { Jacobian } from "./problem.ts";
import type { StepControl } from "./step-control.ts";

export const METHODS = ["gn", "lm", "dogleg"] as const;
/** How steps are kept from going too far. */
export type Method = (typeof METHODS)[number];

/** @param firstDamping Levenberg-Marquardt's lambda at the start; 0: it begins undamped. */
export function stepControl<J extends Jacobian>(method: Method, ftol: number, firstDamping: number): StepControl<J> {
  switch (method) {
    case "gn":
      return gaussNewton();
    case "lm":
      return new LevenbergMarquardt(ftol, firstDamping);
    case "dogleg":
      return new Dogleg();
  }
}
