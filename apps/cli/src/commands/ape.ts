import { ape as apeErrors, type PoseRelation } from "@slam/eval";
import { EXIT } from "../failure.ts";
import { checkErrorOutputs, deliverErrors, type ErrorOutputs, errorReport } from "../trajectory-error.ts";
import { type PairOptions, readAlignedPair } from "../trajectory-pair.ts";

export interface ApeOptions extends PairOptions, ErrorOutputs {
  readonly pose_relation: PoseRelation;
}

/** Says how far an estimate is from its reference. @returns the exit code. */
export async function ape(reference: string, estimate: string, options: ApeOptions): Promise<number> {
  checkErrorOutputs(options);
  const pair = await readAlignedPair(reference, estimate, options);
  const errors = apeErrors(pair.reference, pair.estimate, options.pose_relation);
  await deliverErrors(errorReport("ape", pair, options.pose_relation, errors), csv(errors, pair.timestamps), options);
  return EXIT.converged;
}

function* csv(errors: Float64Array, timestamps: Float64Array | undefined): Generator<string, void, undefined> {
  yield `${timestamps === undefined ? "frame" : "timestamp"},error\n`;
  for (const [i, error] of errors.entries()) yield `${timestamps?.[i] ?? i},${error}\n`;
}
