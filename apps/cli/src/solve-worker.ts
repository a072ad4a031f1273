// The solve runs here, so that the main thread can hear Ctrl-C and show that time passes: one step may take seconds.
import { parentPort, workerData } from "node:worker_threads";
import { SlamError } from "@slam/errors";
import { start } from "@slam/pgo";
import { ArenaPool } from "@slam/wasm";
import { covarianceReport } from "./covariance.ts";
import { policyNames, policyOf } from "./policy.ts";
import type { SolveJob, SolveMessage, SolveOutcome, SolveSeconds } from "./solve-job.ts";

const { job, stop } = workerData as { readonly job: SolveJob; readonly stop: Int32Array };

try {
  post({ kind: "done", outcome: solveRepeatedly(job) });
} catch (error) {
  if (!(error instanceof SlamError)) throw error;
  post({ kind: "rejected", message: error.message });
}

function solveRepeatedly({ graph, policy, options, repeat, covariance: chosen = [] }: SolveJob): SolveOutcome {
  const seconds: SolveSeconds[] = [];
  const arenas = new ArenaPool();
  for (let solve = 1; ; solve++) {
    const began = performance.now();
    const run = start(graph, {
      ...options,
      policy: policyOf(policy),
      arenas,
      onIteration: (record, index) => post({ kind: "iteration", solve, index, record }),
    });
    while (!run.done) {
      if (isStopped()) run.cancel("interrupted");
      else run.step();
    }
    const { policy: formats, seconds: phases, initializeSeconds, ...report } = run.report;
    seconds.push({ solve: (performance.now() - began) / 1000, initialize: initializeSeconds, ...phases });
    const { graph: solved } = run;
    arenas.recycle();
    if (solve < repeat && !isStopped()) continue;
    const covariance =
      chosen.length > 0 && !isStopped() && covarianceReport(solved, chosen, { fixed: options.fixed ?? [...solved.fixed], arenas });
    const { poses, landmarks } = solved;
    return {
      poses,
      landmarks: landmarks?.positions,
      report: { ...report, policy: policyNames(formats) },
      seconds,
      ...(covariance && { covariance }),
    };
  }
}

function isStopped(): boolean {
  return Atomics.load(stop, 0) !== 0;
}

function post(message: SolveMessage): void {
  parentPort?.postMessage(message);
}
