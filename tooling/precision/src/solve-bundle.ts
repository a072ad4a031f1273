// solve-bundle.ts JSON: solves one bundle, so many times in one process, and prints a line of JSON. `Job` says what.
import { readFileSync } from "node:fs";
import { type Bundle, type Linear, readBal, SIXTEEN_BIT, start } from "@slam/ba";
import { parsePolicy } from "@slam/nlls";
import { ArenaPool } from "@slam/wasm";
import { photosOf } from "./photos.ts";

/** What is asked of a process. */
export interface Job {
  /** A file of "bundle adjustment in the large", or the number of observations of generated photos. */
  readonly problem: string | number;
  readonly policy: object;
  readonly linear: Linear;
  readonly solves: number;
  /** Default the solver's own. */
  readonly maxIterations?: number;
  readonly maxCgIterations?: number;
}

/** What it says: of the last solve, but for `linearSolve`, the median of those after the first. */
export interface Solved {
  readonly observations: number;
  readonly termination: string;
  readonly message: string;
  readonly cost: number;
  readonly iterations: number;
  readonly cgIterations: number;
  readonly matvec: string;
  readonly linear: string;
  readonly seconds: Readonly<Record<"processor" | "solve" | "linearize" | "factorize" | "linearSolve" | "update", number>>;
  readonly flops: Readonly<Record<string, number>>;
  readonly bytes: Readonly<Record<string, number>>;
  /** Of the process before and after. */
  readonly idleBytes: number;
  readonly peakBytes: number;
}

const job: Job = JSON.parse(process.argv[2]);
const bundle = bundleOf(job.problem);
const idleBytes = process.memoryUsage.rss();
const policy = parsePolicy(job.policy, SIXTEEN_BIT);
const arenas = new ArenaPool();
const all: Solved[] = [];
for (let k = 0; k < job.solves; k++) {
  arenas.recycle();
  const [began, used] = [performance.now(), process.cpuUsage()];
  const { linear, maxIterations, maxCgIterations } = job;
  const limits = { ...(maxIterations !== undefined && { maxIterations }), ...(maxCgIterations !== undefined && { maxCgIterations }) };
  const run = start(bundle, { policy, linear, arenas, ...limits });
  while (!run.done) run.step();
  const solve = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(used);
  const processor = (user + system) / 1e6;
  const { report } = run;
  all.push({
    observations: bundle.camera.length,
    termination: report.termination,
    message: report.message,
    cost: report.finalCost,
    iterations: report.iterations.length,
    cgIterations: report.cgIterations,
    matvec: report.policy.matvec.name,
    linear: report.linear.solver,
    seconds: { processor, solve, ...report.seconds },
    flops: totals(report.work.flops),
    bytes: totals(report.work.bytes),
    idleBytes,
    peakBytes: 1024 * process.resourceUsage().maxRSS,
  });
}
const warm = all.slice(job.solves > 1 ? 1 : 0).sort((a, b) => a.seconds.linearSolve - b.seconds.linearSolve);
console.log(JSON.stringify({ ...warm[warm.length >> 1], peakBytes: all[all.length - 1].peakBytes }));

function bundleOf(problem: string | number): Bundle {
  return typeof problem === "number" ? photosOf(problem) : readBal(readFileSync(problem), problem);
}

function totals(tally: {
  readonly [operation: string]: { readonly [format: string]: number } | undefined;
}): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(tally).map(([operation, by]) => [operation, Object.values(by ?? {}).reduce((a, b) => a + b, 0)]),
  );
}
