import { describe, expect, test } from "vitest";
import { findGauge } from "../../src/factors/gauge.ts";
import type { FactorSet } from "../../src/factors/sets.ts";
import { factorTerms } from "../../src/factors/terms.ts";
import { type PoseGraph, poseDof } from "../../src/graph.ts";
import { pointOf } from "../../src/point.ts";
import { squareRootInformation } from "../../src/whitening.ts";
import { disturbed, planarWorld, spatialWorld } from "./landmark-world.ts";

const plane = disturbed(planarWorld({ poses: 12, landmarks: 6, noise: 0.1 }), 0.2);
const space = disturbed(spatialWorld({ poses: 8, landmarks: 6, noise: 0.1 }), 0.2);

/** The upper triangle of a diagonal. */
function diagonal(...weights: readonly number[]): number[] {
  return weights.flatMap((w, i) => [w, ...new Array<number>(weights.length - 1 - i).fill(0)]);
}

/** Priors of poses, at where they are, with these weights. */
function withPriors(graph: PoseGraph, poses: readonly number[], weights: readonly number[]): PoseGraph {
  const size = graph.dimension === 2 ? 3 : 7;
  const prior: FactorSet = {
    factor: graph.dimension === 2 ? "EDGE_PRIOR_SE2" : "EDGE_SE3_PRIOR",
    variables: Int32Array.from(poses),
    measurements: Float64Array.from(poses.flatMap((k) => [...graph.poses.slice(k * size, (k + 1) * size)])),
    information: Float64Array.from(poses.flatMap(() => diagonal(...weights))),
    ...(graph.dimension === 3 && { sensors: new Int32Array(poses.length) }),
  };
  return { ...graph, factors: [...(graph.factors ?? []), prior] };
}

function withFixed(graph: PoseGraph, landmarks: readonly number[]): PoseGraph {
  return { ...graph, landmarks: { ...graph.landmarks!, fixed: Int32Array.from(landmarks) } };
}

describe("how many directions are left", () => {
  test.each<[string, PoseGraph, number[], number]>([
    ["in the plane: all", plane, [], 3],
    ["by a held pose: none", plane, [4], 0],
    ["by a prior of full rank: none", withPriors(plane, [4], [1, 1e-4, 1e4]), [], 0],
    ["by one of position: the turn", withPriors(plane, [4], [1, 1, 0]), [], 1],
    ["by two of position: none", withPriors(plane, [4, 9], [1, 1, 0]), [], 0],
    ["by one of heading: two of position", withPriors(plane, [4], [0, 0, 1]), [], 2],
    ["by one that says nothing: all", withPriors(plane, [4], [0, 0, 0]), [], 3],
    ["by a fixed landmark: the turn", withFixed(plane, [3]), [], 1],
    ["by two: none", withFixed(plane, [3, 0]), [], 0],
    ["in space: all", space, [], 6],
    ["by a prior of full rank: none", withPriors(space, [4], [1, 2, 3, 4, 5, 6]), [], 0],
    ["by one of position: the turns about the sensor", withPriors(space, [4], [1, 1, 1, 0, 0, 0]), [], 3],
    ["by two of position: the turn about their line", withPriors(space, [1, 6], [1, 1, 1, 0, 0, 0]), [], 1],
    ["by one of orientation: three of position", withPriors(space, [4], [0, 0, 0, 1, 1, 1]), [], 3],
    ["by a fixed landmark: the turns about it", withFixed(space, [3]), [], 3],
    ["by two: the turn about their line", withFixed(space, [3, 0]), [], 1],
    ["by three: none", withFixed(space, [3, 0, 1]), [], 0],
  ])("%s", (_, graph, held, left) => {
    const terms = factorTerms(graph, squareRootInformation(graph).ofFactors);
    const dof = poseDof(graph);

    const gauge = findGauge(graph, held, terms, pointOf(graph));

    expect(gauge.held).toEqual(left === dof ? [0] : []);
    expect(gauge.directions.map(({ variable, rows, columns }) => [variable, rows.length / columns])).toEqual(
      left === 0 || left === dof ? [] : [[0, left]],
    );
  });

  test("far from the world's origin too", () => {
    const far = {
      ...plane,
      poses: plane.poses.map((x, at) => (at % 3 < 2 ? x + 5e6 : x)),
      landmarks: { ...plane.landmarks, positions: plane.landmarks.positions.map((x) => x + 5e6) },
    };
    const graphs = [far, withPriors(far, [4], [1, 1, 0]), withPriors(far, [4, 9], [1, 1, 0])];

    const gauges = graphs.map((graph) => findGauge(graph, [], factorTerms(graph, squareRootInformation(graph).ofFactors), pointOf(graph)));

    expect(gauges.map(({ held, directions }) => [held.length, directions.length])).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });
});
