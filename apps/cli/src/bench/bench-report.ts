import type { BenchPart, KernelFigure, SolveFigure } from "./bench-job.ts";
import type { Machine } from "./machine.ts";

/** The JSON report of `slam bench`, as schema/bench.schema.json describes it. */
export interface BenchReport {
  readonly command: "bench";
  readonly version: string;
  readonly machine: Machine;
  /** Of the minute before it began and of the last one, this process included. */
  readonly load: { readonly before: number; readonly after: number };
  /** Whether others used so much of the machine that figures mean little. */
  readonly busy: boolean;
  /** Turns of each contest. */
  readonly rounds: number;
  readonly parts: readonly BenchPart[];
  /** False where it was interrupted: what is there is of the contests that were done. */
  readonly complete: boolean;
  /** Sizes that this machine's free memory has no room for, in megabytes of fp32. */
  readonly skipped: readonly number[];
  readonly kernels: readonly KernelFigure[];
  readonly pgo: readonly SolveFigure[];
  readonly ba: readonly SolveFigure[];
}
