import { type ResourceLimits, Worker } from "node:worker_threads";
import { arrayBuffers } from "./array-buffers.ts";
import { InputError } from "./failure.ts";
import { hearInterrupts } from "./interruption.ts";
import { type Progress, silentProgress } from "./progress.ts";
import type { FileGraph, GraphRequest, JobKind, OutcomeOf, SolveJob, SolveMessage, WorkerRequest } from "./solve-job.ts";

/** A worker for jobs of one kind that has none yet, and does not keep the process alive. */
let waiting: Worker | undefined;

/** Starts the worker of the next job, which takes as long to load the solver as a small file to be read. A pose graph's file it reads itself. */
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
 * Reads a pose graph's file in the worker that will solve it: what reading leaves behind is memory for the solve there, and would stay beside it here. What is wrong
 * with the file and stops nothing is said on stderr.
 *
 * @throws InputError where it cannot be read.
 */
export async function readGraph(request: GraphRequest): Promise<FileGraph> {
  prepareWorker("pgo");
  const worker = waiting!;
  worker.ref();
  try {
    return await ask<FileGraph>(worker, { kind: "read", ...request }, [], (message, resolve, reject) => {
      if (message.kind === "read") resolve(message);
      else if (message.kind === "rejected") reject(new InputError(message.message));
      else if (message.kind === "warning") console.error(`slam: warning: ${message.message}`);
    });
  } finally {
    worker.unref();
  }
}

/** Sends a request, and waits until `hear` has settled it. */
async function ask<Answer>(
  worker: Worker,
  request: WorkerRequest,
  transfer: readonly ArrayBuffer[],
  hear: (message: SolveMessage, resolve: (answer: Answer) => void, reject: (error: Error) => void) => void,
): Promise<Answer> {
  try {
    return await new Promise<Answer>((resolve, reject) => {
      worker.on("error", reject);
      worker.on("message", (message: SolveMessage) => hear(message, resolve, reject));
      worker.postMessage(request, transfer);
    });
  } finally {
    worker.removeAllListeners("error").removeAllListeners("message");
  }
}

/**
 * Runs the job in a worker. The first Ctrl-C ends it at its next outer iteration with the best so far, the second ends the process. A graph is handed over: the
 * job's arrays are empty afterwards, and the outcome has them.
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
    const request = { kind: "solve", job, isFollowed: progress !== silentProgress, stop: interruption.stop } as const;
    const outcome = await ask<OutcomeOf<J>>(
      worker,
      request,
      job.kind === "pgo" ? arrayBuffers(job.graph) : [],
      (message, resolve, reject) => {
        if (message.kind === "done") resolve(message.outcome as OutcomeOf<J>);
        else if (message.kind === "rejected") reject(new InputError(`${job.name}: ${message.message}`));
        else if (message.kind === "iteration") progress.iteration(message.record, message.index, message.solve);
      },
    );
    return { ...outcome, interrupted: interruption.interrupted };
  } finally {
    interruption.ignore();
    progress.end();
    await worker.terminate();
  }
}
