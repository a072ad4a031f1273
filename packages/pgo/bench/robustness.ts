// Robust losses and loop checks against false loops: `node --conditions=@slam/source packages/pgo/bench/robustness.ts [name=value ...]` prints a
// Markdown table. Names: graph (such as intel, or a world, its poses and its seed, manhattan:1000:0), noise (a factor on the world's), loss (pcm checks
// loops before a solve without a loss, pcm+gnc-tls before one with it), share (0.1, 0.3, 0.5; 0 for none), policy, seed, on, init; a value may be a
// list, a,b,c, but for noise.
import { argv, cpuUsage } from "node:process";
import { type PresetName, presetPolicy } from "@slam/nlls";
import {
  addFalseLoops,
  findConsistentLoops,
  type Initialization,
  type LossName,
  type PoseGraph,
  type PoseGraphOptions,
  type PoseGraphRun,
  readG2o,
  SIXTEEN_BIT,
  start,
  withoutEdges,
} from "@slam/pgo";
import { garage, grid, manhattan, type PoseGraphWorld, Random, ring, sphere, torus, type WorldOptions } from "@slam/sim";
import { publicData } from "../test/public-data.ts";
import { extent, rejection, rmsDistance } from "../test/robust-measures.ts";
import { worldGraph } from "../test/world-graph.ts";

const WORLDS: { readonly [name: string]: (options: WorldOptions) => PoseGraphWorld } = { garage, grid, manhattan, ring, sphere, torus };
const given = new Map(argv.slice(2).map((argument) => argument.split("=") as [string, string]));

function values(name: string, ...defaults: readonly string[]): readonly string[] {
  return given.get(name)?.split(",") ?? defaults;
}

const columns = ["graph", "loss", "policy", "false loops", "seed", "ends", "distance, % of extent", "ATE ratio", "precision", "recall"];
console.log(`| ${[...columns, "steps", "CG iterations", "time ratio"].join(" | ")} |\n|${" --- |".repeat(columns.length + 3)}`);
for (const name of values("graph", "M3500_original", "sphere2500", "intel")) compare(name);

function compare(name: string): void {
  const { graph, truth } = graphOf(name);
  const clean = finished(graph, { policy: presetPolicy("fp64") });
  for (const [share, seed, policy, loss] of combinations()) {
    const spoiled = addFalseLoops(graph, clean.graph.poses, { share: Number(share), random: new Random(Number(seed)) });
    const [check, lossName] = loss.startsWith("pcm") ? ["pcm", loss.split("+")[1] ?? "none"] : ["none", loss];
    const began = cpuUsage();
    const checked = check === "pcm" ? findConsistentLoops(spoiled) : undefined;
    const checkSeconds = secondsSince(began);
    const init = given.get("init") as Initialization | undefined;
    const on = given.get("on") as "all" | "loops" | undefined;
    const robust = finished(withoutEdges(spoiled, checked?.rejected.map(({ edge }) => edge) ?? []), {
      policy: presetPolicy(policy as PresetName, SIXTEEN_BIT),
      ...(lossName !== "none" && { loss: { loss: lossName as LossName, ...(on && { on }) } }),
      ...(init && { init }),
    });
    const { report } = robust;
    const measures = measure(graph, truth, clean.graph.poses, robust.graph.poses);
    const found = checked ?? report.loss;
    const rejected = found === undefined ? ["-", "-"] : Object.values(rejection(found, graph.from.length, spoiled)).map(text);
    const cells = [name, loss, policy, spoiled.from.length - graph.from.length, seed, report.termination, ...measures, ...rejected];
    const costs = [report.iterations.length, report.cgIterations, ((checkSeconds + robust.seconds) / clean.seconds).toFixed(1)];
    console.log(`| ${[...cells, ...costs].join(" | ")} |`);
  }
}

function combinations(): readonly (readonly string[])[] {
  const lists = [
    values("share", "0.1", "0.3", "0.5"),
    values("seed", "1"),
    values("policy", "fp64", "mixed"),
    values("loss", "gnc-tls", "gnc-gm"),
  ];
  return lists.reduce<string[][]>((all, list) => all.flatMap((row) => list.map((value) => [...row, value])), [[]]);
}

/** How far the solved poses are from the optimum without false loops, and, where the truth is known, their ATE over that optimum's. */
function measure(graph: PoseGraph, truth: Float64Array | undefined, optimum: Float64Array, poses: Float64Array): readonly string[] {
  const { dimension } = graph;
  const apart = (100 * rmsDistance(dimension, optimum, poses)) / extent(dimension, optimum);
  const ratio = truth && rmsDistance(dimension, truth, poses) / rmsDistance(dimension, truth, optimum);
  return [text(apart), ratio === undefined ? "-" : text(ratio)];
}

function text(x: number): string {
  return x.toFixed(4);
}

/** A public graph by its name, or a world by its name and number of poses. */
function graphOf(name: string): { readonly graph: PoseGraph; readonly truth?: Float64Array } {
  const [world, poses, seed = "0"] = name.split(":");
  if (poses === undefined) return { graph: readG2o(publicData(`pose-graphs/${name}.g2o`)!, name).graph };
  const made = WORLDS[world]({ poses: Number(poses), seed: Number(seed), noise: Number(given.get("noise") ?? 1) });
  return { graph: worldGraph(made), truth: made.truth };
}

/** A solve, and the seconds of the processor it took. */
function finished(graph: PoseGraph, options: PoseGraphOptions): PoseGraphRun & { readonly seconds: number } {
  const before = cpuUsage();
  const run = start(graph, options);
  while (!run.done) run.step();
  return { ...run, graph: run.graph, report: run.report, seconds: secondsSince(before) };
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = cpuUsage(before);
  return (user + system) / 1e6;
}
