// Every check of the repository in turn, whatever the ones before said; ends with the line "N passed, N failed, N skipped".
import { join } from "node:path";
import { type Counts, runStep } from "./step.ts";

const root = join(import.meta.dirname, "../../..");
const steps: readonly (readonly string[])[] = [
  ["tsc", "-b"],
  ["tsc", "-p", "tsconfig.test.json"],
  ["biome", "check", "--error-on-warnings", "."],
  ["knip", "--no-config-hints"],
  ["vitest", "run"],
  ["node", "tooling/smoke/src/main.ts"],
];

const all: Counts[] = [];
for (const [program = "", ...args] of steps) all.push(await runStep(root, program, args));
const sum = (pick: (counts: Counts) => number): number => all.reduce((total, counts) => total + pick(counts), 0);
const failed = sum((counts) => counts.failed);
console.log(`\n${sum((counts) => counts.passed)} passed, ${failed} failed, ${sum((counts) => counts.skipped)} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
