import { readBal, start } from "@slam/ba";
import { presetPolicy } from "@slam/nlls";
import { expectClose } from "@slam/testing";
import { expect, test } from "vitest";
import { hasPublicData, publicData } from "./public-data.ts";

/** 1/2 sum r^2 as Ceres finds it. */
const DUBROVNIK_16 = 18033.90348;

test.skipIf(!hasPublicData).each([
  ["schur-cg", "mixed"],
  ["cgnr", "mixed"],
  ["schur-cg", "fp64"],
  ["schur-direct", "mixed"],
  ["schur-direct", "fp64"],
] as const)("dubrovnik-16 by %s in policy %s reaches Ceres' optimum", { timeout: 60_000 }, (linear, name) => {
  const bundle = readBal(publicData("bal/dubrovnik-16-22106-pre.txt"), "dubrovnik");
  const run = start(bundle, { linear, policy: presetPolicy(name, ["matvec"]) });
  while (!run.done) run.step();
  const { termination, finalCost, policy, unseen } = run.report;

  expect(termination).toBe("converged");
  expectClose([finalCost / DUBROVNIK_16], [1], 1e-6);
  // 8 MB of J in fp32; schur-direct multiplies with none of it in CG.
  expect(policy.matvec.name).toBe(name === "fp64" ? "fp64" : linear === "schur-direct" ? "fp32" : "fp16");
  expect(unseen).toBe(0);
});

test.skipIf(!hasPublicData).each([
  // 26 points and 333 cameras: a dense system of 2997, for CG.
  ["libmv-tears-of-steel-03", "schur-cg", 222.343],
  // 7 points, which three cameras with lenses of their own explain exactly.
  ["dubrovnik-3-7-18-pre", "schur-direct", 1e-6],
] as const)("%s, badly posed, is solved by %s to what Ceres finds", { timeout: 60_000 }, (name, solver, most) => {
  const run = start(readBal(publicData(`bal/${name}.txt`), name), { policy: presetPolicy("fp64") });
  while (!run.done) run.step();
  const { termination, finalCost, linear } = run.report;

  expect(termination).toBe("converged");
  expect(linear.solver).toBe(solver);
  expect(finalCost).toBeLessThan(most);
});
