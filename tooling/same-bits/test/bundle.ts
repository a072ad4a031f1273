import { join } from "node:path";
import { build } from "rolldown";

/** Bundles the hashes and all they need from the sources into one module of plain JavaScript, for hosts that have no packages. */
export async function bundleHashes(folder: string): Promise<string> {
  const file = join(folder, "hashes.mjs");
  await build({
    input: join(import.meta.dirname, "../src/hashes.ts"),
    platform: "neutral",
    resolve: { conditionNames: ["@slam/source", "import"] },
    output: { file, format: "esm" },
    logLevel: "warn",
  });
  return file;
}
