// The solve runs here, so that the main thread can hear Ctrl-C and show that time passes: one step may take seconds.
import { parentPort, workerData } from "node:worker_threads";
import { SlamError } from "@slam/errors";
import { shipKernels } from "./kernel-file.ts";
import type { BaJob, BaOutcome, JobKind, PgoJob, PgoOutcome, SolveJob, SolveMessage, SolveRequest } from "./solve-job.ts";
import type { Control } from "./solve-repeatedly.ts";

type Solver = (job: SolveJob, control: Control) => PgoOutcome | BaOutcome;

// Before there is a job: the solver is loaded while the main thread reads the file.
const solver = await loadSolver(workerData as JobKind);

parentPort!.once("message", ({ job, stop }: SolveRequest) => {
  const control: Control = {
    isStopped: () => Atomics.load(stop, 0) !== 0,
    onIteration: (record, index, solve) => post({ kind: "iteration", solve, index, record }),
  };
  try {
    post({ kind: "done", outcome: solver(job, control) });
  } catch (error) {
    if (!(error instanceof SlamError)) throw error;
    post({ kind: "rejected", message: error.message });
  }
});

/** Only the solver that is asked for, and what it needs. */
async function loadSolver(kind: JobKind): Promise<Solver> {
  shipKernels();
  if (kind === "ba") {
    const { solveBa } = await import("./solve-ba.ts");
    return (job, control) => solveBa(job as BaJob, control);
  }
  const { solvePgo } = await import("./solve-pgo.ts");
  return (job, control) => solvePgo(job as PgoJob, control);
}

function post(message: SolveMessage): void {
  parentPort!.postMessage(message);
}
