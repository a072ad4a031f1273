import { OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { se2, se3 } from "@slam/lie";
import { presetPolicy } from "@slam/nlls";
import { garage, grid, manhattan, ring, sphere, torus } from "@slam/sim";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COST_NAMES, type CostName } from "../src/cost-conventions.ts";
import { costOf, costs } from "../src/costs.ts";
import type { FactorSet } from "../src/factors/sets.ts";
import { type PoseGraph, poseSize } from "../src/graph.ts";
import { chi2, start } from "../src/solve.ts";
import { planarPose, spatialPose } from "./arbitrary-pose.ts";
import { plainCosts } from "./plain-costs.ts";
import { correlated, worldGraph } from "./world-graph.ts";

const quarter = Math.SQRT1_2;

function edge(
  dimension: 2 | 3,
  xi: readonly number[],
  xj: readonly number[],
  z: readonly number[],
  information: readonly number[],
): PoseGraph {
  return {
    dimension,
    ids: Float64Array.of(0, 1),
    poses: Float64Array.of(...xi, ...xj),
    known: Uint8Array.of(1, 1),
    from: Int32Array.of(0),
    to: Int32Array.of(1),
    measurements: Float64Array.from(z),
    information: Float64Array.from(information),
    fixed: new Int32Array(0),
  };
}

function expectCosts(graph: PoseGraph, expected: { readonly [name in CostName]: number }, terms: number): void {
  const found = costs(graph);
  for (const name of COST_NAMES) expect(Math.abs(found[name] / expected[name] - 1), name).toBeLessThan(tolerance(fp64, terms));
}

describe("hand cases: (2, 3) or (2, 3, 3) too far, and a quarter turn, after a measured quarter turn", () => {
  test("in the plane with W = diag(1, 2, 3)", () => {
    const graph = edge(2, [0, 0, 0], [3, 5, Math.PI], [1, 2, Math.PI / 2], [1, 0, 0, 2, 0, 3]);
    const turn = (3 * Math.PI * Math.PI) / 4;

    // g2o sees (3, -2) from the measurement; tau = 2 / (1 + 1/2) and |R - I|^2 = 4 (1 - cos 90 degrees)
    expectCosts(graph, { g2o: 9 + 8 + turn, ceres: 4 + 18 + turn, gtsam: (9 + 8 + turn) / 2, sesync: (4 / 3) * 13 + 3 * 4 }, 16);
  });

  test("in space with W = diag(1 ... 6) and 1 between z and the turn about it", () => {
    const information = [1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 1, 4, 0, 0, 5, 0, 6];
    const graph = edge(3, [0, 0, 0, 0, 0, 0, 1], [3, 5, 7, 0, 0, 1, 0], [1, 2, 4, 0, 0, quarter, quarter], information);

    // [3 -2 3, quarter]; [2 3 3, -2 quarter]; V^-1 turns (3, -2) by an eighth and stretches: pi/4 (1, -5)
    const arc = (Math.PI * Math.PI) / 16;
    expectCosts(
      graph,
      {
        g2o: 9 + 8 + 27 + 3 + 2 * 3 * quarter,
        ceres: 4 + 18 + 27 + 12 - 2 * 3 * 2 * quarter,
        gtsam: 0.5 * (arc * (1 + 2 * 25) + 27 + 24 * arc + 2 * 3 * (Math.PI / 2)),
        sesync: (18 / 11) * 22 + (90 / 37) * 4,
      },
      16,
    );
  });
});

test.each([
  ["sphere", sphere({ poses: 100 })],
  ["torus", torus({ poses: 100 })],
  ["grid", grid({ poses: 100 })],
  ["planar grid", grid({ poses: 100, dimension: 2 })],
  ["manhattan", manhattan({ poses: 200 })],
  ["garage", garage({ poses: 100 })],
  ["ring", ring({ poses: 100 })],
])("agree with a plain evaluation by matrices on the %s", (_, world) => {
  const graph = correlated(worldGraph(world));

  // The logarithm by matrices loses the digits that the sine of a turn near a half has lost.
  expectCosts(graph, plainCosts(graph), 1e3 * graph.from.length);
});

test("in the plane GTSAM's is half of g2o's, and Ceres' is g2o's where translations weigh alike in all directions", () => {
  const graph = worldGraph(manhattan({ poses: 200 }));
  const uncoupled = { ...graph, information: graph.information.map((_, k) => [2, 0, 0, 2, 0, 5][k % 6]) };

  const { g2o, ceres, gtsam } = costs(uncoupled);

  expect(gtsam).toBe(g2o / 2);
  expect(Math.abs(ceres / g2o - 1)).toBeLessThan(tolerance(fp64, graph.from.length));
});

test("a world that moves as a whole, and quaternions of the other sign, cost the same", () => {
  const worlds = [
    { graph: correlated(worldGraph(manhattan({ poses: 60 }))), group: se2, motion: planarPose },
    { graph: correlated(worldGraph(sphere({ poses: 60 }))), group: se3, motion: spatialPose },
  ];
  for (const { graph, group, motion } of worlds) {
    const size = poseSize(graph);
    const before = costs(graph);
    fc.assert(
      fc.property(motion, (by) => {
        const poses = new Float64Array(graph.poses.length);
        for (let at = 0; at < poses.length; at += size) {
          group.compose(by, 0, graph.poses, at, poses, at);
          if (size === 7 && at % 2 === 1) for (let k = 3; k < 7; k++) poses[at + k] *= -1;
        }

        expectCosts({ ...graph, poses }, before, 1e3 * graph.from.length);
      }),
      { numRuns: 10 },
    );
  }
});

test("are 0 without edges, and g2o's is chi2", () => {
  const graph = worldGraph(ring({ poses: 20 }));
  const none = new Float64Array(0);
  const edgeless = { ...graph, from: new Int32Array(0), to: new Int32Array(0), measurements: none, information: none };

  expect(costs(edgeless)).toEqual({ g2o: 0, ceres: 0, gtsam: 0, sesync: 0 });
  expect(costs(graph).g2o).toBe(chi2(graph));
});

test("a name that is none is refused, before anything else", () => {
  const graph = worldGraph(ring({ poses: 20 }));
  const name = "sum" as CostName;

  expect(() => costOf(graph, name)).toThrow(OptionError);
  expect(() => start(graph, { cost: name })).toThrow('cost is "sum", expected one of g2o, ceres, gtsam, sesync');
});

test("a graph with more than poses and edges has g2o's cost, and no other", () => {
  const world = worldGraph(ring({ poses: 20 }));
  const prior: FactorSet = {
    factor: "EDGE_PRIOR_SE2",
    variables: Int32Array.of(3),
    measurements: world.poses.slice(9, 12),
    information: world.information.slice(0, 6),
  };
  const graph: PoseGraph = { ...world, factors: [prior] };

  expect(Math.abs(costOf(graph, "g2o") / costOf(world, "g2o") - 1)).toBeLessThan(tolerance(fp64, graph.from.length));
  expect(() => costs(graph)).toThrow('cost is "ceres", expected g2o for a graph that has more than poses and edges');
  for (const cost of COST_NAMES.slice(1)) expect(() => start(graph, { cost })).toThrow(OptionError);
});

describe.each([
  ["manhattan", manhattan({ poses: 100, seed: 4 })],
  ["sphere", sphere({ poses: 100, seed: 4 })],
])("a solve minimises the cost it is given: %s", (_, world) => {
  const graph = correlated(worldGraph(world));
  const solved = Object.fromEntries(
    COST_NAMES.map((cost) => {
      const run = start(graph, { cost, policy: presetPolicy("fp64"), ftol: 1e-9 });
      while (!run.done) run.step();
      return [cost, run];
    }),
  );

  test.each(COST_NAMES)("%s", (name) => {
    const { report, graph: result } = solved[name];
    const terms = 1e3 * graph.from.length;

    expect(report.termination).toBe("converged");
    expect(report.cost.convention.toLowerCase().replace("-", "")).toMatch(new RegExp(`^${name} `));
    expect(Math.abs(report.cost.initial / costOf(graph, name) - 1)).toBeLessThan(tolerance(fp64, terms));
    expect(Math.abs(report.cost.final / costOf(result, name) - 1)).toBeLessThan(tolerance(fp64, terms));
    expect(result.information).toBe(graph.information);
    for (const other of COST_NAMES) expect(report.cost.final).toBeLessThanOrEqual(costOf(solved[other].graph, name) * (1 + 1e-9));
  });
});
