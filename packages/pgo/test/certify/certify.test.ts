import { OptionError } from "@slam/errors";
import { sphere } from "@slam/sim";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Certificate, type CertifyOptions, certify, isCertificate } from "../../src/certify/certify.ts";
import { costOf } from "../../src/costs.ts";
import type { PoseGraph } from "../../src/graph.ts";
import { readG2o } from "../../src/io/g2o.ts";
import { type PoseGraphOptions, start } from "../../src/solve.ts";
import { SESYNC_OPTIMA } from "../known-optima.ts";
import { loopyGraph } from "../loopy-graph.ts";
import { hasPublicData, publicData } from "../public-data.ts";
import { worldGraph } from "../world-graph.ts";

function proved(graph: PoseGraph, options: CertifyOptions = {}): Certificate {
  const result = certify(graph, options);
  if (!isCertificate(result)) throw new Error(result.refused);
  return result;
}

/** Twelve poses once around a circle, its turns measured a little short, with their estimates going around it so many times. */
function windingRing(turns: number): PoseGraph {
  const n = 12;
  const step = (2 * Math.PI * turns) / n;
  const poses: number[] = [];
  for (let k = 0, x = 0, y = 0; k < n; k++) {
    poses.push(x, y, k * step - 2 * Math.PI * Math.round((k * step) / (2 * Math.PI)));
    x += Math.cos(k * step);
    y += Math.sin(k * step);
  }
  const edges = [...Array(n).keys()];
  return {
    dimension: 2,
    ids: Float64Array.from(edges),
    poses: Float64Array.from(poses),
    known: new Uint8Array(n).fill(1),
    from: Int32Array.from(edges),
    to: Int32Array.from(edges, (k) => (k + 1) % n),
    measurements: Float64Array.from(edges.flatMap(() => [1, 0, (2 * Math.PI) / n - 0.01])),
    information: Float64Array.from(edges.flatMap(() => [1, 0, 0, 1, 0, 100])),
    fixed: new Int32Array(0),
  };
}

describe("a ring that was driven once", () => {
  // Regular polygons, whose moves are as measured: the turns alone cost, 4 kappa (1 - cos) each of 12.
  const costOfTurns = (off: number): number => 12 * 400 * (1 - Math.cos(off));
  const optimum = costOfTurns(0.01);

  test("is certified from estimates that go around once", () => {
    const { cost, gradient, ...certificate } = proved(windingRing(1));

    expect(certificate).toMatchObject({ certified: true, rank: 2, stairs: [{ rank: 2 }] });
    expect(Math.abs(cost / optimum - 1)).toBeLessThan(1e-11);
    expect(gradient).toBeLessThanOrEqual(1e-9);
  });

  test("is refused where they go around twice: a local optimum, with a negative eigenvalue", () => {
    const wrong = proved(windingRing(2), { maxRank: 2 });

    expect(wrong.certified).toBe(false);
    expect(wrong.gradient).toBeLessThanOrEqual(1e-9);
    expect(Math.abs(wrong.cost / costOfTurns(Math.PI / 6 + 0.01) - 1)).toBeLessThan(1e-11);
    expect(wrong.cost - wrong.gap).toBeLessThanOrEqual(optimum);
    expect(wrong.stairs[0].eigenvalue).toBeLessThan(0);
    expect(wrong.message).toMatch(/the search ended at rank 2, its eigenvalue still negative$/);
  });

  test("the staircase gets out of there, to the same optimum", () => {
    const found = proved(windingRing(2));

    expect(found.certified).toBe(true);
    expect(Math.abs(found.cost / optimum - 1)).toBeLessThan(1e-9);
    expect(found.stairs.length).toBeGreaterThan(1);
    expect(found.stairs.at(-1)?.rank).toBe(2);
    expect(found.graph.poses.subarray(0, 3)).toEqual(windingRing(2).poses.subarray(0, 3));
  });
});

test("a certified cost is a lower bound: no estimate of the graph costs less", () => {
  fc.assert(
    fc.property(loopyGraph, (drawn) => {
      const graph = { ...drawn, fixed: drawn.fixed.subarray(0, 1) };
      const certificate = proved(graph);

      const { cost, gap, graph: refined } = certificate;
      const held = graph.fixed[0] ?? 0;
      const size = graph.dimension === 2 ? 3 : 7;
      const run = start(graph, { cost: "sesync", init: "spanning-tree" });
      while (!run.done) run.step();
      const other = run.report.cost.final;
      expect(cost - gap).toBeLessThanOrEqual(other * (1 + 1e-9) + 1e-20);
      expect(Math.abs(costOf(refined, "sesync") - cost)).toBeLessThanOrEqual(1e-10 * cost + 1e-20);
      expect(refined.poses.subarray(held * size, (held + 1) * size)).toEqual(graph.poses.subarray(held * size, (held + 1) * size));
    }),
    { numRuns: 60 },
  );
});

test("measurements that agree are certified by costing nothing but rounding", () => {
  const world = sphere({ poses: 60, noise: 0 });

  const certificate = proved(worldGraph(world));

  expect(certificate).toMatchObject({ certified: true, message: "the measurements agree to rounding" });
  expect(certificate.cost).toBeLessThan(1e-18);
});

test("a search that is stopped on its way up leaves poses no worse than those it began with", () => {
  const [wrong] = proved(windingRing(2), { maxRank: 2 }).stairs;
  let asked = 0;

  // The first optimisation ends; at a higher rank it is stopped at once.
  const certificate = proved(windingRing(2), { isStopped: () => ++asked > wrong.iterations + 2 });

  expect(certificate.certified).toBe(false);
  expect(certificate.message).toMatch(/stopped$/);
  expect(certificate.stairs.length).toBeGreaterThan(1);
  expect(certificate.cost).toBeLessThanOrEqual(wrong.cost);
});

test("a search that is stopped says so, and what it has proved", () => {
  const certificate = proved(windingRing(2), { isStopped: () => true });

  expect(certificate.certified).toBe(false);
  expect(certificate.message).toMatch(/stopped$/);
  expect(certificate.gap).toBeLessThanOrEqual(certificate.cost);
});

describe("is refused with a reason", () => {
  const refused = (text: string, options: CertifyOptions = {}): string => {
    const result = certify(readG2o(new TextEncoder().encode(text), "text").graph, options);
    return isCertificate(result) ? "" : result.refused;
  };
  const chain = "EDGE_SE2 0 1 1 0 0 4 0 0 4 0 9\nEDGE_SE2 1 2 1 0 0 4 0 0 4 0 9\n";

  test.each([
    ["landmarks", `${chain}EDGE_SE2_XY 0 9 1 1 4 0 4\n`, /landmarks, priors or other measurements/],
    ["priors", `${chain}EDGE_PRIOR_SE2 0 1 1 0 4 0 0 4 0 4\n`, /landmarks, priors or other measurements/],
    [
      "poses with a scale",
      `EDGE_SIM3:QUAT 0 1 1 0 0 0 0 0 1 1 ${"1 0 0 0 0 0 0 1 0 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0 0 1 0 1"}\n`,
      /without a scale/,
    ],
    ["two fixed poses", `${chain}FIX 0\nFIX 2\n`, /^2 poses are held/],
    ["parts without an edge between them", `${chain}EDGE_SE2 5 6 1 0 0 4 0 0 4 0 9\n`, /leave 2 parts free/],
    ["an edge that weighs moves alone", "EDGE_SE2 0 1 1 0 0 4 0 0 4 0 0\n", /leave 2 parts free/],
    ["indefinite information", "EDGE_SE2 3 7 1 0 0 4 9 0 4 0 9\n", /the edge 3 -> 7 is indefinite/],
    ["a single pose", "VERTEX_SE2 0 0 0 0\n", /nothing is measured/],
  ])("%s", (_, text, reason) => {
    expect(refused(text)).toMatch(reason);
  });

  test("misuse throws", () => {
    const graph = windingRing(1);

    expect(() => certify(graph, { maxRank: 1 })).toThrow(OptionError);
    expect(() => certify(graph, { fixed: [12] })).toThrow(OptionError);
  });
});

describe.skipIf(!hasPublicData)("SE-Sync's optima", () => {
  const optimumOf = (name: string): number => SESYNC_OPTIMA.find(({ path }) => path.includes(name))!.optimum;

  /** From the solve's result. */
  function certified(name: string, options: PoseGraphOptions): Certificate {
    const path = `pose-graphs/${name}.g2o`;
    const run = start(readG2o(publicData(path)!, path).graph, options);
    while (!run.done) run.step();
    return proved(run.graph);
  }

  test.each(["CSAIL", "MIT", "intel", "kitti_00", "kitti_02", "ring", "smallGrid3D", "parking-garage", "sphere2500", "city10000"])(
    "%s, certified from chordal",
    { timeout: 60_000 },
    (name) => {
      const { certified: holds, cost, gap, gradient, rank, graph } = certified(name, {});

      expect([holds, rank]).toEqual([true, graph.dimension]);
      expect(Math.abs(cost / optimumOf(name) - 1)).toBeLessThan(5e-6);
      expect(gap).toBeLessThanOrEqual(1e-5 * cost);
      expect(gradient).toBeLessThanOrEqual(1e-9);
    },
  );

  test.each(["smallGrid3D", "ring", "CSAIL", "MIT", "intel", "kitti_00"])(
    "%s, certified from random poses",
    { timeout: 60_000 },
    (name) => {
      const { certified: holds, cost } = certified(name, { init: "random", maxIterations: 0 });

      expect(holds).toBe(true);
      expect(Math.abs(cost / optimumOf(name) - 1)).toBeLessThan(5e-6);
    },
  );

  test("M3500b: the relaxation's optimum is 4e-5 lower, so that no certificate can hold", { timeout: 60_000 }, () => {
    const { certified: holds, cost, gap, message } = certified("M3500b", {});

    expect(holds).toBe(false);
    expect(Math.abs(cost / optimumOf("M3500b") - 1)).toBeLessThan(1e-6);
    expect(gap / cost).toBeGreaterThan(3.5e-5);
    expect(gap / cost).toBeLessThan(4.5e-5);
    expect(message).toContain("the relaxation is not tight");
  });
});
