import { type BundleOptions, SIXTEEN_BIT, start, startWindow, type WindowRunOptions } from "@slam/ba";
import type { IterationRecord } from "@slam/nlls";
import { ArenaPool } from "@slam/wasm";
import { bundleCovarianceReport } from "./bundle-covariance.ts";
import { cameraModel } from "./camera-model.ts";
import { policyNames, policyOf } from "./policy.ts";
import type { BaJob, BaOutcome } from "./solve-job.ts";
import { type Control, solveRepeatedly } from "./solve-repeatedly.ts";

/** Adjusts a bundle, in the worker. */
export function solveBa({ bundle: sent, policy, options, repeat, window, covariance: wanted }: BaJob, control: Control): BaOutcome {
  const bundle = { ...sent, model: cameraModel(sent.model) };
  const arenas = new ArenaPool();
  const {
    run,
    report: whole,
    seconds,
  } = solveRepeatedly(repeat, control, (solve) => {
    arenas.recycle();
    const settings = {
      ...options,
      policy: policyOf(policy, SIXTEEN_BIT),
      onIteration: (record: IterationRecord, index: number) => control.onIteration(record, index, solve),
    };
    return window === undefined ? start(bundle, { ...settings, arenas }) : startWindow(bundle, windowOptions(window, settings));
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

/** Of what a window has, too; "schur-direct" is what it calls "schur-dense". */
function windowOptions(
  size: number,
  { policy, linear, loss, ftol, maxIterations, timeBudget, onIteration }: BundleOptions,
): WindowRunOptions {
  return {
    size,
    ...(policy && { policy }),
    ...((linear === "schur-cg" || linear === "cgnr") && { linear }),
    ...(loss && { loss }),
    ...(ftol !== undefined && { ftol }),
    ...(maxIterations !== undefined && { maxIterations }),
    ...(timeBudget !== undefined && { timeBudget }),
    ...(onIteration && { onIteration }),
  };
}
