import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { type Package, sourceFiles } from "./workspace.ts";

/** Path of a source file, relative to src/, and the files of src/ it imports. */
type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * What is wrong with the imports of a package's src/: another package is reached by its name and is a dependency, a file of the
 * own package by its path and never through the barrel, no file reaches itself, and nothing comes from Node.
 */
export function importFaults({ folder, manifest }: Package): readonly string[] {
  const faults: string[] = [];
  const graph = new Map<string, readonly string[]>();
  for (const file of sourceFiles(join(folder, "src"))) {
    const imported = importsOf(readFileSync(join(folder, "src", file), "utf8"));
    const relative = imported.filter((path) => path.startsWith("."));
    const files = relative.map((path) => resolve(file, path));
    graph.set(file, files);
    for (const path of imported) {
      const fault = relative.includes(path) ? relativeFault(file, path) : packageFault(path, manifest.dependencies ?? {});
      if (fault) faults.push(`src/${file} imports ${path}: ${fault}`);
    }
  }
  const cycle = findCycle(graph);
  return cycle ? [...faults, `import cycle in src/: ${cycle.join(" -> ")}`] : faults;
}

/** The module names in `import`, `export from` and `import()` of a source text, comments left out. */
export function importsOf(source: string): readonly string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const specifier = /^\s*(?:import|export)\b(?:[^"'`;]*?\bfrom)?\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return [...code.matchAll(specifier)].map((match) => (match[1] ?? match[2])!);
}

function resolve(file: string, path: string): string {
  return posix.join(posix.dirname(file), path);
}

function relativeFault(file: string, path: string): string | undefined {
  const target = resolve(file, path);
  if (target.startsWith("..")) return "outside src/; another package is imported by its name";
  return target === "index.ts" ? "the barrel; import the file" : undefined;
}

function packageFault(path: string, dependencies: Readonly<Record<string, string>>): string | undefined {
  if (path.startsWith("node:")) return "not there in browsers";
  const name = path.split("/", path.startsWith("@") ? 2 : 1).join("/");
  return name in dependencies ? undefined : `${name} is not a dependency`;
}

/** Some cycle, its first file repeated at the end, or undefined; by depth-first search. */
export function findCycle(graph: Graph): readonly string[] | undefined {
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    const start = path.indexOf(file);
    if (start >= 0) return [...path.slice(start), file];
    if (finished.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle) return cycle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}
