import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "./failure.ts";

/**
 * Makes a folder, and those that it lies in, where they are not there. One by one: Node's own `recursive` never returns where the system says of a folder in one that is there that there is no such
 * file, as /proc does.
 *
 * @throws InputError where the system refuses.
 */
export function makeFolder(folder: string): void {
  try {
    make(folder);
  } catch (error) {
    throw new InputError(`${folder}: cannot make this folder: ${(error as Error).message}`);
  }
}

function make(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(folder) !== folder) make(dirname(folder));
  mkdirSync(folder);
}
