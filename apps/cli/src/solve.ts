import { Worker } from "node:worker_threads";
import { EXIT, InputError } from "./failure.ts";
import type { Progress } from "./progress.ts";
import type { SolveJob, SolveMessage, SolveOutcome, SolveRequest } from "./solve-job.ts";

/** A worker that has no job yet, and does not keep the process alive. */
let waiting: Worker | undefined;

/** Starts the worker of the next job, which takes as long to load the solver as a small file to be read. */
export function prepareWorker(): void {
  waiting ??= newWorker();
  waiting.unref();
}

function newWorker(): Worker {
  return new Worker(new URL(import.meta.url.endsWith(".ts") ? "./solve-worker.ts" : "./solve-worker.js", import.meta.url));
}

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
  const worker = waiting ?? newWorker();
  waiting = undefined;
  worker.ref();
  try {
    const outcome = await new Promise<SolveOutcome>((resolve, reject) => {
      worker.on("error", reject);
      worker.on("message", (message: SolveMessage) => {
        if (message.kind === "done") resolve(message.outcome);
        else if (message.kind === "rejected") reject(new InputError(`${job.name}: ${message.message}`));
        else progress.iteration(message.record, message.index, message.solve);
      });
      worker.postMessage({ job, stop } satisfies SolveRequest);
    });
    return { ...outcome, interrupted };
  } finally {
    process.off("SIGINT", interrupt);
    progress.end();
    await worker.terminate();
  }
}
