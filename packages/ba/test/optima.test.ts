import { type BundleReport, type Linear, readBal, SIXTEEN_BIT, start } from "@slam/ba";
import { type Policy, parsePolicy, presetPolicy } from "@slam/nlls";
import { expectClose } from "@slam/testing";
import { expect, test } from "vitest";
import { hasPublicData, publicData } from "./public-data.ts";

/** 1/2 sum r^2 as Ceres finds it. */
const DUBROVNIK_16 = 18033.90348;

function solved(linear: Linear, policy: Policy): BundleReport {
  const run = start(readBal(publicData("bal/dubrovnik-16-22106-pre.txt"), "dubrovnik"), { linear, policy });
  while (!run.done) run.step();
  return run.report;
}

test.skipIf(!hasPublicData).each([
  ["schur-cg", "mixed"],
  ["cgnr", "mixed"],
  ["schur-cg", "fp64"],
  ["cgnr", "fp64"],
  ["schur-direct", "mixed"],
  ["schur-direct", "fp64"],
] as const)("dubrovnik-16 by %s in policy %s reaches Ceres' optimum", { timeout: 60_000 }, (linear, name) => {
  const { termination, finalCost, policy, unseen } = solved(linear, presetPolicy(name, SIXTEEN_BIT));

  expect(termination).toBe("converged");
  expectClose([finalCost / DUBROVNIK_16], [1], 1e-6);
  // 8 MB of J in fp32 stay in fp32.
  expect(policy.matvec.name).toBe(name === "fp64" ? "fp64" : "fp32");
  expect(unseen).toBe(0);
});

test.skipIf(!hasPublicData).each(["cgnr", "schur-cg"] as const)(
  "dubrovnik-16 by %s with J in fp16 takes at most 15 % more CG iterations",
  { timeout: 60_000 },
  (linear) => {
    const single = solved(linear, presetPolicy("fp32"));
    const sixteen = solved(linear, parsePolicy({ preset: "fp32", matvec: "fp16" }));

    expectClose([sixteen.finalCost / DUBROVNIK_16], [1], 1e-6);
    expect(sixteen.cgIterations).toBeLessThanOrEqual(1.15 * single.cgIterations);
  },
);

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

test.skipIf(!hasPublicData).each([
  ["schur-cg", "mixed"],
  ["schur-cg", "fp64"],
  ["cgnr", "mixed"],
  ["cgnr", "fp64"],
] as const)(
  "libmv-tears-of-steel-01 by %s in policy %s is below Ceres after 50 steps, by point iterations",
  { timeout: 60_000 },
  (linear, name) => {
    const bundle = readBal(publicData("bal/libmv-tears-of-steel-01.txt"), "libmv");
    const [without, by] = [0, 1].map((pointIterations) => {
      const run = start(bundle, { linear, policy: presetPolicy(name, SIXTEEN_BIT), maxIterations: 50, pointIterations });
      while (!run.done) run.step();
      return run.report;
    });

    // Ceres' ITERATIVE_SCHUR, which is in the middle of a long valley then; converged it is 3240.994.
    expect(by.finalCost).toBeLessThan(3324.65);
    expect(by.finalCost).toBeLessThan(without.finalCost - 10);
    expect(by.unseen).toBe(0);
  },
);

test.skipIf(!hasPublicData)(
  "libmv-tears-of-steel-03 by schur-cg takes at most twice fp64's CG iterations in fp32",
  { timeout: 60_000 },
  () => {
    const bundle = readBal(publicData("bal/libmv-tears-of-steel-03.txt"), "libmv");
    const [wide, single] = (["fp64", "fp32"] as const).map((name) => {
      const run = start(bundle, { linear: "schur-cg", policy: presetPolicy(name) });
      while (!run.done) run.step();
      return run.report;
    });

    expect(single.finalCost).toBeLessThan(222.343);
    expect(single.cgIterations).toBeLessThanOrEqual(2 * wide.cgIterations);
  },
);
