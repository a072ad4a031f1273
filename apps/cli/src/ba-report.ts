import type { BundleReport, NamedLoss, Scene, WindowSummary } from "@slam/ba";
import type { BundleCovarianceReport } from "./bundle-covariance.ts";
import type { BundleFile, BundleFormat } from "./bundle-file.ts";
import type { BaOutcome } from "./solve-job.ts";
import { type SolverReport, solverReport } from "./solver-report.ts";
import { VERSION } from "./version.ts";

/** The JSON report of `slam ba`, as schema/report.schema.json describes it. */
export interface BaReport extends SolverReport, Pick<BundleReport, "landmarks" | "forcing"> {
  readonly command: "ba";
  readonly version: string;
  readonly input: {
    readonly file: string;
    readonly format: BundleFormat;
    readonly cameras: number;
    readonly points: number;
    readonly observations: number;
  };
  /** With `--loss`. */
  readonly loss?: NamedLoss;
  /** Observations of points that their cameras do not see at the end: behind them, or outside the lens. */
  readonly unseen: number;
  /** Where it was solved, if not in the file's coordinates. */
  readonly scene?: Scene;
  /** With `--window`: what it did. Costs are the whole bundle's, iterations are key frames. */
  readonly window?: WindowSummary;
  /** Of the cameras and points of `--covariance`. */
  readonly covariance?: BundleCovarianceReport;
}

export function baReport(file: string, { format, bundle }: BundleFile, outcome: BaOutcome, parseSeconds: number): BaReport {
  const { loss, landmarks, forcing, unseen, scene, initialCost, finalCost, window } = outcome.report;
  const convention = `1/2 sum ${loss ? "rho(r^2)" : "r^2"}, r in pixels${loss ? `, rho ${lossText(loss)}` : ""}`;
  return {
    command: "ba",
    version: VERSION,
    input: {
      file,
      format,
      cameras: bundle.intrinsicsOf.length,
      points: bundle.points.length / 3,
      observations: bundle.camera.length,
    },
    // Bundles start where the file has them: there is no initialisation.
    ...solverReport(outcome, parseSeconds, { convention, initial: initialCost, afterInit: initialCost, final: finalCost }),
    ...(loss && { loss }),
    ...(landmarks && { landmarks }),
    ...(forcing && { forcing }),
    unseen,
    ...(scene && { scene }),
    ...(window && { window }),
    ...(outcome.covariance && { covariance: outcome.covariance }),
  };
}

function lossText({ name, C }: NamedLoss): string {
  return `${name} with C = ${Number(C.toPrecision(4))}`;
}
