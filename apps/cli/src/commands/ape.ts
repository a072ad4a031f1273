import { ape as apeErrors, type PoseRelation } from "@slam/eval";
import { EXIT } from "../failure.ts";
import { checkErrorOutputs, deliverErrors, type ErrorAt, type ErrorOutputs, errorReport } from "../trajectory-error.ts";
import { type PairOptions, readAlignedPair } from "../trajectory-pair.ts";

export interface ApeOptions extends PairOptions, ErrorOutputs {
  readonly pose_relation: PoseRelation;
}

/** Says how far an estimate is from its reference. @returns the exit code. */
export async function ape(reference: string, estimate: string, options: ApeOptions): Promise<number> {
  checkErrorOutputs(options);
  const pair = await readAlignedPair(reference, estimate, options);
  const errors = apeErrors(pair.reference, pair.estimate, options.pose_relation);
  const at = Array.from(errors, (error, i) => ({ at: pair.timestamps?.[i] ?? i, error }));
  const report = errorReport("ape", pair, options.pose_relation, errors);
  await deliverErrors(report, pair, { at, csv: csv(at, pair.timestamps === undefined ? "frame" : "timestamp") }, options);
  return EXIT.converged;
}

function* csv(errors: readonly ErrorAt[], where: "frame" | "timestamp"): Generator<string, void, undefined> {
  yield `${where},error\n`;
  for (const { at, error } of errors) yield `${at},${error}\n`;
}
