import { expect, test } from "vitest";
import { informationSize, type PoseGraph, poseSize } from "../../src/graph.ts";
import { IncrementalPoseGraph } from "../../src/incremental/incremental-pose-graph.ts";
import { readG2o } from "../../src/io/g2o.ts";
import { start } from "../../src/solve.ts";
import { hasPublicData, publicData } from "../public-data.ts";

/** On a slow machine. */
const MINUTE = 60_000;

interface Closure {
  /** After the update. */
  readonly cost: number;
  /** As it was before, of every so manieth closure. */
  readonly before: PoseGraph | undefined;
}

/** Feeds the file's edges in its order. */
function closuresOf(path: string, count: number, every: number): Closure[] {
  const { graph: file } = readG2o(publicData(path)!, path);
  const size = poseSize(file);
  const upper = informationSize(file);
  const graph = new IncrementalPoseGraph({ dimension: file.dimension });
  const first = file.from[0];
  graph.addPose(file.ids[first], { pose: file.poses.subarray(first * size, (first + 1) * size) });
  const there = new Set([first]);
  const closures: Closure[] = [];
  for (let e = 0; e < file.from.length && closures.length < count; e++) {
    const [from, to] = [file.ids[file.from[e]], file.ids[file.to[e]]];
    const measurement = file.measurements.subarray(e * size, (e + 1) * size);
    const information = file.information.subarray(e * upper, (e + 1) * upper);
    if (!there.has(file.to[e])) {
      graph.addPose(to, { from, measurement, information });
      there.add(file.to[e]);
      continue;
    }
    graph.addEdge({ from, to, measurement, information });
    const before = (closures.length + 1) % every === 0 ? graph.graph : undefined;
    const report = graph.update();
    expect(report.termination).toBe("converged");
    closures.push({ cost: report.cost.final, before });
  }
  return closures;
}

test.skipIf(!hasPublicData)("the first 300 closures of M3500_original: each 60th is the batch optimum", { timeout: MINUTE }, () => {
  const sampled = closuresOf("pose-graphs/M3500_original.g2o", 300, 60).filter(({ before }) => before !== undefined);

  expect(sampled.length).toBe(5);
  for (const { cost, before } of sampled) {
    const run = start(before!, { init: "file" });
    while (!run.done) run.step();
    expect(Math.abs(cost / run.report.cost.final - 1)).toBeLessThan(1e-6);
  }
});

test.skipIf(!hasPublicData)("kitti_00, closure by closure, ends at its known optimum", { timeout: MINUTE }, () => {
  const closures = closuresOf("pose-graphs/kitti_00.g2o", Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);

  expect(closures.length).toBe(137);
  expect(closures[136].cost / 98.32201173 - 1).toBeLessThan(1e-6);
});
