// SE-Sync's optima, certified: `node --conditions=@slam/source packages/pgo/bench/certify.ts [random] [graph ...]` prints a Markdown table, by default of every
// graph from the solve's result with default options, with `random` from poses drawn at random. `ratio` is certify's time over that of the solve before it.
import { argv } from "node:process";
import { type Certificate, certify, isCertificate, lintG2o, type PoseGraph, readG2o, start } from "@slam/pgo";
import { SESYNC_OPTIMA } from "../test/known-optima.ts";
import { publicData } from "../test/public-data.ts";

const isRandom = argv.includes("random");
const named = SESYNC_OPTIMA.filter(({ path }) => argv.includes(nameOf(path)));

const COLUMNS = [
  "graph",
  "F",
  "F / SE-Sync's - 1",
  "certified",
  "gap / F",
  "lambda_min(S) >=",
  "rank",
  "gradient",
  "iterations by rank",
  "solve s",
  "certify s",
  "ratio",
];
console.log(`| ${COLUMNS.join(" | ")} |\n|${" --- |".repeat(COLUMNS.length)}`);
for (const { path, optimum } of named.length > 0 ? named : SESYNC_OPTIMA) {
  const graph = readRepaired(path);
  // Of the first solve some is compilation.
  if (!isRandom) solve(graph);
  const [solved, solveSeconds] = timed(() => solve(graph));
  const [result, seconds] = timed(() => certify(solved));
  if (!isCertificate(result)) throw new Error(`${path}: ${result.refused}`);
  console.log(`| ${nameOf(path)} | ${cells(result, optimum, solveSeconds, seconds).join(" | ")} |`);
}

function nameOf(path: string): string {
  return path.replace(/.*\/|\.g2o/g, "");
}

/** cubicle's information has to be repaired; the others stay as they are. */
function readRepaired(path: string): PoseGraph {
  const bytes = publicData(path)!;
  const { repaired } = lintG2o(bytes);
  return readG2o(path.includes("cubicle") ? Buffer.concat([...repaired()]) : bytes, path).graph;
}

function solve(graph: PoseGraph): PoseGraph {
  const run = start(graph, isRandom ? { init: "random", maxIterations: 0 } : {});
  while (!run.done) run.step();
  return run.graph;
}

function timed<T>(compute: () => T): readonly [T, number] {
  const began = performance.now();
  const value = compute();
  return [value, (performance.now() - began) / 1000];
}

function cells(c: Certificate, optimum: number, solveSeconds: number, seconds: number): (string | number)[] {
  return [
    c.cost.toPrecision(10),
    (c.cost / optimum - 1).toExponential(1),
    c.certified ? "yes" : "no",
    (c.gap / c.cost).toExponential(1),
    c.eigenvalueBound.toExponential(1),
    c.rank,
    c.gradient.toExponential(1),
    c.stairs.map(({ rank, iterations }) => `${rank}: ${iterations}`).join(", "),
    solveSeconds.toFixed(2),
    seconds.toFixed(2),
    (seconds / solveSeconds).toFixed(2),
  ];
}
