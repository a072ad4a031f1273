import { DimensionError, OptionError } from "@slam/errors";
import { presetPolicy } from "@slam/nlls";
import { garage, grid, manhattan, type PoseGraphWorld, Random, ring, sphere, torus } from "@slam/sim";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addFalseLoops } from "../../src/false-loops.ts";
import type { PoseGraph } from "../../src/graph.ts";
import { readG2o } from "../../src/io/g2o.ts";
import { findConsistentLoops, type LoopCheck } from "../../src/loop-check/find-consistent-loops.ts";
import { withoutEdges } from "../../src/loop-check/without-edges.ts";
import { start } from "../../src/solve.ts";
import { hasPublicData, publicData } from "../public-data.ts";
import { rejection } from "../robust-measures.ts";
import { driftedSphere, similarityGraph } from "../similarity/similarity-graph.ts";
import { worldGraph } from "../world-graph.ts";
import { type LineLoop, line } from "./line.ts";

const MINUTE = 60_000;

function edgesOf(rows: LoopCheck["rejected"] | LoopCheck["untested"]): number[] {
  return rows.map(({ edge }) => edge);
}

describe("by hand, on a line driven 1 m at a time, 0.1 m off each", () => {
  // Information 25 on x: 0.2 m off.
  const right: LineLoop = [0, 5, 5, 25];
  const alsoRight: LineLoop = [2, 9, 7.1, 25];

  test("loops that agree are kept", () => {
    const check = findConsistentLoops(line(11, right, alsoRight));

    expect(check).toMatchObject({ quantile: 0.9999, loops: 2, pairs: 1, rejected: [], untested: [] });
    expect(check.sets).toEqual([{ loops: 2, kept: 2, bound: 2, method: "exact" }]);
    expect([check.bound, check.odometryBound]).toEqual([expect.closeTo(21.1075, 4), expect.closeTo(40.13, 3)]);
  });

  test("one that odometry excludes is rejected by it, and tested against no other", () => {
    // 3 m off where odometry and loop have variances of 0.04 and 0.04.
    const { rejected, pairs, sets } = findConsistentLoops(line(11, right, [1, 5, 7, 25]));

    expect(rejected).toEqual([{ edge: 11, from: 11, to: 15, against: "odometry", squared: expect.closeTo(9 / 0.08, 8) }]);
    expect([pairs, sets]).toEqual([0, [{ loops: 1, kept: 1, bound: 1, method: "exact" }]]);
  });

  test("one that odometry lets pass and two loops contradict is rejected by them", () => {
    // 1.7 m off: 2.89 / 0.13 against odometry; 0.8 m with a step and two loops from [0, 10], and as much from [1, 9].
    const loops: readonly LineLoop[] = [
      [0, 10, 10, 400],
      [1, 9, 8, 400],
      [1, 10, 10.7, 400],
    ];

    const { rejected, sets } = findConsistentLoops(line(11, ...loops));

    expect(rejected).toEqual([
      { edge: 12, from: 11, to: 20, against: "loops", squared: expect.closeTo(2.89 / 0.015, 8), disagrees: 2, nearest: 10 },
    ]);
    expect(sets).toEqual([{ loops: 3, kept: 2, bound: 2, method: "exact" }]);
  });

  test("a loop measured backwards is the same loop", () => {
    const back: LineLoop = [5, 0, -5, 25];
    const wrong: LineLoop = [5, 1, -7, 25];

    expect(edgesOf(findConsistentLoops(line(11, back, alsoRight, wrong)).rejected)).toEqual([12]);
  });

  test("one whose information leaves a direction open is kept and named", () => {
    const { untested, rejected } = findConsistentLoops(line(11, right, [0, 7, 90, 0]));

    expect(untested).toEqual([{ edge: 11, from: 10, to: 17, reason: "singular-information" }]);
    expect(rejected).toEqual([]);
  });

  test("a graph without loops, and one without anything", () => {
    expect(findConsistentLoops(line(3))).toMatchObject({ loops: 0, pairs: 0, sets: [], rejected: [] });
    expect(findConsistentLoops(line(1))).toMatchObject({ loops: 0, pairs: 0, sets: [], rejected: [] });
  });
});

describe("where odometry is broken between the fifth and the sixth of eleven poses", () => {
  const cut = (...loops: readonly LineLoop[]): PoseGraph => withoutEdges(line(11, ...loops), [4]);

  test("loops between the parts are tested against each other, and one that agrees with none is rejected", () => {
    // The second part may be anywhere: 3 m further than it is.
    const graph = cut([0, 6, 9, 25], [2, 8, 9, 25], [3, 9, 6, 25]);

    const { rejected, sets, untested } = findConsistentLoops(graph);

    expect(rejected).toMatchObject([{ edge: 11, against: "loops", disagrees: 2, nearest: 10 }]);
    expect(sets).toEqual([{ loops: 3, kept: 2, bound: 2, method: "exact" }]);
    expect(untested).toEqual([]);
  });

  test("a single one, or two that contradict each other, are kept and named", () => {
    const single = findConsistentLoops(cut([0, 6, 9, 25]));
    const contrary = findConsistentLoops(cut([0, 6, 9, 25], [2, 8, 4, 25]));

    expect(single.untested).toEqual([{ edge: 9, from: 10, to: 16, reason: "no-odometry" }]);
    expect([edgesOf(contrary.untested), contrary.rejected, contrary.sets]).toEqual([[9, 10], [], []]);
  });

  test("an odometry edge without information is no odometry", () => {
    const graph = line(11, [0, 6, 9, 25]);
    graph.information.fill(0, 6 * 4, 6 * 5);

    expect(edgesOf(findConsistentLoops(graph).untested)).toEqual([10]);
  });
});

test("what is kept agrees: checked again, nothing is rejected, and each rejected loop disagrees with one that was kept", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(0.3, 1, 2), fc.constantFrom(0, 1e9), (seed, share, effort) => {
      const world = manhattan({ poses: 60, seed });
      const graph = addFalseLoops(worldGraph(world), world.truth, { share, random: new Random(seed) });

      const check = findConsistentLoops(graph, { effort });

      for (const { against, squared, disagrees } of check.rejected) {
        expect(squared).toBeGreaterThan(against === "odometry" ? check.odometryBound : check.bound);
        if (against === "loops") expect(disagrees).toBeGreaterThan(0);
      }
      const again = findConsistentLoops(withoutEdges(graph, edgesOf(check.rejected)), { effort });
      expect(again.rejected).toEqual([]);
      expect(again.sets[0].kept).toBe(check.sets[0].kept);
    }),
    { numRuns: 30 },
  );
});

describe("half as many false loops as true ones, odometry half as noisy as by default", () => {
  const worlds: readonly (readonly [string, (seed: number) => PoseGraphWorld])[] = [
    ["manhattan", (seed) => manhattan({ poses: 400, noise: 0.5, seed })],
    ["sphere", (seed) => sphere({ poses: 400, noise: 0.5, seed })],
    ["torus", (seed) => torus({ poses: 300, noise: 0.5, seed })],
    ["grid", (seed) => grid({ poses: 216, noise: 0.5, seed })],
    ["garage", (seed) => garage({ poses: 150, noise: 0.5, seed })],
    ["ring", (seed) => ring({ noise: 0.5, seed })],
  ];

  test.each(worlds)("%s: precision and recall of the loops rejected are at least 0.95", { timeout: MINUTE }, (_, make) => {
    for (const seed of [1, 2, 3]) {
      const graph = worldGraph(make(seed));
      const run = start(graph, { policy: presetPolicy("fp64") });
      while (!run.done) run.step();
      const spoiled = addFalseLoops(graph, run.graph.poses, { share: 0.5, random: new Random(seed) });

      const { precision, recall } = rejection(findConsistentLoops(spoiled), graph.from.length, spoiled);

      expect(precision).toBeGreaterThanOrEqual(0.95);
      expect(recall).toBeGreaterThanOrEqual(0.95);
    }
  });
});

describe.skipIf(!hasPublicData)("public graphs, all of whose loops are true", () => {
  test.each(["intel", "MIT", "CSAIL", "FR079_toro", "kitti_00", "kitti_02", "ring", "smallGrid3D"])(
    "%s keeps all",
    { timeout: MINUTE },
    (name) => {
      const { graph } = readG2o(publicData(`pose-graphs/${name}.g2o`)!, name);

      const { rejected, untested } = findConsistentLoops(graph);

      expect([rejected, untested]).toEqual([[], []]);
    },
  );

  test("w10000_toro has more loops than can be tested pair by pair", { timeout: MINUTE }, () => {
    const { graph } = readG2o(publicData("pose-graphs/w10000_toro.g2o")!, "w10000_toro");

    expect(() => findConsistentLoops(graph)).toThrow("loops to test against each other is 54312, expected at most 20000");
  });
});

test("misuse throws", () => {
  const graph = line(4, [0, 2, 2, 25]);

  expect(() => findConsistentLoops(graph, { quantile: 1 })).toThrow(OptionError);
  expect(() => findConsistentLoops(graph, { quantile: 0 })).toThrow(OptionError);
  expect(() => findConsistentLoops(graph, { effort: -1 })).toThrow(OptionError);
  expect(() => findConsistentLoops({ ...graph, to: graph.to.subarray(1) })).toThrow(DimensionError);
});

test("poses with a scale are refused: their odometry drifts in it", () => {
  expect(() => findConsistentLoops(similarityGraph(driftedSphere()))).toThrow(/findConsistentLoops: graph/);
});
