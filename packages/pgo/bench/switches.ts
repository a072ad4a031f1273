// Switchable constraints solved jointly with the poses, each switch from 1, beside those eliminated (`--loss switchable`), both from odometry and on loops only:
// `node --conditions=@slam/source packages/pgo/bench/switches.ts` prints a Markdown table.
import { cpuUsage } from "node:process";
import { presetPolicy } from "@slam/nlls";
import { addFalseLoops, type PoseGraph, type PoseGraphOptions, type PoseGraphRun, readG2o, start } from "@slam/pgo";
import { manhattan, Random } from "@slam/sim";
import { publicData } from "../test/public-data.ts";
import { extent, rmsDistance } from "../test/robust-measures.ts";
import { withSwitches } from "../test/switch-variables.ts";
import { worldGraph } from "../test/world-graph.ts";

/** The default of losses in the plane. */
const C = 3.368;

console.log(
  "| graph | false loops | distance, %: eliminated | jointly | steps | | time ratio |\n| --- | --: | --: | --: | --: | --: | --: |",
);
for (const name of ["intel", "M3500_original", "manhattan 1000"]) {
  const graph = name.startsWith("manhattan")
    ? worldGraph(manhattan({ poses: 1000 }))
    : readG2o(publicData(`pose-graphs/${name}.g2o`)!, name).graph;
  const optimum = finished(graph, {}).graph.poses;
  for (const share of [0.1, 0.3, 0.5]) {
    const spoiled = addFalseLoops(graph, optimum, { share, random: new Random(1) });
    const eliminated = finished(spoiled, { loss: { loss: "switchable", C, on: "loops" } });
    // Without estimates in the file, poses start from odometry.
    const joint = finished(withSwitches({ ...spoiled, known: new Uint8Array(graph.ids.length) }, C), { init: "file" });
    const distance = ({ graph: { poses } }: PoseGraphRun): string =>
      ((100 * rmsDistance(2, optimum, poses)) / extent(2, optimum)).toFixed(4);
    const steps = [eliminated, joint].map(({ report }) => report.iterations.length);
    const ratio = (joint.seconds / eliminated.seconds).toFixed(1);
    console.log(
      `| ${[name, spoiled.from.length - graph.from.length, distance(eliminated), distance(joint), ...steps, ratio].join(" | ")} |`,
    );
  }
}

function finished(graph: PoseGraph, options: PoseGraphOptions): PoseGraphRun & { readonly seconds: number } {
  const before = cpuUsage();
  const run = start(graph, { policy: presetPolicy("fp64"), maxIterations: 200, ...options });
  while (!run.done) run.step();
  const { user, system } = cpuUsage(before);
  return { ...run, graph: run.graph, report: run.report, seconds: (user + system) / 1e6 };
}
