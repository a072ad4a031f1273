import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findCycle, importFaults, importsOf } from "../src/imports.ts";
import { exportFaults, referenceFaults } from "../src/manifests.ts";
import { skeletonFaults } from "../src/skeleton.ts";
import type { Manifest, Package } from "../src/workspace.ts";

const published = { types: "./dist/index.d.ts", default: "./dist/index.js" };
const sound: Manifest = {
  name: "@slam/sound",
  license: "Apache-2.0",
  exports: { ".": { "@slam/source": "./src/index.ts", ...published } },
  publishConfig: { exports: { ".": published } },
  dependencies: { "@slam/errors": "workspace:*" },
};
const soundFiles = {
  "README.md": '# @slam/sound\n\n```ts\nconsole.log("first");\n```\n',
  "src/index.ts": '/* first */\nexport { one, type Two } from "./one.ts";\n',
  "src/one.ts": 'import { checkLength } from "@slam/errors";\nimport { two } from "./two.ts";\n',
  "src/two.ts": "export const two = 2;\n",
  "test/index.test.ts": "",
  "examples/first.ts": 'console.log("first");\n',
  "tsconfig.json": '{ "references": [{ "path": "../errors" }] }',
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slam-house-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The sound package, with some of its files replaced and fields of its manifest changed. */
function lay(files: Readonly<Record<string, string>> = {}, changes: Partial<Manifest> = {}): Package {
  for (const [path, text] of Object.entries({ ...soundFiles, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { folder, manifest: { ...sound, ...changes } };
}

test("a sound package has no faults", () => {
  const pkg = lay();

  expect([...skeletonFaults(pkg), ...exportFaults(pkg), ...referenceFaults(pkg), ...importFaults(pkg)]).toEqual([]);
});

describe("skeletonFaults", () => {
  test("names each missing file", () => {
    const pkg = lay();
    rmSync(join(folder, "test"), { recursive: true });

    expect(skeletonFaults(pkg)).toEqual(["test/index.test.ts is missing"]);
  });

  test("finds another licence", () => {
    expect(skeletonFaults(lay({}, { license: "MIT" }))).toEqual(["license is MIT, not Apache-2.0"]);
  });

  test.each(["export const one = 1;\n", 'import { one } from "./one.ts";\nexport { one };\n'])(
    "finds a barrel that does more: %j",
    (barrel) => {
      expect(skeletonFaults(lay({ "src/index.ts": barrel }))).toEqual(["src/index.ts does more than re-export"]);
    },
  );

  test("finds an example that has moved on from the README", () => {
    expect(skeletonFaults(lay({ "examples/first.ts": 'console.log("second");\n' }))).toEqual([
      "README.md does not quote examples/first.ts",
    ]);
    expect(skeletonFaults(lay({ "examples/more.ts": 'console.log("more");\n' }))).toEqual(["README.md does not quote examples/more.ts"]);
  });
});

describe("exportFaults", () => {
  test("finds an entry point that is not published", () => {
    const exports = {
      ...sound.exports,
      "./reference": { "@slam/source": "./src/one.ts", types: "./dist/one.d.ts", default: "./dist/one.js" },
    };

    expect(exportFaults(lay({}, { exports }))).toEqual(['publishConfig.exports differs from exports less "@slam/source"']);
  });

  test("finds an entry point without its source", () => {
    const pkg = lay();
    rmSync(join(folder, "src/index.ts"));

    expect(exportFaults(pkg)).toEqual(['exports ".": source ./src/index.ts does not exist']);
  });

  test("finds an entry point whose output comes from another source", () => {
    const exports = { ".": { "@slam/source": "./src/one.ts", ...published } };

    expect(exportFaults(lay({}, { exports }))).toHaveLength(1);
  });
});

describe("referenceFaults", () => {
  test("finds a dependency without a reference, and a reference without a dependency", () => {
    expect(referenceFaults(lay({}, { dependencies: { "@slam/float": "workspace:*" } }))).toEqual([
      "tsconfig.json has no reference to @slam/float",
      "tsconfig.json refers to @slam/errors, which is not a dependency",
    ]);
  });
});

describe("importFaults", () => {
  test.each([
    ["node:fs", "not there in browsers"],
    ["@slam/float", "@slam/float is not a dependency"],
    ["ndarray", "ndarray is not a dependency"],
    ["./index.ts", "the barrel; import the file"],
    ["../../errors/src/errors.ts", "outside src/; another package is imported by its name"],
  ])("finds an import of %s", (path, fault) => {
    const pkg = lay({ "src/two.ts": `import "${path}";\n` });

    expect(importFaults(pkg)).toContain(`src/two.ts imports ${path}: ${fault}`);
  });

  test("allows a subpath of a dependency", () => {
    expect(importFaults(lay({ "src/two.ts": 'import type { A } from "@slam/errors/reference";\n' }))).toEqual([]);
  });

  test("finds a cycle", () => {
    const pkg = lay({ "src/two.ts": 'import type { One } from "./one.ts";\n' });

    expect(importFaults(pkg)).toEqual(["import cycle in src/: one.ts -> two.ts -> one.ts"]);
  });
});

test("importsOf sees every form of import, and none in comments or strings", () => {
  const source = `
    import a from "a";
    import {
      b,
    } from "b";
    import "c";
    export * as d from "d";
    // import "e";
    /** import { f } from "f"; */
    export const g = "g";
    const h = await import("h");`;

  expect(importsOf(source)).toEqual(["a", "b", "c", "d", "h"]);
});

test("findCycle finds a file that imports itself", () => {
  expect(findCycle(new Map([["a.ts", ["a.ts"]]]))).toEqual(["a.ts", "a.ts"]);
});

test("findCycle finds none where two paths lead to one file", () => {
  const diamond = new Map([
    ["a.ts", ["b.ts", "c.ts"]],
    ["b.ts", ["d.ts"]],
    ["c.ts", ["d.ts"]],
  ]);

  expect(findCycle(diamond)).toBeUndefined();
});
