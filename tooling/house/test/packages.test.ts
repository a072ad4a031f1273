import { execFileSync } from "node:child_process";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { importFaults } from "../src/imports.ts";
import { exportFaults, referenceFaults } from "../src/manifests.ts";
import { skeletonFaults } from "../src/skeleton.ts";
import { readJson, readPackages, root, sourceFiles } from "../src/workspace.ts";

const packages = readPackages("packages");

describe.each(packages)("$manifest.name", (pkg) => {
  test("refers in tsconfig.json to the packages it depends on", () => {
    expect(referenceFaults(pkg)).toEqual([]);
  });

  test("imports what it depends on, without cycles", () => {
    expect(importFaults(pkg)).toEqual([]);
  });

  test.for(sourceFiles(join(pkg.folder, "examples")))("runs its example %s", { timeout: 60_000 }, (file) => {
    const path = join(pkg.folder, "examples", file);

    const output = execFileSync(process.execPath, ["--conditions=@slam/source", path], { encoding: "utf8" });

    expect(output).not.toBe("");
  });
});

describe.each(packages.filter(({ manifest }) => !manifest.private))("$manifest.name, public,", (pkg) => {
  test("has the skeleton that all share", () => {
    expect(skeletonFaults(pkg)).toEqual([]);
  });

  test("publishes the entry points it has here", () => {
    expect(exportFaults(pkg)).toEqual([]);
  });
});

test("the root tsconfig.json refers to every package", () => {
  const config = readJson(join(root, "tsconfig.json")) as { readonly references: readonly { readonly path: string }[] };

  const referenced = config.references.map(({ path }) => path);

  expect(packages.map(({ folder }) => `packages/${basename(folder)}`).filter((path) => !referenced.includes(path))).toEqual([]);
});
