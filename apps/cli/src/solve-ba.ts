import { SIXTEEN_BIT, start } from "@slam/ba";
import { ArenaPool } from "@slam/wasm";
import { bundleCovarianceReport } from "./bundle-covariance.ts";
import { cameraModel } from "./camera-model.ts";
import { policyNames, policyOf } from "./policy.ts";
import type { BaJob, BaOutcome } from "./solve-job.ts";
import { type Control, solveRepeatedly } from "./solve-repeatedly.ts";

/** Adjusts a bundle, in the worker. */
export function solveBa({ bundle: sent, policy, options, repeat, covariance: wanted }: BaJob, control: Control): BaOutcome {
  const bundle = { ...sent, model: cameraModel(sent.model) };
  const arenas = new ArenaPool();
  const {
    run,
    report: whole,
    seconds,
  } = solveRepeatedly(repeat, control, (solve) => {
    arenas.recycle();
    return start(bundle, {
      ...options,
      policy: policyOf(policy, SIXTEEN_BIT),
      arenas,
      onIteration: (record, index) => control.onIteration(record, index, solve),
    });
  });
  const { policy: formats, seconds: _, initializeSeconds: __, ...report } = whole;
  const { bundle: solved } = run;
  const { poses, intrinsics, points } = solved;
  arenas.recycle();
  const { held, loss } = options;
  const covariance =
    wanted !== undefined &&
    !control.isStopped() &&
    bundleCovarianceReport(solved, wanted.chosen, wanted.names, { ...(held && { held }), ...(loss && { loss }), arenas });
  return { poses, intrinsics, points, report: { ...report, policy: policyNames(formats) }, seconds, ...(covariance && { covariance }) };
}
