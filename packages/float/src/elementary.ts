import { atan2 } from "./atan2.ts";
import { exp, log } from "./exp-log.ts";
import { hypot } from "./hypot.ts";
import type { AnyPrecision } from "./precision.ts";
import { cos, sin } from "./sin-cos.ts";

export interface Elementary {
  sin(x: number): number;
  cos(x: number): number;
  atan2(y: number, x: number): number;
  exp(x: number): number;
  log(x: number): number;
  hypot(x: number, y: number): number;
}

/**
 * The elementary functions in P: fp64's, rounded once more to P. For p <= 25 the result is within 1/2 + 2^-27 ulp of the exact value
 * (fp64's own error weighs at most 2^(p-53) of P's ulp); in fp64 itself within 1.
 */
export function elementary(P: AnyPrecision): Elementary {
  return {
    sin: (x) => P.round(sin(x)),
    cos: (x) => P.round(cos(x)),
    atan2: (y, x) => P.round(atan2(y, x)),
    exp: (x) => P.round(exp(x)),
    log: (x) => P.round(log(x)),
    hypot: (x, y) => P.round(hypot(x, y)),
  };
}
