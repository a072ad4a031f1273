import type { Precision, Storage } from "./precision.ts";

/** What a format's range did to the numbers put into it, counted up by `storeCounted`, `pack` and `convert`. */
export interface RoundingEvents {
  /** Infinite, or finite and rounded to infinity, to NaN or to the largest finite number: |x| >= P.overflowThreshold. NaN is not counted. */
  overflows: number;
  /** Not zero, but rounded to zero. */
  flushed: number;
}

/** s[i] <- x as `P.store(s, i, x)`, counting in `events` what the range of P did to x. */
export function storeCounted<S extends Storage>(P: Precision<string, S>, s: S, i: number, x: number, events: RoundingEvents): void {
  P.store(s, i, x);
  const magnitude = Math.abs(x);
  if (magnitude >= P.overflowThreshold) events.overflows++;
  // Half the least subnormal is a tie, which goes to zero. (In fp64 it is 0 itself: nothing is flushed.)
  else if (magnitude <= P.minSubnormal / 2 && magnitude > 0) events.flushed++;
}
