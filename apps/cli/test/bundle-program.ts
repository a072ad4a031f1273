import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Tests start the program as it is published: before them all it is bundled anew. */
export function setup(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL("../build.ts", import.meta.url))]);
}
