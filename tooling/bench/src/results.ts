import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeMachine, type Machine } from "./machine.ts";

/** Writes figures with the machine they are of, as FOLDER/DATE-COMMIT.json. @returns the file. */
export function writeResults(folder: string, machine: Machine, figures: object): string {
  const date = new Date().toISOString().slice(0, 10);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${date}-${machine.commit}.json`);
  const loadAfter = describeMachine().load;
  writeFileSync(file, `${JSON.stringify({ date, machine, loadAfter, ...figures }, null, 2)}\n`);
  return file;
}
