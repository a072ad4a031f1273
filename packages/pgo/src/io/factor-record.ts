import { ParseError } from "@slam/errors";
import type { Scratch } from "@slam/linop";
import { upperSize } from "../between-formulas.ts";
import type { Factor } from "../factors/factor.ts";
import { measurementSize } from "../factors/sets.ts";
import { NumberList } from "./number-list.ts";
import { normalizeQuaternion } from "./quaternion.ts";
import { informationFields, type RecordType } from "./record.ts";
import type { Scanner } from "./scanner.ts";

/** The lines of one factor, `TAG ids [sensor id] measurement information`, as they stand in the file. */
export interface FactorLines {
  readonly factor: Factor;
  /** What messages call the ids of its variables. */
  readonly idNames: readonly string[];
  /** The numbers behind the ids. */
  readonly numbers: Pick<RecordType, "tag" | "fields">;
  /** As many a line as the factor has variables. */
  readonly variables: NamedIds;
  /** One a line, where the factor has sensors. */
  readonly sensors: NamedIds;
  readonly measurements: NumberList;
  readonly information: NumberList;
}

/** Ids and the byte offsets where they stand in the file. */
export interface NamedIds {
  readonly ids: NumberList;
  readonly offsets: NumberList;
}

export function namedIds(scratch: Scratch): NamedIds {
  return { ids: new NumberList(scratch), offsets: new NumberList(scratch) };
}

/** What messages call the ids of a factor's variables. */
export function variableNames({ variables }: Factor): readonly string[] {
  return variables.map((kind, v) => (variables.length === 1 ? "id" : `${v + 1}. id, of a ${kind},`));
}

/** The numbers behind a factor's ids: the measurement's and the information's. */
export function factorFields({ dimension, rows, measurement }: Factor): readonly string[] {
  const axes = Array.from({ length: rows }, (_, a) => `${a + 1}`);
  const pose = dimension === 2 ? ["x", "y", "theta"] : ["x", "y", "z", "qx", "qy", "qz", "qw"];
  const numbers = measurement === "pose" ? pose : Array.from({ length: measurement }, (_, k) => `measurement ${k + 1}`);
  return [...numbers, ...informationFields(axes)];
}

export function factorLines(factor: Factor, scratch: Scratch): FactorLines {
  return {
    factor,
    idNames: variableNames(factor),
    numbers: { tag: factor.tag, fields: factorFields(factor) },
    variables: namedIds(scratch),
    sensors: namedIds(scratch),
    measurements: new NumberList(scratch),
    information: new NumberList(scratch),
  };
}

export const SENSOR_ID: readonly string[] = ["sensor id"];

/** Reads the ids of a line, no two alike. */
export function readIds(scanner: Scanner, names: readonly string[], tag: string, { ids, offsets }: NamedIds): void {
  const first = ids.length;
  for (const name of names) {
    scanner.nextToken();
    const id = scanner.id(name, tag);
    for (let k = first; k < ids.length; k++) {
      if (ids.at(k) === id) scanner.fail(`a ${name} of ${tag} other than the ${k === first ? "first" : `${k - first + 1}. one`}`);
    }
    ids.push(id);
    offsets.push(scanner.tokenStart);
  }
}

/** Reads a factor's line behind its tag. @param values room for its numbers. */
export function readFactorLine(
  scanner: Scanner,
  lines: FactorLines,
  values: Float64Array,
  readFields: (scanner: Scanner, type: Pick<RecordType, "tag" | "fields">, values: Float64Array) => void,
): void {
  const { factor } = lines;
  const start = scanner.tokenStart;
  readIds(scanner, lines.idNames, factor.tag, lines.variables);
  if (factor.hasSensor === true) readIds(scanner, SENSOR_ID, factor.tag, lines.sensors);
  readFields(scanner, lines.numbers, values);
  const own = measurementSize(factor);
  if (factor.measurement === "pose" && factor.dimension === 3 && !normalizeQuaternion(values, 3)) {
    const place = scanner.placeOf(start);
    throw new ParseError(place, { expected: "a quaternion qx qy qz qw of non-zero length", actual: `0 0 0 0 in ${factor.tag}` });
  }
  lines.measurements.append(values, 0, own);
  lines.information.append(values, own, own + upperSize(factor.rows));
}
