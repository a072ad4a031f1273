import { SIXTEEN_BIT, start } from "@slam/pgo";
import type { ArenaPool } from "@slam/wasm";
import { certificateReport, isProof } from "./certificate.ts";
import { covarianceReport } from "./covariance.ts";
import { policyNames, policyOf } from "./policy.ts";
import type { PgoJob, PgoOutcome } from "./solve-job.ts";
import { type Control, solveRepeatedly } from "./solve-repeatedly.ts";

/** Solves a pose graph, in the worker. */
export function solvePgo(
  { graph, policy, options, repeat, covariance: chosen = [], certify = false }: PgoJob,
  control: Control,
  arenas: ArenaPool,
): PgoOutcome {
  const {
    run,
    report: whole,
    seconds,
  } = solveRepeatedly(repeat, control, (solve) => {
    arenas.recycle();
    return start(graph, {
      ...options,
      policy: policyOf(policy, SIXTEEN_BIT),
      arenas,
      onIteration: (record, index) => control.onIteration(record, index, solve),
    });
  });
  const { policy: formats, seconds: _, initializeSeconds: __, ...report } = whole;
  let { graph: solved } = run;
  const fixed = options.fixed ?? [...solved.fixed];
  arenas.recycle();
  let certificate: PgoOutcome["certificate"];
  if (certify && !control.isStopped()) {
    ({ certificate, graph: solved } = certificateReport(solved, options, { fixed, isStopped: control.isStopped, arenas }));
    arenas.recycle();
  }
  const covariance = chosen.length > 0 && !control.isStopped() && covarianceReport(solved, chosen, { fixed, arenas });
  const final = certificate && isProof(certificate) && certificate.ofResult ? certificate.cost : report.cost.final;
  return {
    graph,
    poses: solved.poses,
    landmarks: solved.landmarks?.positions,
    report: { ...report, cost: { ...report.cost, final }, policy: policyNames(formats) },
    seconds,
    ...(covariance && { covariance }),
    ...(certificate && { certificate }),
  };
}
