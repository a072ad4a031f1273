import { UsageError } from "./failure.ts";

/** The value of `--json [file]`: true without a file. */
export type JsonTarget = string | true;

/** The file to write the report to; undefined for stdout, and without `--json`. */
export function jsonFile(json: JsonTarget | undefined): string | undefined {
  return json === true || json === "-" ? undefined : json;
}

/**
 * @throws UsageError for a file that does not end in .json: the word after `--json` may be meant as an input, and must not be overwritten.
 */
export function checkJsonTarget(json: JsonTarget | undefined): void {
  const file = jsonFile(json);
  if (file === undefined || file.endsWith(".json")) return;
  throw new UsageError(`--json ${file}: the report's name ends in .json; to print it instead, write --json=- or put --json last`);
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
