// The solve runs here, so that the main thread can hear Ctrl-C and show that time passes: one step may take seconds.
import { parentPort } from "node:worker_threads";
import { SlamError } from "@slam/errors";
import { start } from "@slam/pgo";
import { ArenaPool } from "@slam/wasm";
import { certificateReport, isProof } from "./certificate.ts";
import { covarianceReport } from "./covariance.ts";
import { policyNames, policyOf } from "./policy.ts";
import type { SolveMessage, SolveOutcome, SolveRequest, SolveSeconds } from "./solve-job.ts";

parentPort!.once("message", (request: SolveRequest) => {
  try {
    post({ kind: "done", outcome: solveRepeatedly(request) });
  } catch (error) {
    if (!(error instanceof SlamError)) throw error;
    post({ kind: "rejected", message: error.message });
  }
});

function solveRepeatedly({ job, stop }: SolveRequest): SolveOutcome {
  const { graph, policy, options, repeat, covariance: chosen = [], certify = false } = job;
  const isStopped = (): boolean => Atomics.load(stop, 0) !== 0;
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
    let { graph: solved } = run;
    arenas.recycle();
    if (solve < repeat && !isStopped()) continue;
    let certificate: SolveOutcome["certificate"];
    if (certify && !isStopped()) {
      const fixed = options.fixed ?? [...solved.fixed];
      ({ certificate, graph: solved } = certificateReport(solved, options, { fixed, isStopped, arenas }));
      arenas.recycle();
    }
    const covariance =
      chosen.length > 0 && !isStopped() && covarianceReport(solved, chosen, { fixed: options.fixed ?? [...solved.fixed], arenas });
    const { poses, landmarks } = solved;
    const final = certificate && isProof(certificate) && certificate.ofResult ? certificate.cost : report.cost.final;
    return {
      poses,
      landmarks: landmarks?.positions,
      report: { ...report, cost: { ...report.cost, final }, policy: policyNames(formats) },
      seconds,
      ...(covariance && { covariance }),
      ...(certificate && { certificate }),
    };
  }
}

function post(message: SolveMessage): void {
  parentPort!.postMessage(message);
}
