// Losses against landmarks taken for others, from odometry: `node --conditions=@slam/source packages/pgo/bench/landmarks.ts [seed]` prints a Markdown table.
import { argv } from "node:process";
import { type LossName, type PoseGraph, type PoseGraphRun, start } from "@slam/pgo";
import { distances, park } from "../test/seen-wrongly.ts";

const SHARES = [0.02, 0.1, 0.3];
const seed = Number(argv[2] ?? 7);
console.log(
  "| loss | false | poses m | trees, median m | largest | precision | recall | steps |\n| --- | --- | --- | --- | --- | --- | --- | --- |",
);
for (const share of SHARES) {
  const { honest, spoiled, wrong } = park(2, share, seed);
  const clean = finished(honest).x;
  for (const loss of ["huber", "cauchy", "geman-mcclure", "tukey", "dcs", "gnc-tls", "gnc-gm"] as const) {
    const run = finished(spoiled, loss);
    const { poses, median, largest } = distances(honest, run.x, clean);
    const rejected = run.report.loss?.rejectedFactors ?? [];
    const found = rejected.filter(({ measurement }) => wrong.has(measurement)).length;
    const shares = [found / Math.max(1, rejected.length), found / wrong.size].map((x) => x.toFixed(3));
    const cells = [loss, wrong.size, poses.toFixed(3), median.toFixed(3), largest.toFixed(2), ...shares, run.report.iterations.length];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

function finished(graph: PoseGraph, loss?: LossName): PoseGraphRun {
  const run = start(graph, loss && { loss: { loss } });
  while (!run.done) run.step();
  return run;
}
