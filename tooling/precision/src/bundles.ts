// `pnpm bench:ba-precision [problem ...] [--sizes 20000,100000,1000000] [--rounds 3] [--solves 3] [--out FOLDER]`: public problems of "bundle adjustment in the large" and generated photos
// solved by @slam/ba with each linear solver in each policy, every solve in a process of its own, policies in turns; then how the linear solve's time compares with fp32's where J grows
// past the caches, beside the triad of the same run. Prints tables, writes JSON to tooling/precision/results/bundles/ (or FOLDER).
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine, digits, median, pairedRatio, tableText, triadBandwidth, writeResults } from "@slam/bench";
import type { Job, Solved } from "./solve-bundle.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sizes: { type: "string", default: "20000,100000,1000000,4000000" },
    rounds: { type: "string", default: "3" },
    solves: { type: "string", default: "3" },
    out: { type: "string" },
  },
});
const here = join(import.meta.dirname, "..");
const folder = join(process.env.SLAM_DATA ?? join(here, "../../../shared/data"), "bal");
const env = { ...process.env, OMP_NUM_THREADS: "1" };
const machine = describeMachine();
const rounds = Number(values.rounds);

const LINEAR = ["cgnr", "schur-cg", "schur-direct"] as const;
const POLICIES = {
  fp64: { preset: "fp64" },
  fp32: { preset: "fp32" },
  mixed: { preset: "mixed" },
  "J in fp16": { preset: "fp32", matvec: "fp16" },
  "J in bf16": { preset: "fp32", matvec: "bf16" },
  half: { preset: "half" },
  naive: { preset: "naive" },
} as const;

const problems = (positionals.length > 0 ? positionals : ["dubrovnik-16-22106-pre"])
  .map((name) => (existsSync(name) ? name : join(folder, `${name}.txt`)))
  .filter((file) => {
    if (!existsSync(file)) console.log(`skipped: there is no ${file}`);
    return existsSync(file);
  });

const policies = problems.flatMap((problem) => LINEAR.flatMap((linear) => inEachPolicy(problem, linear)));
console.log(
  tableText(
    [
      "problem",
      "linear",
      "policy",
      "ended",
      "1/2 sum r^2",
      "steps",
      "CG",
      "solve s",
      "linearize",
      "factorize",
      "linear",
      "products % of flops",
    ],
    policies.map((f) => [
      f.problem,
      f.linear,
      f.policy,
      f.termination,
      f.cost.toPrecision(10),
      `${f.iterations}`,
      `${f.cgIterations}`,
      ...[f.seconds.solve, f.seconds.linearize, f.seconds.factorize, f.seconds.linearSolve].map(digits),
      digits(100 * f.productShare),
    ]),
  ),
);
for (const { problem, linear, policy, message } of policies.filter(({ termination }) => termination !== "converged")) {
  console.log(`${problem}, ${linear}, ${policy}: ${message}`);
}

const bandwidth = triadBandwidth(400);
const sizes = values.sizes
  .split(",")
  .filter((size) => size !== "")
  .map(Number)
  .flatMap(inEachStorage);
console.log(
  tableText(
    ["observations", "MB of J in fp32", "J in", "ns an observation and CG iteration", "of fp32", "GB/s", "of the triad"],
    sizes.map((f) => [
      `${f.observations}`,
      digits(f.megabytes),
      f.storage,
      digits(f.nanoseconds),
      digits(f.ofSingle),
      digits(f.bandwidth),
      digits(f.bandwidth / bandwidth),
    ]),
  ),
);
console.log(
  `triad ${digits(bandwidth)} GB/s; load ${machine.load.toFixed(2)} before, ${describeMachine().load.toFixed(2)} after; medians of ${rounds} turns`,
);
console.log(writeResults(values.out ?? join(here, "results/bundles"), machine, { rounds, policies, triad: bandwidth, sizes }));

function isRounded(name: string): boolean {
  return name === "half" || name === "naive";
}

interface PolicyFigures
  extends Pick<Solved, "termination" | "message" | "cost" | "iterations" | "cgIterations" | "matvec" | "seconds" | "peakBytes"> {
  readonly problem: string;
  readonly linear: string;
  readonly policy: string;
  /** Of all flops that are counted. */
  readonly productShare: number;
}

function inEachPolicy(problem: string, linear: Job["linear"]): readonly PolicyFigures[] {
  // A factor in less than fp32 can only precondition.
  const names = (Object.keys(POLICIES) as (keyof typeof POLICIES)[]).filter((name) => linear !== "schur-direct" || !isRounded(name));
  const runs = new Map(names.map((name) => [name, [] as Solved[]]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      // What rounds each operation runs on the references: once is enough, under the caps that policies.md names.
      const isSlow = isRounded(name);
      if (isSlow && round > 0) continue;
      const limits = isSlow ? { maxIterations: 12, maxCgIterations: 60 } : {};
      runs.get(name)!.push(solveOnce({ problem, linear, policy: POLICIES[name], solves: isSlow ? 1 : Number(values.solves), ...limits }));
    }
  }
  console.error(`${basename(problem)} by ${linear} done`);
  return names.map((name) => {
    const all = runs.get(name)!;
    const [{ flops, ...first }] = all;
    const counted = Object.values(flops).reduce((a, b) => a + b, 0);
    return {
      problem: basename(problem, ".txt"),
      policy: name,
      productShare: (flops.matvec ?? 0) / counted,
      ...first,
      linear,
      seconds: mediansOf(all),
    };
  });
}

interface SizeFigures {
  readonly observations: number;
  readonly megabytes: number;
  readonly storage: string;
  /** Of the linear solve. */
  readonly nanoseconds: number;
  readonly ofSingle: number;
  /** All that CG reads and writes, by its own count. */
  readonly bandwidth: number;
}

/** CGNR, three steps of at most 60 iterations. */
function inEachStorage(observations: number): readonly SizeFigures[] {
  const storages = ["fp32", "fp16", "bf16", "mixed"];
  const runs = storages.map(() => [] as Solved[]);
  for (let round = 0; round < rounds; round++) {
    for (const [k, storage] of storages.entries()) {
      const policy = storage === "mixed" ? { preset: "mixed" } : { preset: "fp32", matvec: storage };
      const solves = observations > 500_000 ? 1 : Number(values.solves);
      runs[k].push(solveOnce({ problem: observations, linear: "cgnr", policy, solves, maxIterations: 3, maxCgIterations: 60 }));
    }
  }
  console.error(`${observations} observations done`);
  const timesOf = (all: readonly Solved[]): readonly number[] => all.map((run) => run.seconds.linearSolve / run.cgIterations);
  return storages.map((storage, k) => {
    const [{ observations: n, bytes, cgIterations }] = runs[k];
    const seconds = median(timesOf(runs[k]));
    const moved = ((bytes.matvec ?? 0) + (bytes.vectors ?? 0) + (bytes.precondition ?? 0)) / cgIterations;
    return {
      observations: n,
      megabytes: (n * 24 * 4) / 1e6,
      storage,
      nanoseconds: (1e9 * seconds) / n,
      ofSingle: pairedRatio(timesOf(runs[k]), timesOf(runs[0])),
      bandwidth: moved / seconds / 1e9,
    };
  });
}

function mediansOf(all: readonly Solved[]): Solved["seconds"] {
  const phases = Object.keys(all[0].seconds) as (keyof Solved["seconds"])[];
  return Object.fromEntries(phases.map((phase) => [phase, median(all.map(({ seconds }) => seconds[phase]))])) as Solved["seconds"];
}

function solveOnce(job: Job): Solved {
  const args = ["--conditions=@slam/source", join(import.meta.dirname, "solve-bundle.ts"), JSON.stringify(job)];
  return JSON.parse(execFileSync(process.execPath, args, { env, encoding: "utf8" }));
}
