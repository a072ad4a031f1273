export interface PackageSpec {
  /** Without the scope: "float". */
  readonly name: string;
  readonly summary: string;
  /** Names of packages here, without the scope. */
  readonly dependencies: readonly string[];
}

/** The files of a new package: their texts, formatted, by their path in its folder. */
export function skeleton(spec: PackageSpec): Readonly<Record<string, string>> {
  return {
    "package.json": manifest(spec),
    "tsconfig.json": tsconfig(spec.dependencies),
    "README.md": readme(spec),
    "src/index.ts": "export {};\n",
    "test/index.test.ts": indexTest(spec.name),
    "examples/first.ts": example(spec.name),
  };
}

function manifest({ name, summary, dependencies }: PackageSpec): string {
  const published = { types: "./dist/index.d.ts", default: "./dist/index.js" };
  const fields = {
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
    dependencies: Object.fromEntries(dependencies.toSorted().map((dependency) => [`@slam/${dependency}`, "workspace:*"])),
  };
  return `${JSON.stringify(fields, null, 2)}\n`;
}

function tsconfig(dependencies: readonly string[]): string {
  const config = {
    extends: "../../tooling/tsconfig/base.json",
    compilerOptions: { rootDir: "src", outDir: "dist", tsBuildInfoFile: ".cache/tsconfig.tsbuildinfo" },
    include: ["src"],
    references: dependencies.toSorted().map((dependency) => ({ path: `../${dependency}` })),
  };
  return `${JSON.stringify(config, null, 2)}\n`.replace(/\[\s+"src"\s+\]/, '["src"]');
}

function readme({ name, summary }: PackageSpec): string {
  return `# @slam/${name}

${summary}

\`\`\`sh
npm install @slam/${name}
\`\`\`

## Example

\`\`\`ts
${example(name)}\`\`\`

## Exports

| export | what it is |
| ------ | ---------- |

## Formats

## Limits
`;
}

function example(name: string): string {
  return `import * as api from "@slam/${name}";

console.log(Object.keys(api));
`;
}

function indexTest(name: string): string {
  return `import * as api from "@slam/${name}";
import { expect, test } from "vitest";

test("exports nothing by accident", () => {
  expect(Object.keys(api).sort()).toEqual([]);
});
`;
}
