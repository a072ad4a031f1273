import { Worker } from "node:worker_threads";
import { InputError } from "../failure.ts";
import { hearInterrupts } from "../interruption.ts";
import type { Progress } from "../progress.ts";
import type { BenchJob, BenchMessage, KernelFigure, SolveFigure } from "./bench-job.ts";

/** What came of the contests that came to their end. */
export interface BenchFigures {
  readonly kernels: readonly KernelFigure[];
  readonly pgo: readonly SolveFigure[];
  readonly ba: readonly SolveFigure[];
  readonly interrupted: boolean;
}

/**
 * Runs the bench in a worker. The first Ctrl-C ends it with the contests that are done, the second ends the process.
 *
 * @throws InputError for a machine that cannot run it.
 */
export async function runBench(job: Omit<BenchJob, "stop">, progress: Progress): Promise<BenchFigures> {
  const interruption = hearInterrupts(progress, "with the contests that are done");
  const figures = { kernels: [] as KernelFigure[], pgo: [] as SolveFigure[], ba: [] as SolveFigure[] };
  const worker = new Worker(new URL(import.meta.url.endsWith(".ts") ? "./bench-worker.ts" : "./bench-worker.js", import.meta.url));
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on("error", reject);
      worker.on("message", (message: BenchMessage) => {
        if (message.kind === "begins" && !interruption.interrupted) progress.note(message.what);
        else if (message.kind === "kernels") figures.kernels.push(...message.figures);
        else if (message.kind === "solves") figures[message.part].push(...message.figures);
        else if (message.kind === "rejected") reject(new InputError(message.message));
        else if (message.kind === "done") resolve();
      });
      worker.postMessage({ ...job, stop: interruption.stop } satisfies BenchJob);
    });
    return { ...figures, interrupted: interruption.interrupted };
  } finally {
    interruption.ignore();
    progress.end();
    await worker.terminate();
  }
}
