import type { RoundingEvents } from "@slam/float";

/** Where a kernel counts what a format does to numbers: lanes that overflow, lanes that are flushed, and the largest magnitude of each. */
export interface SurveyCounts {
  /** Four lanes of overflows, four of flushed. */
  readonly counts: Int32Array;
  /** In fp32; NaN where there is one. */
  readonly largest: Float32Array;
  /** 32-bit lanes that a number takes: each is counted. */
  readonly lanes: number;
}

/** Adds what was counted to the events, and forgets it. */
export function takeCounts(survey: SurveyCounts, events: RoundingEvents): void {
  const { counts, lanes } = survey;
  events.overflows += (counts[0] + counts[1] + counts[2] + counts[3]) / lanes;
  events.flushed += (counts[4] + counts[5] + counts[6] + counts[7]) / lanes;
  forgetCounts(survey);
}

export function forgetCounts({ counts, largest }: SurveyCounts): void {
  counts.fill(0);
  largest.fill(0);
}

export function largestMagnitude({ largest }: SurveyCounts): number {
  return Math.max(largest[0], largest[1], largest[2], largest[3]);
}
