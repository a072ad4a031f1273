// Makes a package with the skeleton of ARCHITECTURE: `pnpm new <name> "what it is, in one line" [dependency ...]`.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const [name, summary, ...dependencies] = process.argv.slice(2);
const folder = join(root, "packages", name ?? "");

const complaint = usageError();
if (complaint) {
  console.error(`new: ${complaint}\nusage: pnpm new <name> "what it is, in one line" [dependency ...]`);
  process.exit(2);
}

function usageError() {
  if (!name || !/^[a-z][a-z0-9-]*$/.test(name)) return `a package name is lower case letters, digits and hyphens, got ${JSON.stringify(name)}`;
  if (!summary) return "the one-line summary is missing";
  if (existsSync(folder)) return `packages/${name} exists already`;
  const known = readdirSync(join(root, "packages"));
  const missing = dependencies.find((d) => !known.includes(d));
  return missing && `dependency ${missing} is not a package here; there are ${known.join(", ")}`;
}

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

const published = { types: "./dist/index.d.ts", default: "./dist/index.js" };
const manifest = {
  name: `@slam/${name}`,
  version: "0.0.0",
  description: summary,
  license: "Apache-2.0",
  type: "module",
  sideEffects: false,
  engines: { node: ">=20.19" },
  files: ["dist", "src"],
  exports: { ".": { "@slam/source": "./src/index.ts", ...published }, "./package.json": "./package.json" },
  publishConfig: { access: "public", exports: { ".": published, "./package.json": "./package.json" } },
  scripts: { build: "tsc -b" },
  ...(dependencies.length > 0 && { dependencies: Object.fromEntries(dependencies.sort().map((d) => [`@slam/${d}`, "workspace:*"])) }),
};

const files = {
  "package.json": json(manifest),
  "tsconfig.json": json({
    extends: "../../tooling/tsconfig/base.json",
    compilerOptions: { rootDir: "src", outDir: "dist", tsBuildInfoFile: ".cache/tsconfig.tsbuildinfo" },
    include: ["src"],
    references: dependencies.map((d) => ({ path: `../${d}` })),
  }),
  "README.md": `# @slam/${name}

${summary}

\`\`\`sh
npm install @slam/${name}
\`\`\`

## Example

<!-- examples/first.ts -->

## Exports

| export | what it is |
| --- | --- |

## Formats

## Limits
`,
  "src/index.ts": "export {};\n",
  "test/index.test.ts": `import { expect, test } from "vitest";
import * as api from "@slam/${name}";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([]);
});
`,
};

for (const [path, text] of Object.entries(files)) {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}
console.log(`packages/${name}: add it to tsconfig.json's references, write src/, an example and the README, then run: pnpm install && pnpm test`);
