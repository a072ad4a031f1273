import type { RoundingEvents } from "@slam/float";
import { type OperationSeconds, Work } from "@slam/linop";

/** What low precision did to a solve. `overflows` and `flushed` count at packing and at vector stores. */
export interface PrecisionEvents extends RoundingEvents {
  /** Breakdowns of a factorisation met with a shifted diagonal. */
  shifts: number;
  /** Linear solves that ended without their tolerance. */
  fallbacks: number;
  rejectedSteps: number;
}

/** What a problem and its solver count into, so that the report holds it. */
export interface Counters {
  readonly events: PrecisionEvents;
  readonly work: Work;
  /** Of operations that solvers and problems time by themselves. */
  readonly seconds: OperationSeconds;
}

export function newCounters(): Counters {
  return { events: { overflows: 0, flushed: 0, shifts: 0, fallbacks: 0, rejectedSteps: 0 }, work: new Work(), seconds: {} };
}
