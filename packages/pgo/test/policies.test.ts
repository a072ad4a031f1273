import { fp16, operationFormat } from "@slam/float";
import { chooseBySize, type Policy, type PresetName, parsePolicy, presetPolicy } from "@slam/nlls";
import { garage, grid, manhattan, type PoseGraphWorld, ring, sphere, torus } from "@slam/sim";
import { describe, expect, test } from "vitest";
import type { PoseGraph } from "../src/graph.ts";
import { readG2o } from "../src/io/g2o.ts";
import { type PoseGraphOptions, type PoseGraphReport, SIXTEEN_BIT, start } from "../src/solve.ts";
import { hasPublicData, publicData } from "./public-data.ts";
import { worldGraph } from "./world-graph.ts";

/** Relative difference of costs: solves end where a step gains at most ftol = 1e-6 of the cost. */
const SAME = 1e-6;

const worlds: [string, PoseGraphWorld][] = [
  ["sphere", sphere({ poses: 64, seed: 1 })],
  ["torus", torus({ poses: 64, seed: 1, noise: 3 })],
  ["grid", grid({ poses: 48, seed: 1 })],
  ["planar grid", grid({ poses: 100, dimension: 2, seed: 1 })],
  ["manhattan", manhattan({ poses: 200, seed: 1, noise: 5 })],
  ["garage", garage({ poses: 64, seed: 1 })],
  ["ring", ring({ poses: 150, seed: 1 })],
];

function run(graph: PoseGraph, options: PoseGraphOptions): PoseGraphReport {
  const run = start(graph, options);
  while (!run.done) run.step();
  return run.report;
}

function preset(graph: PoseGraph, name: PresetName): PoseGraphReport {
  return run(graph, { policy: presetPolicy(name, SIXTEEN_BIT) });
}

/** "converged" is said of the optimum alone. */
function expectHonest(report: PoseGraphReport, optimum: number): void {
  expect(report.cost.final).toBeGreaterThanOrEqual(optimum * (1 - SAME));
  if (report.termination === "converged") expect(report.cost.final).toBeLessThanOrEqual(optimum * (1 + SAME));
  else expect(report.message).not.toBe("");
}

describe.each(worlds)("on the %s", (_, world) => {
  const graph = worldGraph(world);
  const wide = preset(graph, "fp64");

  test("fp64, fp32 and mixed converge to one optimum", () => {
    const [fp32, mixed] = [preset(graph, "fp32"), preset(graph, "mixed")];

    expect([wide, fp32, mixed].map((report) => report.termination)).toEqual(["converged", "converged", "converged"]);
    expect(Math.abs(fp32.cost.final / wide.cost.final - 1)).toBeLessThan(SAME);
    expect(Math.abs(mixed.cost.final / wide.cost.final - 1)).toBeLessThan(SAME);
  });

  test("half and naive do not claim an optimum they have not reached, naive ends the higher, and both keep their caps", () => {
    const [half, naive] = [preset(graph, "half"), preset(graph, "naive")];

    for (const report of [half, naive]) {
      expectHonest(report, wide.cost.final);
      expect(report.iterations.length).toBeLessThanOrEqual(12);
    }
    expect(naive.cost.final).toBeGreaterThan(half.cost.final);
    expect(half.cost.final).toBeLessThan(half.cost.afterInit);
  });
});

// Slow: every operation goes through the format's own arithmetic.
describe.skipIf(!hasPublicData).each(["tinyGrid3D", "smallGrid3D", "ring"])("on the public %s", (name) => {
  test.each(["half", "naive"] as const)("%s does not claim an optimum it has not reached", { timeout: 60_000 }, (policy) => {
    const { graph } = readG2o(publicData(`pose-graphs/${name}.g2o`)!, name);

    expectHonest(preset(graph, policy), preset(graph, "fp64").cost.final);
  });
});

test("without a preconditioner half spends its 60 CG iterations on each step, and says so", () => {
  const report = run(worldGraph(ring({ poses: 150 })), { policy: presetPolicy("half"), preconditioner: "none", maxIterations: 2 });

  expect(report.iterations.map((record) => record.cgIterations)).toEqual([60, 60]);
  expect(report.precision.fallbacks).toBe(2);
});

describe("a policy of one's own", () => {
  const graph = worldGraph(torus({ poses: 100, noise: 3 }));
  const optimum = preset(graph, "fp64").cost.final;

  test.each<[string, Policy]>([
    ["a factor in bf16", parsePolicy({ preset: "fp32", precondition: "bf16" })],
    ["a factor in a float of 12 bits", parsePolicy({ preset: "fp32", precondition: { exponentBits: 5, significandBits: 7 } })],
    ["products in fp16", parsePolicy({ preset: "mixed", matvec: "fp16", precondition: "fp16" })],
    ["a factor computed in fp64, applied in fp16", { ...presetPolicy("fp64"), precondition: operationFormat(fp16) }],
  ])("%s: converges to the optimum", (_, policy) => {
    const report = run(graph, { policy });

    expect([report.termination, report.policy]).toEqual(["converged", chooseBySize(policy, {}, 0)]);
    expect(Math.abs(report.cost.final / optimum - 1)).toBeLessThan(SAME);
  });
});

test("a Jacobian stored in fp16 moves the point where J'r is zero: the solve ends there and does not say converged", () => {
  const graph = worldGraph(torus({ poses: 100, noise: 3 }));

  const report = run(graph, { policy: parsePolicy({ preset: "fp64", jacobian: "fp16" }) });

  expect(report.termination).toBe("stagnated");
  expectHonest(report, preset(graph, "fp64").cost.final);
});

test("the report says what ran in which format", () => {
  const { policy, work } = run(worldGraph(ring({ poses: 50 })), { policy: parsePolicy({ name: "mine", precondition: "fp16" }) });

  expect([policy.name, policy.precondition.name, policy.matvec.name, policy.update.name]).toEqual(["mine", "fp16", "fp32", "fp64"]);
  // The factor's blocks on the diagonal are kept in the arithmetic.
  expect(Object.keys(work.bytes.precondition ?? {})).toEqual(["fp32", "fp16"]);
  expect(Object.keys(work.flops.precondition ?? {})).toEqual(["fp32"]);
  expect(Object.keys(work.flops.residual ?? {})).toEqual(["fp64"]);
});

describe("mixed chooses by size", () => {
  test.each([
    { world: torus({ poses: 4000 }), what: "a small torus", megabytes: 10, chosen: ["fp32", "fp32"], stored: ["fp32"] },
    { world: torus({ poses: 12_000 }), what: "a large torus", megabytes: 37, chosen: ["fp16", "fp32"], stored: ["fp32", "fp16"] },
    {
      world: manhattan({ poses: 60_000, loops: 180_000 }),
      what: "a large plane",
      megabytes: 44,
      chosen: ["fp32", "fp32"],
      stored: ["fp32"],
    },
  ] as const)("on $what, whose factor takes $megabytes MB in fp32, it and J are in $chosen", ({ world, megabytes, chosen, stored }) => {
    const report = run(worldGraph(world), { policy: presetPolicy("mixed", SIXTEEN_BIT), maxIterations: 1 });

    expect(Math.floor((4 * report.linear.factorNonzeros) / 2 ** 20)).toBe(megabytes);
    expect([report.policy.precondition.name, report.policy.matvec.name]).toEqual(chosen);
    expect(Object.keys(report.work.bytes.precondition ?? {})).toEqual(stored);
    expect(Object.keys(report.work.bytes.matvec ?? {})).toEqual([chosen[1]]);
  });
});
