// solve-bundle.ts FILE POLICY LINEAR SOLVES: a problem of "bundle adjustment in the large" by @slam/ba, so many times in one process. Prints a line of JSON.
import { readFileSync } from "node:fs";
import { type Linear, readBal, SIXTEEN_BIT, start } from "@slam/ba";
import { type PresetName, presetPolicy } from "@slam/nlls";
import { ArenaPool } from "@slam/wasm";

const [file = "", name = "mixed", linear = "auto", solves = "5"] = process.argv.slice(2);
const bundle = readBal(readFileSync(file), file);
const policy = presetPolicy(name as PresetName, SIXTEEN_BIT);
const arenas = new ArenaPool();
const seconds: number[] = [];
for (let k = 0; k < Number(solves); k++) {
  arenas.recycle();
  const began = performance.now();
  const run = start(bundle, { policy, linear: linear as Linear, arenas });
  while (!run.done) run.step();
  seconds.push((performance.now() - began) / 1000);
  if (k === Number(solves) - 1) {
    const { finalCost, termination, iterations, cgIterations, linear: solver } = run.report;
    const peakBytes = 1024 * process.resourceUsage().maxRSS;
    const { solver: used } = solver;
    console.log(
      JSON.stringify({ optimum: finalCost, termination, iterations: iterations.length, cgIterations, solver: used, seconds, peakBytes }),
    );
  }
}
