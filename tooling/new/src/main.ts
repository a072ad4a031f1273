// pnpm new <name> "what it is, in one line" [dependency ...]
import { join } from "node:path";
import { makePackage, UsageError } from "./make-package.ts";

const [name = "", summary = "", ...dependencies] = process.argv.slice(2);
try {
  makePackage(join(import.meta.dirname, "../../.."), { name, summary, dependencies });
  console.log(`packages/${name} stands. Give it a layer in tooling/house/src/layers.ts, write it, then: pnpm install && pnpm test`);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`new: ${error.message}\nusage: pnpm new <name> "what it is, in one line" [dependency ...]`);
  process.exitCode = 2;
}
