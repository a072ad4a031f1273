import { type InformationLayout, informationLayout, trianglePlace } from "./information.ts";
import { isMeasurement, type LintType } from "./lint-type.ts";

/** The fields of a record from what stands on its line. */
export interface CompletedFields {
  /** As many as the type has, unless the rule is "malformed-line". */
  readonly values: readonly number[];
  /** So many of those on the line are among them, from the first on. */
  readonly used: number;
  /** What is wrong with their number, if anything. */
  readonly rule?: "malformed-line" | "missing-information" | "extra-fields";
  readonly message: string;
}

/**
 * @param given the numbers behind the ids, perhaps not all of a very long line.
 * @param count how many there are.
 */
export function completeFields(type: LintType, given: readonly number[], count: number): CompletedFields {
  const { tag, fields, defaults = [] } = type;
  const total = fields.length;
  if (count === total) return { values: given, used: total, message: "" };
  if (count > total) return withoutExtra(type, given, count);
  if (defaults.length > 0 && count === total - defaults.length) return { values: [...given, ...defaults], used: count, message: "" };
  const message = `${tag} ends after ${count} of its ${total} fields`;
  const layout = isMeasurement(type) ? informationLayout(type) : undefined;
  if (layout === undefined || count < layout.begin) return { values: given, used: count, rule: "malformed-line", message };
  const values = [...given.slice(0, layout.begin), ...(defaults.length > 0 ? defaults : identityOf(layout))];
  return { values, used: layout.begin, rule: "missing-information", message };
}

function withoutExtra(type: LintType, given: readonly number[], count: number): CompletedFields {
  const total = type.fields.length;
  const message = `${type.tag} has ${total} fields, and the line ${count}`;
  const triangle = isMeasurement(type) ? triangleOfFull(informationLayout(type), given, count) : undefined;
  if (triangle === undefined) return { values: given.slice(0, total), used: total, rule: "extra-fields", message };
  const values = [...given.slice(0, total - triangle.length), ...triangle];
  return { values, used: count, rule: "extra-fields", message: `${message}: the whole information matrix` };
}

/** The fields of the information where the whole symmetric matrix, row by row, ends the line. */
function triangleOfFull({ begin, dof, places }: InformationLayout, given: readonly number[], count: number): number[] | undefined {
  if (count !== begin + dof * dof || given.length !== count) return undefined;
  const triangle: number[] = [];
  for (let i = 0; i < dof; i++) {
    for (let j = i; j < dof; j++) {
      const [upper, lower] = [given[begin + i * dof + j], given[begin + j * dof + i]];
      if (!Number.isFinite(upper) || upper !== lower) return undefined;
      triangle.push(upper);
    }
  }
  return Array.from(places, (place) => triangle[place]);
}

function identityOf({ dof, places }: InformationLayout): number[] {
  const diagonal = Array.from({ length: dof }, (_, i) => trianglePlace(i, i, dof));
  return Array.from(places, (place) => (diagonal.includes(place) ? 1 : 0));
}
