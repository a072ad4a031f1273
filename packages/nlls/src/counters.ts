import { type OperationSeconds, Work } from "@slam/linop";
import type { PrecisionEvents } from "./report.ts";

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
