import { type PresetName, presetPolicy } from "@slam/nlls";
import { describe, expect, test } from "vitest";
import type { PoseGraph } from "../src/graph.ts";
import { readG2o, writeG2o } from "../src/io/g2o.ts";
import { chi2, type PoseGraphOptions, type PoseGraphRun, SIXTEEN_BIT, start } from "../src/solve.ts";
import { joined } from "./io/ascii.ts";
import { KNOWN_OPTIMA } from "./known-optima.ts";
import { hasPublicData, publicData } from "./public-data.ts";

/** On a slow machine. */
const MINUTE = 60_000;

function read(path: string): PoseGraph {
  return readG2o(publicData(path)!, path).graph;
}

function finish(graph: PoseGraph, options: PoseGraphOptions): PoseGraphRun {
  const run = start(graph, options);
  while (!run.done) run.step();
  return run;
}

/** Converged at the known optimum, which is given to ten digits or so, or below it. */
function expectOptimum({ report }: PoseGraphRun, optimum: number): void {
  expect([report.termination, report.cost.final <= optimum * (1 + 1e-6)]).toEqual(["converged", true]);
}

describe.skipIf(!hasPublicData)("public graphs reach their known optima", () => {
  test.each(KNOWN_OPTIMA)("mixed: $path, $optimum, written and read alike", { timeout: MINUTE }, ({ path, optimum }) => {
    const run = finish(read(path), { policy: presetPolicy("mixed", SIXTEEN_BIT) });

    expectOptimum(run, optimum);
    expect(chi2(readG2o(joined(writeG2o(run.graph)), path).graph)).toBe(run.report.cost.final);
  });

  describe.each<PresetName>(["fp64", "fp32"])("in %s", (policy) => {
    test.each(KNOWN_OPTIMA.filter(({ small }) => small))("$path, $optimum", { timeout: MINUTE }, ({ path, optimum }) => {
      expectOptimum(finish(read(path), { policy: presetPolicy(policy) }), optimum);
    });
  });
});
