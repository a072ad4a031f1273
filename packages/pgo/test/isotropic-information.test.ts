import { OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { costOf } from "../src/costs.ts";
import type { PoseGraph } from "../src/graph.ts";
import { isotropicInformation } from "../src/isotropic-information.ts";

/** Two poses 3 m apart in each direction of the translation, and one edge, which measured none. */
function oneEdge(dimension: 2 | 3, information: readonly number[]): PoseGraph {
  const pose = dimension === 2 ? [0, 0, 0] : [0, 0, 0, 0, 0, 0, 1];
  return {
    dimension,
    ids: Float64Array.of(4, 7),
    poses: Float64Array.of(...pose, ...pose.map((x, k) => (k < dimension ? 3 : x))),
    known: Uint8Array.of(1, 1),
    from: Int32Array.of(0),
    to: Int32Array.of(1),
    measurements: Float64Array.from(pose),
    information: Float64Array.from(information),
    fixed: new Int32Array(0),
  };
}

describe("in the plane", () => {
  test("tau = 2 / tr([4 2; 2 4]^-1) = 3, and twice the angle's own weight; what couples them is not used", () => {
    const W = isotropicInformation(oneEdge(2, [4, 2, 1, 4, 1, 5]));

    expectClose(W, [3, 0, 0, 3, 0, 10], tolerance(fp64, 4));
  });

  test("a block without an inverse weighs nothing: the limit of tau", () => {
    expectClose(isotropicInformation(oneEdge(2, [1, 1, 0, 1, 0, 5])), [0, 0, 0, 0, 0, 10], 0);
    expect(costOf(oneEdge(2, [0, 0, 0, 0, 0, 5]), "sesync")).toBe(0);
  });
});

describe("in space", () => {
  const rows = (translation: readonly number[], coupling: number, rotation: readonly number[]): number[] => {
    const [a, b, c, d, e, f] = translation;
    const across = [coupling, coupling, coupling];
    return [a, b, c, ...across, d, e, ...across, f, ...across, ...rotation];
  };

  test("tau = 3 / tr(Wt^-1) = 3 / (1 + 1/2 + 1/3), 8 kappa = 12 / tr(Wr^-1) = 12 / (4/3 + 1/6)", () => {
    const W = isotropicInformation(oneEdge(3, rows([1, 0, 0, 2, 0, 3], 0.1, [2, 1, 0, 2, 0, 6])));

    const [tau, turning] = [18 / 11, 12 / (4 / 3 + 1 / 6)];
    const expected = [tau, tau, tau, turning, turning, turning].flatMap((w, i) => [w, ...new Array<number>(5 - i).fill(0)]);
    expectClose(W, expected, tolerance(fp64, 16));
  });

  test("what is indefinite only by its coupling has a cost, as in SE-Sync", () => {
    const graph = oneEdge(3, rows([1, 0, 0, 1, 0, 1], 5, [1, 0, 0, 1, 0, 1]));

    expect(() => costOf(graph, "g2o")).toThrow(OptionError);
    expect(costOf(graph, "sesync")).toBe(27);
  });

  test.each([
    ["translation", rows([-3, 0, 0, 1, 0, 2], 0, [1, 0, 0, 1, 0, 1])],
    ["rotation", rows([1, 0, 0, 1, 0, 1], 0, [2, 0, 0, 1, 0, -3])],
  ])("a block that is indefinite is refused by its edge's ids: %s", (_, information) => {
    // The harmonic mean of -3, 1, 2 is positive: it would not show.
    expect(() => costOf(oneEdge(3, information), "sesync")).toThrow("information of the edge 4 -> 7");
  });
});
