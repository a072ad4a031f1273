import { type CompletedFields, completeFields } from "./complete-fields.ts";
import type { Findings } from "./findings.ts";
import { graphValues } from "./information.ts";
import type { LineTokens } from "./line-tokens.ts";
import type { LineSpan, LintFile } from "./lint-file.ts";
import { idNamesOf, type LintType } from "./lint-type.ts";
import type { RuleName } from "./rules.ts";

/** Reads a line of `type` into the file: as it stands, mended, or not at all and set aside. Reports what is wrong with it. */
export function readRecord(file: LintFile, findings: Findings, type: LintType, span: LineSpan, tokens: LineTokens): void {
  const isLast = span.end === file.bytes.length;
  const record = parseRecord(type, tokens, isLast && findings.count("missing-information") === 0);
  if ("bad" in record) {
    findings.report(record.bad, span.line, isLast ? `${record.message}; is the file cut off?` : record.message);
    file.setLineAside(span, record.bad);
    return;
  }
  const { ids, fields, rule, message, lost } = record;
  const k = file.add(type, span, ids, fields);
  if (tokens.hasComma) findings.report("decimal-comma", span.line, `${type.tag} has commas in its numbers or between them`);
  if (rule !== undefined) findings.report(rule, span.line, message);
  if (tokens.hasComma || rule !== undefined) file.change(k, fields, lost && `slam lint: had ${lost}`);
}

interface ParsedRecord {
  readonly ids: readonly number[];
  readonly fields: Float64Array;
  /** What is mended, if anything. */
  readonly rule: CompletedFields["rule"] | undefined;
  readonly message: string;
  /** What the record has no place for. */
  readonly lost?: string;
}

interface BadRecord {
  readonly bad: RuleName;
  readonly message: string;
}

/** @param isCutOff whether the line may end within a number, so that what stands there of an information matrix that is too short is not to be trusted. */
function parseRecord(type: LintType, tokens: LineTokens, isCutOff: boolean): ParsedRecord | BadRecord {
  const malformed = (message: string): BadRecord => ({ bad: "malformed-line", message });
  const idNames = idNamesOf(type);
  const numbers = tokens.hasComma ? readCommas(type, idNames.length, tokens) : tokens.numbers();
  if (numbers === undefined) return malformed(`${type.tag} has commas that are neither in its numbers nor between them`);
  const count = (tokens.hasComma ? numbers.length : tokens.count) - idNames.length;
  if (count < 0) return malformed(`${type.tag} ends before its ${idNames[numbers.length]}`);
  const ids = numbers.slice(0, idNames.length).map((id) => id + 0); // -0 is the id 0
  const badId = ids.findIndex((id) => !Number.isSafeInteger(id));
  if (badId >= 0) return malformed(`${idNames[badId]} of ${type.tag} is ${tokens.shown(badId)}, not an integer below 2^53`);

  const { values, used, rule, message } = completeFields(type, numbers.slice(idNames.length), count);
  const badField = values.slice(0, used).findIndex((value) => !Number.isFinite(value));
  if (badField >= 0) {
    const at = idNames.length + badField;
    const what = `${type.fields[badField]} of ${type.tag} is ${tokens.shown(at)}`;
    return tokens.isNotFinite(at) ? { bad: "not-finite", message: what } : malformed(`${what}, not a number`);
  }
  if (rule === "malformed-line" || (isCutOff && rule === "missing-information")) return malformed(message);
  const fields = Float64Array.from(values);
  const converted = graphValues(type, fields);
  if (!converted.every(Number.isFinite)) {
    return { bad: "not-finite", message: `${type.tag} has numbers that g2o's coordinates have no room for` };
  }
  if (type.similarity !== undefined && !(converted[7] > 0)) return malformed(`${type.tag} has the scale ${converted[7]}, not one > 0`);
  const isPartial = rule === "missing-information" && count > used;
  return { ids, fields, rule, message, ...(isPartial && { lost: tokens.textFrom(idNames.length + used) }) };
}

/**
 * The numbers of a line with commas: decimal ones, or those between fields, whichever gives the record its number of fields; else decimal ones if
 * that leaves nothing but numbers. undefined where neither does.
 */
function readCommas({ fields, defaults = [] }: LintType, idCount: number, tokens: LineTokens): number[] | undefined {
  const total = idCount + fields.length;
  const fits = (numbers: readonly number[]): boolean =>
    numbers.every(Number.isFinite) && (numbers.length === total || numbers.length === total - defaults.length);
  const [decimal, between] = [tokens.numbersWithPoints(), tokens.numbersBetweenCommas()];
  if (fits(decimal)) return decimal;
  if (fits(between)) return between;
  return decimal.every(Number.isFinite) ? decimal : undefined;
}
