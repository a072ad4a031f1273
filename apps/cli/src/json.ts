import { UsageError } from "./failure.ts";

/** Whether `--json` asks for stdout, which then holds nothing else. */
export function isStdout(json: string | undefined): boolean {
  return json === "-";
}

/**
 * @throws UsageError unless the value of `--json` is "-" or a name that ends in .json: the word after `--json` may be meant as an input, and
 * must not be overwritten.
 */
export function checkJsonTarget(json: string | undefined): void {
  if (json === undefined || isStdout(json) || json.endsWith(".json")) return;
  throw new UsageError(`--json ${json}: the report's name ends in .json; to print it instead, write --json=- or put --json last`);
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
