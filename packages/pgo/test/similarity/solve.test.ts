import { OptionError } from "@slam/errors";
import { ate } from "@slam/eval";
import { fp64, tolerance } from "@slam/float";
import { sim3 } from "@slam/lie";
import { type PresetName, presetPolicy } from "@slam/nlls";
import { driftScale, garage, Random, type SimilarityWorld, sphere, torus } from "@slam/sim";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { costs } from "../../src/costs.ts";
import { addFalseLoops } from "../../src/false-loops.ts";
import { checkGraph, type PoseGraph } from "../../src/graph.ts";
import { INITIALIZATIONS } from "../../src/init/initialization.ts";
import { mahalanobis } from "../../src/mahalanobis.ts";
import { isMarginals, recoverMarginals } from "../../src/marginals.ts";
import { chi2, SIXTEEN_BIT, solve } from "../../src/solve.ts";
import { denseCovariance } from "../dense-covariance.ts";
import { denseGaussNewton } from "../factors/dense-gauss-newton.ts";
import { driftedSphere, similarityGraph, smallGraph } from "./similarity-graph.ts";

const exact = { policy: presetPolicy("fp64"), ftol: 1e-12 };

/** Rows of 8 without their scales. */
function rigid(poses: Float64Array): Float64Array {
  return poses.filter((_, k) => k % 8 < 7);
}

/** The same measurements without their scales: what a solver of rigid poses would be given. */
function rigidGraph({ similarity: _, ...graph }: PoseGraph): PoseGraph {
  const information = new Float64Array(graph.from.length * 21);
  for (let e = 0; e < graph.from.length; e++) {
    // A vec q is half an angle.
    for (let row = 0, at = 28 * e, to = 21 * e; row < 6; row++, at++) {
      for (let c = row; c < 6; c++) information[to++] = graph.information[at++] * (row < 3 ? 1 : 2) * (c < 3 ? 1 : 2);
    }
  }
  return { ...graph, poses: rigid(graph.poses), measurements: rigid(graph.measurements), information };
}

function rmse(world: SimilarityWorld, poses: Float64Array, align: "se3" | "sim3"): number {
  return ate(rigid(world.truth), poses, { align }).rmse;
}

describe("chi2", () => {
  test("by hand: a step of 2 where 1 was measured, weight 3, and a scale of e where 1 was, weight 5", () => {
    const information = new Float64Array(28);
    information[0] = 3;
    information[27] = 5;
    const graph: PoseGraph = {
      dimension: 3,
      similarity: "quat",
      ids: Float64Array.of(0, 1),
      poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, Math.E),
      known: Uint8Array.of(1, 1),
      from: Int32Array.of(0),
      to: Int32Array.of(1),
      measurements: Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1),
      information,
      fixed: new Int32Array(0),
    };

    expect(Math.abs(chi2(graph) - 5)).toBeLessThan(tolerance(fp64, 8));
    expect(Math.abs(chi2({ ...graph, poses: graph.poses.with(8, 2).with(15, 1) }) - 12)).toBeLessThan(tolerance(fp64, 16));
  });
});

describe("the optimum", () => {
  test("is that of a dense Gauss-Newton on difference quotients", async () => {
    await fc.assert(
      fc.asyncProperty(smallGraph, async (graph) => {
        const expected = denseGaussNewton(graph, [0]);

        const { graph: solved, report } = await solve(graph, { ...exact, init: "file" });

        expect(report.termination).toBe("converged");
        expect(Math.abs(report.cost.final / expected.cost - 1)).toBeLessThan(1e-9);
        expect(Math.abs(chi2(solved) / report.cost.final - 1)).toBeLessThan(1e-12);
      }),
      { numRuns: 15 },
    );
  });

  test.each(["fp64", "fp32", "mixed"] as const)("is found in %s, and its cost is that of fp64", async (name) => {
    const graph = similarityGraph(driftedSphere());
    const { report: best } = await solve(graph, exact);

    const { report } = await solve(graph, { policy: presetPolicy(name, SIXTEEN_BIT) });

    expect(report.termination).toBe("converged");
    expect(Math.abs(report.cost.final / best.cost.final - 1)).toBeLessThan(1e-6);
  });

  test("half comes close to it, and naive says that it does not arrive", async () => {
    const graph = similarityGraph(driftScale(sphere({ poses: 100, seed: 3 }), { drift: 0.05, seed: 3 }));
    const { report: best } = await solve(graph, exact);
    const solveIn = async (name: PresetName) => (await solve(graph, { policy: presetPolicy(name) })).report;

    const half = await solveIn("half");
    const naive = await solveIn("naive");

    expect(half.cost.final / best.cost.final - 1).toBeLessThan(1e-3);
    expect(naive.termination).not.toBe("converged");
    expect(naive.cost.final).toBeGreaterThanOrEqual(best.cost.final);
  });

  test("is the same by a direct solver and by dogleg", async () => {
    const graph = similarityGraph(driftedSphere());
    const { report: best } = await solve(graph, exact);

    for (const options of [{ linear: "direct" as const }, { method: "dogleg" as const }]) {
      const { report } = await solve(graph, options);
      expect([report.termination, Math.abs(report.cost.final / best.cost.final - 1) < 1e-6]).toEqual(["converged", true]);
    }
  });
});

describe("scale drift", () => {
  test.each([
    ["sphere", driftedSphere()],
    ["torus", driftScale(torus({ poses: 300, seed: 1 }), { drift: 0.05, seed: 1 })],
    ["garage", driftScale(garage({ poses: 300, seed: 2 }), { drift: 0.05, seed: 2 })],
  ] as const)("on the %s is found, where a solve of rigid poses bends the map", async (_, world) => {
    const graph = similarityGraph(world);

    const { graph: similar, report } = await solve(graph);
    const { graph: stiff } = await solve(rigidGraph(graph));

    expect([report.init, report.termination]).toEqual(["chordal", "converged"]);
    const [own, without, before] = [
      rmse(world, rigid(similar.poses), "sim3"),
      rmse(world, stiff.poses, "sim3"),
      rmse(world, rigid(graph.poses), "sim3"),
    ];
    expect(own).toBeLessThan(without / 2);
    expect(own).toBeLessThan(before / 4);
    // Honest noise: chi2 of 7 (m - n + 1) degrees of freedom, within 5 standard deviations.
    const dof = 7 * (graph.from.length - graph.ids.length + 1);
    expect(Math.abs(report.cost.final - dof)).toBeLessThan(5 * Math.sqrt(2 * dof));
  });

  test("the chordal start is the truth where measurements are exact, of a file with edges only and scales that differ twentyfold", async () => {
    const world = driftScale(sphere({ poses: 200, seed: 3, noise: 0 }), { drift: 0.3, seed: 4 });
    const scales = world.truth.filter((_, k) => k % 8 === 7);
    expect(Math.max(...scales) / Math.min(...scales)).toBeGreaterThan(20);
    const drifted = similarityGraph(world);
    const measurements = new Float64Array(drifted.measurements.length);
    for (let e = 0; e < drifted.from.length; e++) {
      sim3.relative(world.truth, 8 * drifted.from[e], world.truth, 8 * drifted.to[e], measurements, 8 * e);
    }
    // The first pose stays where it is; without vertices that is the origin.
    const origin = world.truth.slice();
    for (let k = 0; k < 200; k++) sim3.relative(world.truth, 0, world.truth, 8 * k, origin, 8 * k);
    const identities = Float64Array.from(origin, (_, k) => (k % 8 >= 6 ? 1 : 0));

    const { graph } = await solve({ ...drifted, measurements, poses: identities, known: new Uint8Array(200) }, { maxIterations: 0 });

    const xi = new Float64Array(7);
    for (let at = 0; at < origin.length; at += 8) {
      sim3.local(origin, at, graph.poses, at, xi, 0);
      // The normal equations of worlds of this size have condition numbers below 1e6, and translations are in units of a twentieth.
      expectClose(xi, new Float64Array(7), 1e-7);
    }
  });

  test.each(INITIALIZATIONS.filter((name) => name !== "random"))("is found from the start %s", async (init) => {
    const graph = similarityGraph(driftedSphere());
    const { report: best } = await solve(graph, exact);

    const { report } = await solve(graph, { init });

    expect([report.init, report.termination]).toEqual([init, "converged"]);
    expect(Math.abs(report.cost.final / best.cost.final - 1)).toBeLessThan(1e-6);
  });

  test("where nothing is said of scales, they start as they are measured", async () => {
    const graph = similarityGraph(driftedSphere());
    const information = graph.information.map((w, k) => (k % 28 === 27 ? 0 : w));
    const { graph: started } = await solve({ ...graph, information }, { maxIterations: 0 });

    // All with one weight: as with the weights of the world, which are all alike.
    const { graph: weighted } = await solve(graph, { maxIterations: 0 });
    const scales = (poses: Float64Array): Float64Array => poses.filter((_, k) => k % 8 === 7);
    expectClose(scales(started.poses), scales(weighted.poses), 1e-9);
  });

  test("and have no optimum: errors are in units that grow without end, which is said, and the poses are finite", async () => {
    const graph = similarityGraph(driftedSphere());
    const information = graph.information.map((w, k) => (k % 28 === 27 ? 0 : w));

    const { graph: solved, report } = await solve({ ...graph, information });

    expect(report.termination).not.toBe("converged");
    expect(() => checkGraph(solved)).not.toThrow();
  });

  test("a random start has rotations and positions drawn, and the scale of the pose that is held", async () => {
    const graph = similarityGraph(driftedSphere());
    const scaled = { ...graph, poses: graph.poses.with(7, 2) };

    const { graph: started } = await solve(scaled, { init: "random", seed: 1, maxIterations: 0 });

    for (let k = 0; k < graph.ids.length; k++) expect(started.poses[8 * k + 7]).toBe(2);
    expect(() => checkGraph(started)).not.toThrow();
  });
});

describe("the gauge has 7 degrees of freedom", () => {
  test("chi2 stays when the whole map is moved, turned and scaled", () => {
    const graph = similarityGraph(driftedSphere());
    const G = Float64Array.of(10, -5, 3, 0.5, 0.5, -0.5, 0.5, 3);
    const poses = graph.poses.slice();
    for (let at = 0; at < poses.length; at += 8) sim3.compose(G, 0, poses, at, poses, at);

    expect(Math.abs(chi2({ ...graph, poses }) / chi2(graph) - 1)).toBeLessThan(1e-9);
  });

  test("and holding the first pose fixes them all: it keeps its bits, and the covariance exists", async () => {
    const graph = similarityGraph(driftedSphere());
    const first = Float64Array.of(10, -5, 3, 0.5, 0.5, -0.5, 0.5, 3);
    const elsewhere = { ...graph, poses: graph.poses.slice() };
    elsewhere.poses.set(first);

    const { graph: solved, report } = await solve(elsewhere, exact);
    const { report: best } = await solve(graph, exact);

    expect(solved.poses.slice(0, 8)).toEqual(first);
    expect(Math.abs(report.cost.final / best.cost.final - 1)).toBeLessThan(1e-9);
    expect(isMarginals(recoverMarginals(solved))).toBe(true);
  });

  test("each component has its own", async () => {
    const graph = similarityGraph(driftScale(sphere({ poses: 30, seed: 1 }), { drift: 0.02, seed: 1 }));
    const n = graph.ids.length;
    const both = {
      ...graph,
      ids: Float64Array.from({ length: 2 * n }, (_, k) => k),
      poses: Float64Array.of(...graph.poses, ...graph.poses),
      known: new Uint8Array(2 * n).fill(1),
      from: Int32Array.of(...graph.from, ...graph.from.map((k) => k + n)),
      to: Int32Array.of(...graph.to, ...graph.to.map((k) => k + n)),
      measurements: Float64Array.of(...graph.measurements, ...graph.measurements),
      information: Float64Array.of(...graph.information, ...graph.information),
    };

    const { report: one } = await solve(graph, exact);
    const { report: two } = await solve(both, exact);

    expect(Math.abs(two.cost.final / (2 * one.cost.final) - 1)).toBeLessThan(1e-9);
  });
});

describe("what else there is", () => {
  test("covariances are the dense inverse, and distances of loops have 7 degrees of freedom", async () => {
    const graph = similarityGraph(driftScale(sphere({ poses: 12, seed: 1 }), { drift: 0.02, seed: 1 }));
    const { graph: solved } = await solve(graph, exact);
    const marginals = recoverMarginals(solved);
    if (!isMarginals(marginals)) throw new Error("not determined");
    const dense = denseCovariance(solved, [0]);

    const width = 12 * 7;
    const expected = Float64Array.from({ length: 49 }, (_, k) => dense[(5 * 7 + Math.floor(k / 7)) * width + 9 * 7 + (k % 7)]);
    const largest = Math.max(...expected.map(Math.abs));
    expectClose(
      marginals.block(5, 9).map((x) => x / largest),
      expected.map((x) => x / largest),
      1e-6,
    );
    const z = new Float64Array(8);
    sim3.relative(solved.poses, 8, solved.poses, 8 * 8, z, 0);
    sim3.normalize(z, 0, z, 0);
    const { squared, dof } = mahalanobis(marginals, 1, 8, z, graph.information.slice(0, 28));
    expect(dof).toBe(7);
    expect(squared).toBeLessThan(1e-20);
  });

  test("false loops are found and rejected", async () => {
    const world = driftedSphere();
    const graph = similarityGraph(world);
    const { graph: optimum } = await solve(graph);
    const spoiled = addFalseLoops(graph, optimum.poses, { share: 0.2, random: new Random(1) });

    const { report } = await solve(spoiled, { loss: { loss: "gnc-tls" } });

    const rejected = report.loss!.rejected.map(({ edge }) => edge);
    const added = Array.from({ length: spoiled.from.length - graph.from.length }, (_, k) => graph.from.length + k);
    // One in a hundred honest edges is beyond C too.
    expect(rejected).toEqual(expect.arrayContaining(added));
    expect(rejected.length - added.length).toBeLessThan(0.01 * graph.from.length);
  });

  test("costs other than g2o's are refused", async () => {
    const graph = similarityGraph(driftedSphere());

    await expect(solve(graph, { cost: "gtsam" })).rejects.toThrow('cost is "gtsam", expected g2o for a graph of similarities');
    expect(() => costs(graph)).toThrow(OptionError);
  });
});

describe("checkGraph refuses", () => {
  const graph = similarityGraph(driftedSphere());

  test.each([
    ["a scale of 0", { poses: graph.poses.with(7, 0) }, "graph.poses[7] is 0, expected a scale > 0"],
    ["a negative scale", { measurements: graph.measurements.with(15, -1) }, "graph.measurements[15] is -1, expected a scale > 0"],
    ["a quaternion that is none", { poses: graph.poses.with(3, 2) }, "graph.poses[3 ... 6]"],
    ["poses in the plane", { dimension: 2 as const }, "graph.dimension is 2, expected 3 for similarities"],
    ["poses without a scale", { poses: rigid(graph.poses) }, "graph.poses"],
    ["a way to write them that there is not", { similarity: "matrix" as "quat" }, "graph.similarity"],
    ["factors", { factors: [] }, "poses and edges alone"],
    [
      "landmarks",
      { landmarks: { ids: new Float64Array(0), positions: new Float64Array(0), known: new Uint8Array(0), fixed: new Int32Array(0) } },
      "poses and edges alone",
    ],
  ])("%s", (_, change, message) => {
    expect(() => checkGraph({ ...graph, ...change })).toThrow(message);
  });
});
