import { OptionError } from "@slam/errors";
import { gemanMcClure, huber, type Loss, presetPolicy } from "@slam/nlls";
import { garage, grid, manhattan, type PoseGraphWorld, Random, ring, sphere, torus } from "@slam/sim";
import { describe, expect, test } from "vitest";
import { addFalseLoops } from "../src/false-loops.ts";
import type { PoseGraph } from "../src/graph.ts";
import { readG2o } from "../src/io/g2o.ts";
import { isLoop } from "../src/loops.ts";
import type { LossName, LossOptions } from "../src/robust.ts";
import { chi2, type PoseGraphOptions, type PoseGraphRun, SIXTEEN_BIT, start } from "../src/solve.ts";
import { hasPublicData, publicData } from "./public-data.ts";
import { extent, rejection, rmsDistance } from "./robust-measures.ts";
import { worldGraph } from "./world-graph.ts";

const MINUTE = 60_000;
const NAMES: readonly LossName[] = ["huber", "cauchy", "geman-mcclure", "tukey", "dcs", "switchable", "gnc-tls", "gnc-gm"];

function finish(graph: PoseGraph, options: PoseGraphOptions = {}): PoseGraphRun {
  const run = start(graph, options);
  while (!run.done) run.step();
  return run;
}

function spoil(graph: PoseGraph, optimum: Float64Array, share: number, seed: number = 1): PoseGraph {
  return addFalseLoops(graph, optimum, { share, random: new Random(seed) });
}

describe("poses on a line, 1 m apart, the first seen from the last: 3 m where it is 2 m", () => {
  // Held at both ends by odometry and the loop, information 100 on x; the angles and y are exact.
  const information = [100, 0, 0, 100, 0, 100];
  const graph: PoseGraph = {
    dimension: 2,
    ids: Float64Array.of(10, 20, 30),
    poses: Float64Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0),
    known: new Uint8Array(3).fill(1),
    from: Int32Array.of(0, 1, 0),
    to: Int32Array.of(1, 2, 2),
    measurements: Float64Array.of(1, 0, 0, 1, 0, 0, 3, 0, 0),
    information: Float64Array.from([information, information, information].flat()),
    fixed: new Int32Array(0),
  };

  test("least squares share the error: 1/3 m each, chi2 100 / 3", () => {
    const { report } = finish(graph);

    expect(report.cost.final).toBeCloseTo(100 / 3, 6);
    expect(report.loss).toBe(undefined);
  });

  test("Huber with C = 1 on the loop pulls with a constant force, to which each step gives 0.1 m", () => {
    const { graph: solved, report } = finish(graph, {
      loss: { loss: "huber", C: 1, on: "loops" },
      policy: presetPolicy("fp64"),
      ftol: 1e-12,
    });

    // 2 * 100 d = 2 * 10: d = 0.1 m in each step, the loop is 0.8 m off, its norm 8.
    expect(report.termination).toBe("converged");
    expect(solved.poses[3]).toBeCloseTo(1.1, 6);
    expect(solved.poses[6]).toBeCloseTo(2.2, 6);
    expect(report.cost.final).toBeCloseTo(2 * 100 * 0.1 ** 2 + (2 * 8 - 1), 8);
    expect(report.cost.initial).toBeCloseTo(2 * 10 - 1, 12);
    expect(report.loss).toMatchObject({ name: "huber", C: 1, on: "loops", beyondC: 1, rejectedFrom: 1 });
    expect(report.loss?.chi2).toBeCloseTo(2 + 64, 3);
    expect(report.loss?.chi2).toBeCloseTo(chi2(solved), 10);
    expect(report.loss?.rejected).toMatchObject([{ edge: 2, from: 10, to: 30 }]);
    expect(report.loss?.rejected[0].weight).toBeCloseTo(1 / 8, 6);
  });

  test("graduated, truncated squares reject the loop and leave odometry as it is", () => {
    const { graph: solved, report } = finish(graph, { loss: { loss: "gnc-tls" } });

    expect(report.termination).toBe("converged");
    expect(report.init).toBe("odometry");
    expect(solved.poses[6]).toBeCloseTo(2, 10);
    expect(report.loss?.rejected).toEqual([{ edge: 2, from: 10, to: 30, weight: 0 }]);
  });

  test("a loss of one's own, as a function of C", () => {
    const mine = (C: number): Loss => gemanMcClure(2 * C);

    const { report } = finish(graph, { loss: { loss: mine, C: 1 } });
    const same = finish(graph, { loss: { loss: "geman-mcclure", C: 2 } });

    expect(report.loss).toMatchObject({ name: "mine", C: 1 });
    expect(report.cost).toEqual(same.report.cost);
  });

  /** Whose weight falls at 16 and at 49, whatever C is. */
  const steps = (): Loss => ({
    rho: (s) => Math.min(s, 16) + Math.max(0, Math.min(s, 49) - 16) / 2 + Math.max(0, s - 49) / 8,
    weight: (s) => (s <= 16 ? 1 : s <= 49 ? 1 / 2 : 1 / 8),
  });

  test.each<[string, LossOptions["loss"]]>([
    ["huber", "huber"],
    ["cauchy", "cauchy"],
    ["gnc-tls", "gnc-tls"],
    ["one of your own", steps],
  ])("%s costs in Ceres' convention what it does in g2o's, where no angle differs, and half of it in GTSAM's", (_, loss) => {
    const solves = (["g2o", "ceres", "gtsam"] as const).map((cost) =>
      finish(graph, { cost, loss: { loss, C: 2 }, policy: presetPolicy("fp64") }),
    );

    const [g2o, ceres, gtsam] = solves.map(({ report }) => report);
    expect(ceres!.cost.final / g2o!.cost.final).toBeCloseTo(1, 9);
    expect(gtsam!.cost.final / g2o!.cost.final).toBeCloseTo(1 / 2, 9);
    for (const { x, report } of solves) {
      expect(x[6]).toBeCloseTo(solves[0]!.x[6], 6);
      expect(report.loss!.chi2 / g2o!.loss!.chi2).toBeCloseTo(1, 6);
      expect(report.loss!.rejected.map(({ edge, weight }) => [edge, Number(weight.toFixed(6))])).toEqual(
        g2o!.loss!.rejected.map(({ edge, weight }) => [edge, Number(weight.toFixed(6))]),
      );
    }
  });

  test("SE-Sync's cost takes none", () => {
    expect(() => start(graph, { cost: "sesync", loss: { loss: "huber" } })).toThrow(
      'cost is "sesync", expected g2o, ceres or gtsam with a robust loss',
    );
  });

  test.each<[string, LossOptions | object, string]>([
    ["an unknown loss", { loss: "fair" }, 'loss is "fair"'],
    ["a C that bounds nothing", { loss: "huber", C: 0 }, "the loss's C is 0"],
    ["edges there are not", { loss: "huber", on: "odometry" }, 'loss on is "odometry"'],
  ])("%s is refused", (_, loss, message) => {
    expect(() => start(graph, { loss: loss as LossOptions })).toThrow(OptionError);
    expect(() => start(graph, { loss: loss as LossOptions })).toThrow(message);
  });
});

describe("without false loops", () => {
  const world = torus({ poses: 100 });
  const graph = worldGraph(world);
  const optimum = finish(graph, { policy: presetPolicy("fp64"), ftol: 1e-10 });

  test.each(NAMES)("%s with a C that nothing reaches ends where least squares do", (loss) => {
    const { graph: solved, report } = finish(graph, { loss: { loss, C: 1e4 }, policy: presetPolicy("fp64") });

    expect(report.termination).toBe("converged");
    expect(Math.abs(report.loss!.chi2 / optimum.report.cost.final - 1)).toBeLessThan(1e-6);
    expect(report.loss?.rejected).toEqual([]);
    expect(rmsDistance(3, optimum.x, solved.poses)).toBeLessThan(1e-3);
  });

  test.each(NAMES)("%s with its default C rejects nothing, in mixed precision, from a start that has the loops closed", (loss) => {
    const { report } = finish(graph, { loss: { loss }, ...(!loss.startsWith("gnc") && { init: "chordal" }) });

    expect(report.termination).toBe("converged");
    expect(report.loss?.rejected).toEqual([]);
    expect(report.loss?.C).toBeCloseTo(Math.sqrt(16.8118938), 6);
  });

  test("solves are the same with and without recycled memory, iteration by iteration", () => {
    const [once, again] = [1, 2].map(() => finish(graph, { loss: { loss: "gnc-tls" } }).report.iterations.map(({ cost }) => cost));

    expect(again).toEqual(once);
  });
});

describe("on loops only", () => {
  const graph = worldGraph(manhattan({ poses: 100 }));
  // An odometry measurement that is 5 m off.
  const slip = Array.from(graph.from.keys()).find((edge) => !isLoop(graph, edge) && graph.from[edge] > 40)!;
  const slipped = { ...graph, measurements: graph.measurements.map((z, k) => (k === 3 * slip ? z + 5 : z)) };

  test("odometry is believed, whatever it says", () => {
    const { report } = finish(slipped, { loss: { loss: "huber", on: "loops" } });

    for (const { edge } of report.loss!.rejected) expect(isLoop(graph, edge)).toBe(true);
  });

  test("on all edges, it is odometry that is rejected", () => {
    const { report } = finish(slipped, { loss: { loss: "cauchy" }, init: "chordal" });

    expect(report.loss?.rejected.map(({ edge }) => edge)).toEqual([slip]);
  });
});

describe("false loops, half as many as true ones", () => {
  const worlds: readonly (readonly [string, PoseGraphWorld])[] = [
    ["manhattan", manhattan({ poses: 300 })],
    ["sphere", sphere({ poses: 225 })],
    ["torus", torus({ poses: 200 })],
    ["grid", grid({ poses: 125 })],
    ["garage", garage({ poses: 150 })],
    ["ring", ring()],
  ];

  describe.each(worlds)("%s", (_, world) => {
    const graph = worldGraph(world);
    const clean = finish(graph, { policy: presetPolicy("fp64") });
    const spoiled = spoil(graph, clean.x, 0.5);
    const error = (poses: Float64Array): number => rmsDistance(world.dimension, world.truth, poses);

    test.each(["gnc-tls", "gnc-gm"] as const)(
      "%s: the ATE is at most twice that without them, and the edges rejected are those",
      (loss) => {
        const { x, report } = finish(spoiled, { loss: { loss } });

        expect(report.termination).toBe("converged");
        expect(error(x)).toBeLessThan(2 * error(clean.x));
        const { precision, recall } = rejection(report.loss!, graph.from.length, spoiled);
        expect(precision).toBeGreaterThanOrEqual(0.95);
        expect(recall).toBeGreaterThanOrEqual(0.95);
      },
    );
  });

  test("least squares are far off", () => {
    const [, world] = worlds[0];
    const graph = worldGraph(world);
    const clean = finish(graph);

    const { x } = finish(spoil(graph, clean.x, 0.5));

    expect(rmsDistance(2, world.truth, x)).toBeGreaterThan(10 * rmsDistance(2, world.truth, clean.x));
  });

  test("two chains that a single loop ties together stay tied", () => {
    const world = ring({ poses: 80 });
    const own = worldGraph(world);
    const keep = Array.from(own.from.keys()).filter((edge) => isLoop(own, edge) || own.from[edge] !== 40);
    const cut = {
      ...own,
      from: Int32Array.from(keep, (edge) => own.from[edge]),
      to: Int32Array.from(keep, (edge) => own.to[edge]),
      measurements: Float64Array.from(keep.flatMap((edge) => [...own.measurements.subarray(3 * edge, 3 * edge + 3)])),
      information: Float64Array.from(keep.flatMap((edge) => [...own.information.subarray(6 * edge, 6 * edge + 6)])),
    };

    const { report } = finish(cut, { loss: { loss: "gnc-tls" } });

    expect(report.termination).toBe("converged");
    expect(report.loss?.rejected).toEqual([]);
  });
});

test.each(["ceres", "gtsam"] as const)("false loops are found under the cost of %s, too", (cost) => {
  const clean = worldGraph(torus({ poses: 200, seed: 2 }));
  const spoiled = spoil(clean, finish(clean).graph.poses, 0.3);

  // The world's information is of g2o's half angles: those of the others are twice as far off.
  const { report } = finish(spoiled, { cost, loss: { loss: "gnc-tls", C: 10 } });

  expect(report.termination).toBe("converged");
  expect(rejection(report.loss!, clean.from.length, spoiled)).toEqual({ precision: 1, recall: 1 });
});

test("a graduated solve that is cancelled keeps the poses reached, and says so", () => {
  const world = manhattan({ poses: 100 });
  const graph = worldGraph(world);
  const run = start(spoil(graph, world.truth, 0.3), { loss: { loss: "gnc-tls" } });
  run.step();

  run.cancel("interrupted");

  expect([run.done, run.report.termination]).toEqual([true, "cancelled"]);
  expect(run.graph.poses).toHaveLength(graph.poses.length);
});

test("a direct solver and one without fill find the same", () => {
  const world = manhattan({ poses: 200 });
  const spoiled = spoil(worldGraph(world), world.truth, 0.3);

  const [cgnr, direct, sparse] = [{}, { linear: "direct" as const }, { fill: 0 as const }].map((options) =>
    finish(spoiled, { loss: { loss: "gnc-tls" }, policy: presetPolicy("fp64"), ...options }),
  );

  for (const { report } of [direct, sparse]) {
    expect(report.loss?.rejected.map(({ edge }) => edge)).toEqual(cgnr.report.loss?.rejected.map(({ edge }) => edge));
    expect(Math.abs(report.cost.final / cgnr.report.cost.final - 1)).toBeLessThan(1e-5);
  }
});

describe.skipIf(!hasPublicData)("intel with half as many false loops as true ones", () => {
  test.each(["gnc-tls", "gnc-gm"] as const)("%s is within 1 % of the map of the optimum without them", { timeout: MINUTE }, (loss) => {
    const { graph } = readG2o(publicData("pose-graphs/intel.g2o")!, "intel.g2o");
    const clean = finish(graph, { policy: presetPolicy("fp64") });
    const spoiled = spoil(graph, clean.x, 0.5);

    const { x, report } = finish(spoiled, { loss: { loss }, policy: presetPolicy("mixed", SIXTEEN_BIT) });

    expect(report.termination).toBe("converged");
    expect(rmsDistance(2, clean.x, x)).toBeLessThan(0.01 * extent(2, clean.x));
    expect(rejection(report.loss!, graph.from.length, spoiled)).toEqual({ precision: 1, recall: 1 });
  });
});

test("huber of @slam/nlls goes by its own name", () => {
  const run = start(worldGraph(ring({ poses: 40 })), { loss: { loss: huber } });

  expect(run.report.loss?.name).toBe("huber");
});
