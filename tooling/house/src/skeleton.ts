import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Package } from "./workspace.ts";

/** What a package lacks of the skeleton that all share, so that who knows one knows all. */
export function skeletonFaults({ folder, manifest }: Package): readonly string[] {
  const expected = ["README.md", "src/index.ts", "test/index.test.ts", "examples/first.ts"];
  const missing = expected.filter((file) => !existsSync(join(folder, file)));
  const faults = missing.map((file) => `${file} is missing`);
  const text = (file: string): string => (missing.includes(file) ? "" : readFileSync(join(folder, file), "utf8"));
  if (manifest.license !== "Apache-2.0") faults.push(`license is ${manifest.license}, not Apache-2.0`);
  if (!onlyReExports(text("src/index.ts"))) faults.push("src/index.ts does more than re-export");
  const more = missing.includes("examples/first.ts") ? [] : readdirSync(join(folder, "examples")).filter((file) => file !== "first.ts");
  for (const file of ["first.ts", ...more].map((name) => `examples/${name}`)) {
    if (!text("README.md").includes(`\`\`\`ts\n${text(file)}\`\`\``)) faults.push(`README.md does not quote ${file}`);
  }
  return faults;
}

function onlyReExports(barrel: string): boolean {
  const reExport = /export (?:type )?(?:\{[^}]*\}|\* as \w+)(?: from "\.\/[^"]+\.ts")?;/g;
  return (
    barrel
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")
      .replace(reExport, "")
      .trim() === ""
  );
}
