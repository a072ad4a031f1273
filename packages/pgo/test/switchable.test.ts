import { presetPolicy } from "@slam/nlls";
import { manhattan, Random, ring } from "@slam/sim";
import { describe, expect, test } from "vitest";
import { addFalseLoops } from "../src/false-loops.ts";
import type { PoseGraph } from "../src/graph.ts";
import { isLoop } from "../src/loops.ts";
import { type PoseGraphOptions, type PoseGraphRun, start } from "../src/solve.ts";
import { largestDistance } from "./distance.ts";
import { withSwitches } from "./switch-variables.ts";
import { worldGraph } from "./world-graph.ts";

const C = 3;

function finish(graph: PoseGraph, options: PoseGraphOptions): PoseGraphRun {
  const run = start(graph, { policy: presetPolicy("fp64"), ftol: 1e-14, maxIterations: 500, fixed: [0], ...options });
  while (!run.done) run.step();
  return run;
}

test("by hand: two steps of 1 m, and a loop of 3 m over both, whose switch is C^2 / (C^2 + s)", () => {
  const W = [100, 0, 0, 100, 0, 100];
  const graph: PoseGraph = {
    dimension: 2,
    ids: Float64Array.of(0, 1, 2),
    poses: Float64Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0),
    known: new Uint8Array(3).fill(1),
    from: Int32Array.of(0, 1, 0),
    to: Int32Array.of(1, 2, 2),
    measurements: Float64Array.of(1, 0, 0, 1, 0, 0, 3, 0, 0),
    information: Float64Array.from([W, W, W].flat()),
    fixed: new Int32Array(0),
  };
  // min over d and s of 200 d^2 + s^2 100 (1 - 2 d)^2 + C^2 (1 - s)^2, each in turn at its own minimum until neither moves.
  let [d, s] = [0, 1];
  for (let round = 0; round < 1000; round++) {
    s = C ** 2 / (C ** 2 + 100 * (1 - 2 * d) ** 2);
    d = s ** 2 / (1 + 2 * s ** 2);
  }

  const { graph: solved, report } = finish(graph, { loss: { loss: "switchable", C, on: "loops" } });

  expect(solved.poses[6] - 2).toBeCloseTo(2 * d, 7);
  expect(report.cost.final).toBeCloseTo(200 * d ** 2 + s ** 2 * 100 * (1 - 2 * d) ** 2 + C ** 2 * (1 - s) ** 2, 9);
  expect(report.loss?.rejected).toEqual([{ edge: 2, from: 0, to: 2, weight: expect.closeTo(s ** 2, 9) }]);
});

describe.each([
  ["manhattan", manhattan({ poses: 100, noise: 0.5 })],
  ["ring", ring({ poses: 60 })],
] as const)("%s with false loops", (_, world) => {
  test("switches solved jointly with the poses, each from 1, end at the same optimum as those eliminated", () => {
    const graph = addFalseLoops(worldGraph(world), world.truth, { share: 0.2, random: new Random(3) });
    const loops = Array.from(graph.from.keys()).filter((edge) => isLoop(graph, edge));

    const eliminated = finish(graph, { loss: { loss: "switchable", C, on: "loops" } });
    const joint = finish(withSwitches(graph, C), { init: "file" });

    expect([eliminated.report.termination, joint.report.termination]).toEqual(["converged", "converged"]);
    expect(Math.abs(joint.report.cost.final / eliminated.report.cost.final - 1)).toBeLessThan(1e-10);
    // The cost is flat to first order: the square root of what it is off by.
    expect(largestDistance(2, joint.graph.poses, eliminated.graph.poses)).toBeLessThan(1e-4);
    const weights = new Map(eliminated.report.loss?.rejected.map(({ edge, weight }) => [edge, weight]));
    loops.forEach((edge, k) => {
      const s = joint.graph.landmarks!.positions[2 * k];
      expect(s).toBeGreaterThan(0);
      expect(s).toBeLessThanOrEqual(1);
      if (weights.has(edge)) expect(s ** 2).toBeCloseTo(weights.get(edge)!, 4);
    });
  });
});

test("dynamic covariance scaling leaves true edges as they are, switches take a little from each", () => {
  const graph = worldGraph(manhattan({ poses: 100, noise: 0.5 }));
  const plain = finish(graph, {});

  const [dcs, switchable] = (["dcs", "switchable"] as const).map((loss) => finish(graph, { loss: { loss, C: 6 }, init: "chordal" }));

  expect(Math.abs(dcs.report.cost.final / plain.report.cost.final - 1)).toBeLessThan(1e-10);
  expect(switchable.report.cost.final).toBeLessThan(plain.report.cost.final * 0.99);
});
