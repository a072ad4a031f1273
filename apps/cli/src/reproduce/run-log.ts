import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeFileSync } from "node:fs";
import type { Result } from "@slam/experiments";
import { InputError } from "../failure.ts";

/** Raised where a result of an experiment becomes another thing. 1 had no parts of solves, and was not written down. */
export const RECORDS = 2;

/** What all results of a folder have in common; results of another plan do not go with them. */
export interface PlanHead {
  readonly format: "slam reproduce";
  readonly version: string;
  /** What lines hold: records of one kind do not go with those of another. */
  readonly records: typeof RECORDS;
  readonly seed: number;
  readonly scenes: readonly string[];
  readonly tasks: number;
}

/**
 * Results as lines of JSON, behind a line that says what they are of. Each is on disk before the next run is counted: a process that is killed at any moment loses the
 * runs that had not ended, and the line that it was writing is cut off when the next one opens the file.
 */
export class RunLog {
  readonly results: Map<string, Result>;
  readonly #descriptor: number;

  private constructor(descriptor: number, results: Map<string, Result>) {
    this.#descriptor = descriptor;
    this.results = results;
  }

  /** @throws InputError for a file that holds another plan, or none. */
  static open(file: string, head: PlanHead): RunLog {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const [first, ...lines] = whole.split("\n").slice(0, -1);
    if (first !== undefined) checkHead(file, first, head);
    const results = new Map<string, Result>();
    for (const [k, line] of lines.entries()) {
      const result = parsed(file, k + 2, line) as Result;
      results.set(result.id, result);
    }
    const descriptor = openSync(file, "a");
    ftruncateSync(descriptor, Buffer.byteLength(whole));
    const log = new RunLog(descriptor, results);
    if (first === undefined) log.#write(head);
    return log;
  }

  add(result: Result): void {
    this.results.set(result.id, result);
    this.#write(result);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(record: object): void {
    writeFileSync(this.#descriptor, `${JSON.stringify(record)}\n`);
    fsyncSync(this.#descriptor);
  }
}

function checkHead(file: string, line: string, head: PlanHead): void {
  const found = parsed(file, 1, line) as Partial<PlanHead>;
  const different = (Object.keys(head) as (keyof PlanHead)[]).find((key) => JSON.stringify(found[key]) !== JSON.stringify(head[key]));
  if (different === undefined) return;
  const [was = "not said", is] = [JSON.stringify(found[different]), JSON.stringify(head[different])];
  throw new InputError(
    `${file}: its runs are of another plan (${different} ${was}, now ${is}); name another folder with --out, or delete this one`,
  );
}

function parsed(file: string, line: number, text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new InputError(`${file}:${line}: expected a line of JSON, as \`slam reproduce\` writes it; name another folder with --out`);
}
