import { execFileSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Manifest } from "@slam/house";

export interface PackedPackage {
  readonly manifest: Manifest;
  /** Absolute path of the .tgz. */
  readonly tarball: string;
}

/** Builds all packages and packs them into `folder`, with pnpm: npm would ignore publishConfig.exports. */
export function packAll(workspace: string, manifests: readonly Manifest[], folder: string): readonly PackedPackage[] {
  const pnpm = (...args: readonly string[]): void => {
    execFileSync("pnpm", args, { cwd: workspace, stdio: ["ignore", "inherit", "inherit"] });
  };
  pnpm("run", "build");
  pnpm("--recursive", "--filter", "./packages/*", "--filter", "./apps/*", "--silent", "pack", "--pack-destination", folder);
  return manifests.map((manifest) => {
    const file = `${manifest.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`;
    return { manifest, tarball: join(folder, file) };
  });
}

/** Writes the project of a stranger who depends on all of `packed`, uninstalled. */
export function layProject(folder: string, packed: readonly PackedPackage[]): void {
  const dependencies = Object.fromEntries(packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]));
  const entries = packed.flatMap(({ manifest }) => entryPoints(manifest));
  const imports = entries.map((entry, i) => `import * as entry${i} from "${entry}";\n`);
  const list = entries.map((entry, i) => `  ["${entry}", entry${i}],\n`);
  cpSync(join(import.meta.dirname, "../consumer"), folder, { recursive: true });
  // Ours depend on each other by version: without overrides npm would ask the registry for those.
  const overrides = Object.fromEntries(packed.map(({ manifest }) => [manifest.name, `$${manifest.name}`]));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module", dependencies, overrides }));
  writeFileSync(join(folder, "entries.ts"), `${imports.join("")}\nexport const entries: [string, object][] = [\n${list.join("")}];\n`);
  // One of ours that was not packed must fail, and not come from elsewhere.
  writeFileSync(join(folder, ".npmrc"), "@slam:registry=http://127.0.0.1:9/\n");
}

function entryPoints({ name, exports = {} }: Manifest): readonly string[] {
  const paths = Object.keys(exports).filter((path) => !path.endsWith(".json"));
  return paths.map((path) => name + path.slice(1));
}

/** The environment without the workspace's own tools, so that `node` and `npm` are those of the machine. */
export function outsideEnvironment(): NodeJS.ProcessEnv {
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  return { ...process.env, PATH: path.join(delimiter) };
}
