import type { Factor } from "../factors/factor.ts";
import { factorFields, SENSOR_ID, variableNames } from "../io/factor-record.ts";
import type { RecordType } from "../io/record.ts";

/** The layout of one tag's line, as `RecordType`, or of a factor's, `tag ids [sensor id] fields`. */
export type LintType = RecordType | FactorType;

export interface FactorType extends Pick<RecordType, "tag" | "dimension" | "fields" | "defaults" | "similarity" | "toGraph"> {
  readonly kind: "factor";
  readonly factor: Factor;
}

export function factorType(factor: Factor): FactorType {
  return { kind: "factor", tag: factor.tag, dimension: factor.dimension, fields: factorFields(factor), factor };
}

/** What messages call the ids of a line. */
export function idNamesOf(type: LintType): readonly string[] {
  if (type.kind === "edge") return ["first id", "second id"];
  if (type.kind !== "factor") return ["id"];
  return [...variableNames(type.factor), ...(type.factor.hasSensor === true ? SENSOR_ID : [])];
}

/** Whether its lines have an information matrix. */
export function isMeasurement({ kind }: LintType): boolean {
  return kind === "edge" || kind === "factor";
}
