import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { type Entry, type Package, readJson } from "./workspace.ts";

const sourceCondition = "@slam/source";

/** What is wrong with the entry points: each leads to a source here, and to what tsc makes of it when published. */
export function exportFaults({ folder, manifest }: Package): readonly string[] {
  const inside = manifest.exports ?? {};
  const published = manifest.publishConfig?.exports ?? {};
  const withoutSource = Object.fromEntries(Object.entries(inside).map(([path, entry]) => [path, withoutCondition(entry)]));
  const faults =
    JSON.stringify(withoutSource) === JSON.stringify(published)
      ? []
      : [`publishConfig.exports differs from exports less "${sourceCondition}"`];
  for (const [path, entry] of Object.entries(inside)) {
    if (typeof entry === "string") continue;
    const source = entry[sourceCondition];
    if (source === undefined || !existsSync(join(folder, source))) faults.push(`exports "${path}": source ${source} does not exist`);
    const built = source?.replace("./src/", "./dist/").replace(/\.ts$/, "");
    const expected = { [sourceCondition]: source, types: `${built}.d.ts`, default: `${built}.js` };
    if (JSON.stringify(entry) !== JSON.stringify(expected)) faults.push(`exports "${path}" is not ${JSON.stringify(expected)}`);
  }
  return faults;
}

function withoutCondition(entry: Entry): Entry {
  return typeof entry === "string"
    ? entry
    : Object.fromEntries(Object.entries(entry).filter(([condition]) => condition !== sourceCondition));
}

/** What is wrong with the references of tsconfig.json: they are the @slam dependencies, so that `tsc -b` builds those first. */
export function referenceFaults({ folder, manifest }: Package): readonly string[] {
  const config = readJson(join(folder, "tsconfig.json")) as { readonly references?: readonly { readonly path: string }[] };
  const referenced = (config.references ?? []).map((reference) => `@slam/${basename(reference.path)}`);
  const dependencies = Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith("@slam/"));
  return [
    ...dependencies.filter((name) => !referenced.includes(name)).map((name) => `tsconfig.json has no reference to ${name}`),
    ...referenced
      .filter((name) => !dependencies.includes(name))
      .map((name) => `tsconfig.json refers to ${name}, which is not a dependency`),
  ];
}
