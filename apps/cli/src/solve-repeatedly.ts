import type { IterationRecord, PhaseSeconds } from "@slam/nlls";
import type { SolveSeconds } from "./solve-job.ts";

/** What a solve hears from outside, and says while it runs. */
export interface Control {
  isStopped(): boolean;
  /** @param solve which of the repeated solves, from 1. */
  onIteration(record: IterationRecord, index: number, solve: number): void;
}

/** A solve of any library, step by step. */
interface Run {
  readonly done: boolean;
  readonly report: { readonly seconds: PhaseSeconds; readonly initializeSeconds: number };
  step(): void;
  cancel(message: string): void;
}

/** Solves the same problem again and again, until a stop is asked for. @returns the last run with its report, which is computed anew wherever it is read, and the seconds of each. */
export function solveRepeatedly<R extends Run>(
  repeat: number,
  { isStopped }: Control,
  start: (solve: number) => R,
): { readonly run: R; readonly report: R["report"]; readonly seconds: readonly SolveSeconds[] } {
  const seconds: SolveSeconds[] = [];
  for (let solve = 1; ; solve++) {
    const began = performance.now();
    const run = start(solve);
    while (!run.done) {
      if (isStopped()) run.cancel("interrupted");
      else run.step();
    }
    const report: R["report"] = run.report;
    const { seconds: phases, initializeSeconds } = report;
    seconds.push({ solve: (performance.now() - began) / 1000, initialize: initializeSeconds, ...phases });
    if (solve >= repeat || isStopped()) return { run, report, seconds };
  }
}
