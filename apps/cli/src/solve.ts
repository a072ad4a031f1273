import { type ResourceLimits, Worker } from "node:worker_threads";
import { InputError } from "./failure.ts";
import { hearInterrupts } from "./interruption.ts";
import type { Progress } from "./progress.ts";
import type { JobKind, OutcomeOf, SolveJob, SolveMessage, SolveRequest } from "./solve-job.ts";

/** A worker for jobs of one kind that has none yet, and does not keep the process alive. */
let waiting: Worker | undefined;

/** Starts the worker of the next job, which takes as long to load the solver as a small file to be read. */
export function prepareWorker(kind: JobKind): void {
  waiting ??= newWorker(kind);
  waiting.unref();
}

function newWorker(kind: JobKind): Worker {
  const program = new URL(import.meta.url.endsWith(".ts") ? "./solve-worker.ts" : "./solve-worker.js", import.meta.url);
  return new Worker(program, { workerData: kind, resourceLimits: LIMITS[kind] });
}

/**
 * A small graph's solve is over before a young generation of V8's own size has been filled once: in one of 2 MB its short-lived objects lie in memory that was
 * touched before, which saves a tenth of the processor's time (docs/benches.md). Bundles gain nothing.
 */
const LIMITS: Readonly<Record<JobKind, ResourceLimits>> = { pgo: { maxYoungGenerationSizeMb: 2 }, ba: {} };

/**
 * Runs the job in a worker. The first Ctrl-C ends it at its next outer iteration with the best so far, the second ends the process.
 *
 * @throws InputError where the library rejects the problem.
 */
export async function solveInWorker<J extends SolveJob>(
  job: J,
  progress: Progress,
): Promise<OutcomeOf<J> & { readonly interrupted: boolean }> {
  const interruption = hearInterrupts(progress, "at the next iteration");
  const worker = waiting ?? newWorker(job.kind);
  waiting = undefined;
  worker.ref();
  try {
    const outcome = await new Promise<OutcomeOf<J>>((resolve, reject) => {
      worker.on("error", reject);
      worker.on("message", (message: SolveMessage) => {
        if (message.kind === "done") resolve(message.outcome as OutcomeOf<J>);
        else if (message.kind === "rejected") reject(new InputError(`${job.name}: ${message.message}`));
        else progress.iteration(message.record, message.index, message.solve);
      });
      worker.postMessage({ job, stop: interruption.stop } satisfies SolveRequest);
    });
    return { ...outcome, interrupted: interruption.interrupted };
  } finally {
    interruption.ignore();
    progress.end();
    await worker.terminate();
  }
}
