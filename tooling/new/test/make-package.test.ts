import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportFaults, importFaults, readPackages, referenceFaults, skeletonFaults } from "@slam/house";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makePackage } from "../src/make-package.ts";

const repository = join(import.meta.dirname, "../../..");
const references = '{\n  "files": [],\n  "references": [\n    { "path": "packages/errors" }\n  ]\n}\n';
const spec = { name: "fresh", summary: "A package of this test.", dependencies: ["errors"] };

/** A workspace with the package `errors` in it; run() runs a tool of this repository there. */
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "slam-new-"));
  writeFileSync(join(root, "tsconfig.json"), references);
  const inside = (path: string): boolean => !/node_modules|dist|\.cache/.test(path.slice(repository.length));
  for (const folder of ["packages/errors", "tooling/tsconfig"]) {
    cpSync(join(repository, folder), join(root, folder), { recursive: true, filter: inside });
  }
  makePackage(root, spec);
  mkdirSync(join(root, "packages/fresh/node_modules/@slam"), { recursive: true });
  symlinkSync(join(root, "packages/errors"), join(root, "packages/fresh/node_modules/@slam/errors"));
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

function run(tool: string, ...args: readonly string[]): string {
  return execFileSync(join(repository, "node_modules/.bin", tool), args, { cwd: root, encoding: "utf8" });
}

describe("a package just made", () => {
  test("keeps the rules of the house", () => {
    const fresh = readPackages("packages", root).find(({ manifest }) => manifest.name === "@slam/fresh")!;

    expect([...skeletonFaults(fresh), ...exportFaults(fresh), ...referenceFaults(fresh), ...importFaults(fresh)]).toEqual([]);
  });

  test("is referred to by the workspace", () => {
    const config = readFileSync(join(root, "tsconfig.json"), "utf8");

    expect(config).toBe(references.replace("\n  ]", ',\n    { "path": "packages/fresh" }\n  ]'));
  });

  test("builds with the whole workspace, its dependency first", () => {
    run("tsc", "-b");

    expect(existsSync(join(root, "packages/fresh/dist/index.js"))).toBe(true);
    expect(existsSync(join(root, "packages/errors/dist/index.js"))).toBe(true);
  });

  test("is formatted", () => {
    expect(() => run("biome", "check", `--config-path=${repository}`, "packages/fresh")).not.toThrow();
  });

  test("has an example that runs", () => {
    expect(run("node", "--conditions=@slam/source", "packages/fresh/examples/first.ts")).toBe("[]\n");
  });
});

test.each([
  ["an upper case name", { ...spec, name: "Fresh" }, /lower case/],
  ["a name outside packages/", { ...spec, name: "../fresh" }, /lower case/],
  ["no summary", { ...spec, name: "other", summary: "" }, /summary/],
  ["a package that exists", { ...spec, name: "errors" }, /packages\/errors exists already/],
  [
    "an unknown dependency",
    { ...spec, name: "other", dependencies: ["nowhere"] },
    /nowhere is not a package here; there are errors, fresh/,
  ],
])("refuses %s and writes nothing", (_, refused, message) => {
  const before = readFileSync(join(root, "tsconfig.json"), "utf8");

  expect(() => makePackage(root, refused)).toThrow(message);

  expect(readFileSync(join(root, "tsconfig.json"), "utf8")).toBe(before);
  expect(existsSync(join(root, "packages/other"))).toBe(false);
});
