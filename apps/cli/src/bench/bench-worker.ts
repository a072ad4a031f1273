// Contests run here, so that the main thread can hear Ctrl-C and show that time passes.
import { parentPort } from "node:worker_threads";
import { SlamError } from "@slam/errors";
import { shipKernels } from "../kernel-file.ts";
import type { BenchControl, BenchJob, BenchMessage } from "./bench-job.ts";

parentPort!.once("message", async (job: BenchJob) => {
  const control: BenchControl = { isStopped: () => Atomics.load(job.stop, 0) !== 0, tell: post };
  try {
    shipKernels();
    await run(job, control);
    post({ kind: "done" });
  } catch (error) {
    if (!(error instanceof SlamError)) throw error;
    post({ kind: "rejected", message: error.message });
  }
});

async function run(job: BenchJob, control: BenchControl): Promise<void> {
  if (job.parts.includes("kernels")) {
    const { benchKernels } = await import("./kernel-bench.ts");
    await benchKernels(job, control);
  }
  const { benchSolves } = await import("./solve-bench.ts");
  if (job.parts.includes("pgo")) {
    const { pgoContests } = await import("./pgo-contests.ts");
    benchSolves("pgo", pgoContests(), job, control);
  }
  if (job.parts.includes("ba")) {
    const { baContests } = await import("./ba-contests.ts");
    benchSolves("ba", baContests(), job, control);
  }
}

function post(message: BenchMessage): void {
  parentPort!.postMessage(message);
}
