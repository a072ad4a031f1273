import { type DeltaUnit, type PairRelation, percentiles, type Statistics, statistics } from "@slam/eval";
import { checkJsonTarget, type JsonTarget, jsonFile, jsonText } from "./json.ts";
import { checkTargets, type Output, writeOutputs } from "./outputs.ts";
import { countText } from "./text.ts";
import type { AlignedPair, AlignmentStep, TrajectoryInput } from "./trajectory-pair.ts";
import { VERSION } from "./version.ts";

/** Of `ape` and `rpe`: where results go. */
export interface ErrorOutputs {
  readonly json?: JsonTarget;
  readonly out?: string;
  readonly report?: string;
  readonly quiet?: boolean;
}

/** The JSON report of `slam ape` and `slam rpe`, as schema/trajectory-error.schema.json describes it. */
export interface TrajectoryErrorReport extends Statistics {
  readonly command: "ape" | "rpe";
  readonly version: string;
  readonly input: { readonly reference: TrajectoryInput; readonly estimate: TrajectoryInput };
  readonly poseRelation: PairRelation;
  readonly unit: string;
  readonly alignment: readonly AlignmentStep[];
  /** Of `rpe`. */
  readonly delta?: { readonly value: number; readonly unit: DeltaUnit; readonly allPairs: boolean };
  readonly percentiles: { readonly [p: string]: number };
}

/** What is measured, in which unit. */
const UNITS: { readonly [relation in PairRelation]: string } = {
  trans_part: "m",
  rot_part: "unit-less",
  angle_deg: "deg",
  angle_rad: "rad",
  full: "unit-less",
  point_distance: "m",
  point_distance_error_ratio: "%",
};

const PERCENTILES: readonly number[] = [10, 25, 75, 90, 95, 99];

export function errorReport(
  command: "ape" | "rpe",
  { inputs, alignment }: AlignedPair,
  poseRelation: PairRelation,
  errors: Float64Array,
  delta?: TrajectoryErrorReport["delta"],
): TrajectoryErrorReport {
  const values = percentiles(errors, PERCENTILES);
  return {
    command,
    version: VERSION,
    input: inputs,
    poseRelation,
    unit: UNITS[poseRelation],
    alignment,
    ...(delta && { delta }),
    ...statistics(errors),
    percentiles: Object.fromEntries(PERCENTILES.map((p, k) => [p, values[k]!])),
  };
}

/** Checks before the work that results can be written. */
export function checkErrorOutputs({ json, out, report }: ErrorOutputs): void {
  checkJsonTarget(json);
  checkTargets([out, jsonFile(json), report].filter((target) => target !== undefined));
}

/** The error of a pair, and where it is: seconds, or a row; of `rpe` those of its first pose. */
export interface ErrorAt {
  readonly at: number;
  readonly error: number;
}

/** Prints or writes the report, each error as csv, and the page. */
export async function deliverErrors(
  report: TrajectoryErrorReport,
  pair: AlignedPair,
  errors: { readonly at: readonly ErrorAt[]; readonly csv: Iterable<string> },
  { json, out, report: pageFile, quiet }: ErrorOutputs,
): Promise<void> {
  const target = jsonFile(json);
  const outputs: Output[] = [];
  if (out !== undefined) outputs.push({ target: out, chunks: errors.csv });
  if (target !== undefined) outputs.push({ target, chunks: [jsonText(report)] });
  if (pageFile !== undefined) {
    const { trajectoryErrorPage } = await import("./trajectory-error-page.ts");
    outputs.push({ target: pageFile, chunks: [await trajectoryErrorPage(report, pair, errors.at)] });
  }
  await writeOutputs(outputs);
  if (json !== undefined && target === undefined) process.stdout.write(jsonText(report));
  else if (!quiet) process.stdout.write(errorText(report));
}

function errorText(report: TrajectoryErrorReport): string {
  const rows = statisticsRows(report).map(([name, value]) => `${name!.padEnd(8)}${value}`);
  return `${[headText(report), ...rows].join("\n")}\n`;
}

/** "ape trans_part (m), 400 pairs, aligned: se3". */
export function headText({ command, poseRelation, unit, pairs, delta, alignment }: TrajectoryErrorReport): string {
  const by = delta === undefined ? "" : ` over ${delta.value} ${delta.unit}${delta.allPairs ? ", all pairs" : ""}`;
  const aligned = alignment.length === 0 ? "not aligned" : `aligned: ${alignment.map(({ method }) => method).join(", ")}`;
  return `${command} ${poseRelation} (${unit})${by}, ${countText(pairs, "pair")}, ${aligned}`;
}

export function statisticsRows(report: TrajectoryErrorReport): string[][] {
  const names = ["max", "mean", "median", "min", "rmse", "sse", "std"] as const;
  return names.map((name) => [name, report[name].toPrecision(10)]);
}
