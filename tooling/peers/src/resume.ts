import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GraphFigures } from "./compare.ts";

/** What figures of one file have in common. */
export interface Settings {
  readonly policy: string;
  readonly turns: number;
  readonly solves: number;
}

/**
 * The graphs that a run before has done at this commit, by its newest file in a folder of results.
 *
 * @throws Error where that run had other settings: its figures do not go with new ones.
 */
export function doneBefore(folder: string, commit: string, settings: Settings): readonly GraphFigures[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(`-${commit}.json`)) : [];
  const newest = names.sort().at(-1);
  if (newest === undefined) return [];
  const { graphs, ...found } = JSON.parse(readFileSync(join(folder, newest), "utf8"));
  const different = (Object.keys(settings) as (keyof Settings)[]).find((key) => found[key] !== settings[key]);
  if (different !== undefined) {
    throw new Error(`--resume: ${newest} is of ${different} ${found[different]}, now ${settings[different]}`);
  }
  return graphs;
}
