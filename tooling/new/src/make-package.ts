import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type PackageSpec, skeleton } from "./skeleton.ts";

/** What was asked for cannot be made; the message says why. */
export class UsageError extends Error {}

/**
 * Writes packages/<name> in the workspace at `root` and refers to it in the root tsconfig.json.
 *
 * @throws UsageError, before anything is written.
 */
export function makePackage(root: string, spec: PackageSpec): void {
  check(root, spec);
  for (const [path, text] of Object.entries(skeleton(spec))) {
    const target = join(root, "packages", spec.name, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  refer(join(root, "tsconfig.json"), `packages/${spec.name}`);
}

function check(root: string, { name, summary, dependencies }: PackageSpec): void {
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw new UsageError(`a name is lower case letters, digits and hyphens, got ${JSON.stringify(name)}`);
  if (summary === "") throw new UsageError("the one-line summary is missing");
  const known = readdirSync(join(root, "packages"));
  if (known.includes(name)) throw new UsageError(`packages/${name} exists already`);
  const missing = dependencies.find((dependency) => !known.includes(dependency));
  if (missing !== undefined) throw new UsageError(`dependency ${missing} is not a package here; there are ${known.join(", ")}`);
}

/** Adds a line to the references of a tsconfig.json, and leaves the other lines as they are. */
function refer(config: string, path: string): void {
  const text = readFileSync(config, "utf8");
  const changed = text.replace(/( *)(\{ "path": "[^"]*" \})(\n *\])/, `$1$2,\n$1{ "path": "${path}" }$3`);
  if (changed === text) throw new Error(`bug: found no list of references in ${config}`);
  writeFileSync(config, changed);
}
