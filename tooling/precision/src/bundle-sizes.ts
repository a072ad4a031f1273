// `pnpm bench:ba-scale [--sizes 250000,1000000,5000000] [--linear cgnr] [--rounds 2] [--out FOLDER]`: generated photos of growing size by @slam/ba in policy mixed, each solve in a process
// of its own, sizes in turns: time on the processor and memory for each observation. Three steps of at most 30 CG iterations: what a step costs, whatever the problem asks. The reading of such a file
// as well. Prints a table, writes JSON to tooling/precision/results/bundle-sizes/ (or FOLDER).
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine, digits, median, tableText, writeResults } from "@slam/bench";
import type { Read } from "./read-bundle.ts";
import type { Job, Solved } from "./solve-bundle.ts";

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "250000,1000000,5000000" },
    linear: { type: "string", default: "cgnr" },
    rounds: { type: "string", default: "2" },
    out: { type: "string" },
  },
});
const machine = describeMachine();
const rounds = Number(values.rounds);
const sizes = values.sizes.split(",").map(Number);
const solved = sizes.map(() => [] as Solved[]);
const read = sizes.map(() => [] as Read[]);
for (let round = 0; round < rounds; round++) {
  for (const [k, problem] of sizes.entries()) {
    const linear = values.linear as Job["linear"];
    const job: Job = { problem, policy: { preset: "mixed" }, linear, solves: 1, maxIterations: 3, maxCgIterations: 30 };
    solved[k].push(run("solve-bundle.ts", JSON.stringify(job)));
    read[k].push(run("read-bundle.ts", `${problem}`));
    console.error(`${problem} observations done`);
  }
}
const figures = sizes.map((_, k) => {
  const [{ observations: n, linear, matvec, cgIterations, iterations, peakBytes }] = solved[k];
  const ofStep = (phase: keyof Solved["seconds"]): number =>
    (1e6 * median(solved[k].map(({ seconds }) => seconds[phase]))) / n / iterations;
  return {
    observations: n,
    linear,
    matvec,
    cgIterations,
    microseconds: {
      processor: ofStep("processor"),
      linearize: ofStep("linearize"),
      factorize: ofStep("factorize"),
      linearSolve: ofStep("linearSolve"),
    },
    solveBytes: peakBytes / n,
    readMicroseconds: (1e6 * median(read[k].map(({ processor }) => processor))) / n,
    readBytes: read[k][0].peakBytes / n,
    fileBytes: read[k][0].fileBytes / n,
  };
});
console.log(
  tableText(
    [
      "observations",
      "linear",
      "J in",
      "CG",
      "us a step, processor",
      "linearize",
      "factorize",
      "linear solve",
      "bytes",
      "read us",
      "read bytes",
      "file bytes",
    ],
    figures.map((f) => [
      `${f.observations}`,
      f.linear,
      f.matvec,
      `${f.cgIterations}`,
      ...Object.values(f.microseconds).map(digits),
      digits(f.solveBytes),
      digits(f.readMicroseconds),
      digits(f.readBytes),
      digits(f.fileBytes),
    ]),
  ),
);
console.log(
  `all for each observation; load ${machine.load.toFixed(2)} before, ${describeMachine().load.toFixed(2)} after; medians of ${rounds} turns`,
);
console.log(writeResults(values.out ?? join(import.meta.dirname, "../results/bundle-sizes"), machine, { rounds, figures }));

function run<T>(program: string, argument: string): T {
  const args = ["--conditions=@slam/source", join(import.meta.dirname, program), argument];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, OMP_NUM_THREADS: "1" } }));
}
