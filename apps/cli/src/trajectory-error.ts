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
export function checkErrorOutputs({ json, out }: ErrorOutputs): void {
  checkJsonTarget(json);
  checkTargets([out, jsonFile(json)].filter((target) => target !== undefined));
}

/** Prints or writes the report, and each error as csv. */
export async function deliverErrors(
  report: TrajectoryErrorReport,
  csv: Iterable<string>,
  { json, out, quiet }: ErrorOutputs,
): Promise<void> {
  const target = jsonFile(json);
  const outputs: Output[] = [];
  if (out !== undefined) outputs.push({ target: out, chunks: csv });
  if (target !== undefined) outputs.push({ target, chunks: [jsonText(report)] });
  await writeOutputs(outputs);
  if (json !== undefined && target === undefined) process.stdout.write(jsonText(report));
  else if (!quiet) process.stdout.write(errorText(report));
}

function errorText(report: TrajectoryErrorReport): string {
  const { command, poseRelation, unit, pairs, delta, alignment } = report;
  const by = delta === undefined ? "" : ` over ${delta.value} ${delta.unit}${delta.allPairs ? ", all pairs" : ""}`;
  const aligned = alignment.length === 0 ? "not aligned" : `aligned: ${alignment.map(({ method }) => method).join(", ")}`;
  const names = ["max", "mean", "median", "min", "rmse", "sse", "std"] as const;
  const lines = [
    `${command} ${poseRelation} (${unit})${by}, ${countText(pairs, "pair")}, ${aligned}`,
    ...names.map((name) => `${name.padEnd(8)}${report[name].toPrecision(10)}`),
  ];
  return `${lines.join("\n")}\n`;
}
