import { presetPolicy } from "@slam/nlls";
import { describe, expect, test } from "vitest";
import { readG2o } from "../src/io/g2o.ts";
import { type PoseGraphOptions, SIXTEEN_BIT, start } from "../src/solve.ts";
import { SESYNC_OPTIMA } from "./known-optima.ts";
import { hasPublicData, publicData } from "./public-data.ts";

/** On a slow machine. */
const MINUTE = 60_000;

/** Converged at that cost, to what is known of it. */
function expectCost(path: string, options: PoseGraphOptions, expected: number, accuracy: number): void {
  const run = start(readG2o(publicData(path)!, path).graph, { policy: presetPolicy("mixed", SIXTEEN_BIT), ...options });
  while (!run.done) run.step();
  const { termination, cost } = run.report;
  expect([termination, Math.abs(cost.final / expected - 1) <= accuracy], `${cost.final}`).toEqual(["converged", true]);
}

describe.skipIf(!hasPublicData)("public graphs cost at their optimum", () => {
  test.each(SESYNC_OPTIMA)("$optimum as SE-Sync certifies it: $path", { timeout: MINUTE }, ({ path, optimum }) => {
    // Six digits are given of some: 5e-6 of a value that begins with 1.
    expectCost(path, { cost: "sesync" }, optimum, 5e-6);
  });

  // Found by a program with Ceres' residuals: pose_graph_3d of sphere2500 prints 677.008, half of it.
  test.each([
    { path: "pose-graphs/sphere2500.g2o", optimum: 1354.016987 },
    { path: "pose-graphs/smallGrid3D.g2o", optimum: 1025.398056 },
    { path: "pose-graphs/parking-garage.g2o", optimum: 1.26838634 },
    { path: "pose-graphs/kitti_00.g2o", optimum: 98.26268185 },
    { path: "pose-graphs/intel.g2o", optimum: 44.41780798 },
    { path: "pose-graphs/CSAIL.g2o", optimum: 61.14294903 },
  ])("$optimum as Ceres' example has it: $path", { timeout: MINUTE }, ({ path, optimum }) => {
    expectCost(path, { cost: "ceres" }, optimum, 1e-6);
  });

  test("sphere2500: 675.70 as GTSAM prints it", { timeout: MINUTE }, () => {
    expectCost("pose-graphs/sphere2500.g2o", { cost: "gtsam" }, 675.701, 2e-6);
  });
});
