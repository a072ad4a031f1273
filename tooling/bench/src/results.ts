import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeMachine, type Machine } from "./machine.ts";

/** Writes figures with the machine they are of, as FOLDER/DATE-COMMIT.json. @returns the file. */
export function writeResults(folder: string, machine: Machine, figures: object): string {
  const date = new Date().toISOString().slice(0, 10);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${date}-${machine.commit}.json`);
  const loadAfter = describeMachine().load;
  // In one go: a bench that is killed while it writes leaves what it had.
  writeFileSync(`${file}.tmp`, `${JSON.stringify({ date, machine, loadAfter, ...figures }, null, 2)}\n`);
  renameSync(`${file}.tmp`, file);
  return file;
}
