// The known optima, by policy: `node --conditions=@slam/source packages/pgo/bench/optima.ts [policy or graph ...]` prints a Markdown table, by default
// of every policy and graph; half and naive take minutes on the large ones. Each solve has a process of its own.
// "fp32 factor" and "fp16 factor" are the method as published: a complete factor made once, computed and applied in fp32, stored so or in fp16.
import { spawnSync } from "node:child_process";
import { argv, execPath, resourceUsage } from "node:process";
import { fileURLToPath } from "node:url";
import { type PresetName, parsePolicy, presetPolicy } from "@slam/nlls";
import { type PoseGraphOptions, readG2o, SIXTEEN_BIT, start } from "@slam/pgo";
import { KNOWN_OPTIMA } from "../test/known-optima.ts";
import { publicData } from "../test/public-data.ts";

interface Row {
  readonly termination: string;
  readonly chi2: number;
  readonly cgIterations: readonly number[];
  readonly factorizations: number;
  readonly events: string;
  readonly seconds: number;
  readonly peakMegabytes: number;
}

const POLICIES = ["mixed", "fp32", "fp64", "fp32 factor", "fp16 factor", "half", "naive"];

if (argv[2] === "--solve") console.log(JSON.stringify(measure(argv[3], optionsOf(argv[4]))));
else
  printTable(
    chosen(POLICIES, (policy) => policy),
    chosen(KNOWN_OPTIMA, ({ path }) => nameOf(path)),
  );

/** Those whose names are among the arguments; all where none is. */
function chosen<T>(all: readonly T[], name: (item: T) => string): readonly T[] {
  const named = all.filter((item) => argv.includes(name(item)));
  return named.length > 0 ? named : all;
}

function nameOf(path: string): string {
  return path.replace(/.*\/|\.g2o/g, "");
}

function optionsOf(policy: string): PoseGraphOptions {
  const [format, factor] = policy.split(" ");
  if (factor === undefined) return { policy: presetPolicy(format as PresetName, SIXTEEN_BIT) };
  return { policy: parsePolicy({ preset: "fp32", precondition: format }), refresh: "static" };
}

/** One solve in this process. */
function measure(path: string, options: PoseGraphOptions): Row {
  const { graph } = readG2o(publicData(path)!, path);
  const began = performance.now();
  const run = start(graph, options);
  while (!run.done) run.step();
  const seconds = (performance.now() - began) / 1000;
  const { termination, cost, iterations, linear, precision } = run.report;
  return {
    termination,
    chi2: cost.final,
    cgIterations: iterations.map((record) => record.cgIterations),
    factorizations: linear.factorizations,
    events: Object.entries(precision)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${name} ${count}`)
      .join(", "),
    seconds,
    peakMegabytes: resourceUsage().maxRSS / 1024,
  };
}

function solveApart(path: string, policy: string): Row {
  const script = fileURLToPath(import.meta.url);
  const { stdout, stderr, status } = spawnSync(execPath, ["--conditions=@slam/source", script, "--solve", path, policy], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${path} in ${policy}: ${stderr}`);
  return JSON.parse(stdout) as Row;
}

function printTable(policies: readonly string[], graphs: typeof KNOWN_OPTIMA): void {
  const columns = [
    "graph",
    "policy",
    "ends",
    "chi2",
    "above the optimum",
    "CG iterations per step",
    "factorisations",
    "s",
    "peak MB",
    "events",
  ];
  console.log(`| ${columns.join(" | ")} |\n|${" --- |".repeat(columns.length)}`);
  for (const { path, optimum } of graphs) {
    for (const policy of policies) {
      const row = solveApart(path, policy);
      const total = row.cgIterations.reduce((sum, k) => sum + k, 0);
      const cells = [
        nameOf(path),
        policy,
        row.termination,
        row.chi2.toPrecision(10),
        (row.chi2 / optimum - 1).toExponential(1),
        `${row.cgIterations.join(" ")} = ${total}`,
        row.factorizations,
        row.seconds.toFixed(2),
        Math.round(row.peakMegabytes),
        row.events,
      ];
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
}
