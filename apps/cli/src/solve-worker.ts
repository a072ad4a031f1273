// The solve runs here, so that the main thread can hear Ctrl-C and show that time passes: one step may take seconds. Pose graphs are read here, too.
import { parentPort, workerData } from "node:worker_threads";
import { SlamError } from "@slam/errors";
import { ArenaPool } from "@slam/wasm";
import { arrayBuffers } from "./array-buffers.ts";
import { InputError, isOfSystem } from "./failure.ts";
import { shipKernels } from "./kernel-file.ts";
import type {
  BaJob,
  BaOutcome,
  GraphRequest,
  JobKind,
  PgoJob,
  PgoOutcome,
  SolveJob,
  SolveMessage,
  SolveRequest,
  WorkerRequest,
} from "./solve-job.ts";
import type { Control } from "./solve-repeatedly.ts";

type Solver = (job: SolveJob, control: Control) => PgoOutcome | BaOutcome;

const arenas = new ArenaPool();
// Before there is a job.
const solver = loadSolver(workerData as JobKind);

parentPort!.on("message", async (request: WorkerRequest) => {
  try {
    if (request.kind === "read") await read(request);
    else await solve(request);
  } catch (error) {
    if (!(error instanceof SlamError || error instanceof InputError || isOfSystem(error))) throw error;
    post({ kind: "rejected", message: error.message });
  }
});

async function read(request: GraphRequest): Promise<void> {
  const { readPgo } = await import("./read-pgo.ts");
  const found = await readPgo(request, (message) => post({ kind: "warning", message }), arenas);
  post({ kind: "read", ...found }, arrayBuffers(found.read.graph));
}

async function solve({ job, isFollowed, stop }: SolveRequest): Promise<void> {
  const control: Control = {
    isStopped: () => Atomics.load(stop, 0) !== 0,
    onIteration(record, index, solve) {
      if (isFollowed) post({ kind: "iteration", solve, index, record });
    },
  };
  const outcome = (await solver)(job, control);
  post({ kind: "done", outcome }, "graph" in outcome ? arrayBuffers(outcome.graph) : []);
}

/** Only the solver that is asked for, and what it needs. */
async function loadSolver(kind: JobKind): Promise<Solver> {
  shipKernels();
  if (kind === "ba") {
    const { solveBa } = await import("./solve-ba.ts");
    return (job, control) => solveBa(job as BaJob, control);
  }
  const { solvePgo } = await import("./solve-pgo.ts");
  return (job, control) => solvePgo(job as PgoJob, control, arenas);
}

function post(message: SolveMessage, transfer: readonly ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, transfer);
}
