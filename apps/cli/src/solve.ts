import { Worker } from "node:worker_threads";
import { EXIT, InputError } from "./failure.ts";
import type { Progress } from "./progress.ts";
import type { SolveJob, SolveMessage, SolveOutcome } from "./solve-job.ts";

/**
 * Runs the job in a worker. The first Ctrl-C ends it at its next outer iteration with the best poses so far, the second ends the process.
 *
 * @throws InputError where the library rejects the graph.
 */
export async function solveInWorker(job: SolveJob, progress: Progress): Promise<SolveOutcome & { readonly interrupted: boolean }> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  let interrupted = false;
  const interrupt = (): void => {
    if (interrupted) process.exit(EXIT.interrupted);
    interrupted = true;
    Atomics.store(stop, 0, 1);
    progress.note("stopping at the next iteration; Ctrl-C again exits at once");
  };
  process.on("SIGINT", interrupt);
  const source = import.meta.url.endsWith(".ts") ? "./solve-worker.ts" : "./solve-worker.js";
  const worker = new Worker(new URL(source, import.meta.url), { workerData: { job, stop } });
  try {
    const outcome = await new Promise<SolveOutcome>((resolve, reject) => {
      worker.on("error", reject);
      worker.on("message", (message: SolveMessage) => {
        if (message.kind === "done") resolve(message.outcome);
        else if (message.kind === "rejected") reject(new InputError(`${job.name}: ${message.message}`));
        else progress.iteration(message.record, message.index, message.solve);
      });
    });
    return { ...outcome, interrupted };
  } finally {
    process.off("SIGINT", interrupt);
    progress.end();
    await worker.terminate();
  }
}
