import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository. */
export const root: string = join(import.meta.dirname, "../../..");

/** An entry point as package.json gives it: a file, or a file per condition. */
export type Entry = string | { readonly [condition: string]: string };

/** The part of package.json that the rules look at. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly exports?: { readonly [path: string]: Entry };
  readonly publishConfig?: { readonly exports?: { readonly [path: string]: Entry } };
  readonly dependencies?: { readonly [name: string]: string };
  readonly devDependencies?: { readonly [name: string]: string };
}

export interface Package {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The packages in `parent`, such as "packages" or "apps", of the workspace at `workspace`, by name. */
export function readPackages(parent: string, workspace: string = root): readonly Package[] {
  const path = join(workspace, parent);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((folder) => existsSync(join(folder, "package.json")))
    .map((folder) => ({ folder, manifest: readJson(join(folder, "package.json")) as Manifest }));
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Paths of the TypeScript files in `folder` and below, relative to it, with "/"; none where it does not exist. */
export function sourceFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"))
    .sort();
}
