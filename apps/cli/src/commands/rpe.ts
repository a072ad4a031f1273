import { type DeltaUnit, type PairRelation, type RelativeErrors, rpe as rpeErrors } from "@slam/eval";
import { EXIT, InputError, UsageError } from "../failure.ts";
import { checkErrorOutputs, deliverErrors, type ErrorOutputs, errorReport } from "../trajectory-error.ts";
import { type PairOptions, readAlignedPair } from "../trajectory-pair.ts";

export interface RpeOptions extends PairOptions, ErrorOutputs {
  readonly pose_relation: PairRelation;
  readonly delta: number;
  readonly delta_unit: DeltaUnit;
  readonly all_pairs?: boolean;
}

/** Says how far the motions of an estimate are from those of its reference. @returns the exit code. */
export async function rpe(reference: string, estimate: string, options: RpeOptions): Promise<number> {
  const { pose_relation: relation, delta, delta_unit: unit, all_pairs: allPairs = false } = options;
  checkDelta(delta, unit);
  checkErrorOutputs(options);
  const pair = await readAlignedPair(reference, estimate, options);
  const found = rpeErrors(pair.reference, pair.estimate, { relation, delta, unit, allPairs });
  if (found.errors.length === 0) throw new InputError(`${estimate}: no two poses are ${delta} ${unit} apart; try a smaller --delta`);
  const report = errorReport("rpe", pair, relation, found.errors, { value: delta, unit, allPairs });
  const at = Array.from(found.errors, (error, k) => ({ at: pair.timestamps?.[found.from[k]!] ?? found.from[k]!, error }));
  await deliverErrors(report, pair, { at, csv: csv(found, pair.timestamps) }, options);
  return EXIT.converged;
}

function checkDelta(delta: number, unit: DeltaUnit): void {
  if (unit === "f" && !(Number.isInteger(delta) && delta >= 1)) throw new UsageError(`--delta ${delta}: of frames it is an integer >= 1`);
  const most = { f: Number.MAX_SAFE_INTEGER, m: Number.MAX_VALUE, d: 180, r: Math.PI }[unit];
  if (delta > most) throw new UsageError(`--delta ${delta}: of unit ${unit} it is at most ${most}`);
}

function* csv({ errors, from, to }: RelativeErrors, timestamps: Float64Array | undefined): Generator<string, void, undefined> {
  yield "from,to,error\n";
  for (const [k, error] of errors.entries()) {
    const [i, j] = [from[k]!, to[k]!];
    yield `${timestamps?.[i] ?? i},${timestamps?.[j] ?? j},${error}\n`;
  }
}
