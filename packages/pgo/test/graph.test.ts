import { DimensionError, OptionError } from "@slam/errors";
import { describe, expect, test } from "vitest";
import { checkGraph, informationSize, type PoseGraph, poseDof, poseSize } from "../src/graph.ts";

const triangle: PoseGraph = {
  dimension: 2,
  ids: Float64Array.of(-1, 4, 9),
  poses: Float64Array.of(0, 0, 0, 1, 0, 2, 0, 1, -2),
  known: Uint8Array.of(1, 1, 1),
  from: Int32Array.of(0, 1),
  to: Int32Array.of(1, 2),
  measurements: Float64Array.of(1, 0, 2, 1, 1, 2),
  information: Float64Array.of(1, 0, 0, 1, 0, 1, 2, 0, 0, 2, 0, 2),
  fixed: Int32Array.of(0),
};

const line: PoseGraph = {
  ...triangle,
  dimension: 3,
  ids: Float64Array.of(0, 1),
  poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0.6, 0, 0, -0.8),
  known: Uint8Array.of(1, 1),
  from: Int32Array.of(0),
  to: Int32Array.of(1),
  measurements: Float64Array.of(1, 0, 0, 0, 0, 0, 1),
  information: new Float64Array(21),
};

test("a pose takes 3 numbers in 2D and 7 in 3D, and its information 6 and 21", () => {
  expect([triangle, line].map((g) => [poseSize(g), poseDof(g), informationSize(g)])).toEqual([
    [3, 3, 6],
    [7, 6, 21],
  ]);
});

describe("checkGraph", () => {
  test.each([triangle, line])("accepts a graph of dimension $dimension", (graph) => {
    expect(() => checkGraph(graph)).not.toThrow();
  });

  test("accepts a graph without poses and edges", () => {
    const none = new Float64Array(0);
    const noIndex = new Int32Array(0);

    const graph: PoseGraph = {
      dimension: 3,
      ids: none,
      poses: none,
      known: new Uint8Array(0),
      from: noIndex,
      to: noIndex,
      measurements: none,
      information: none,
      fixed: noIndex,
    };

    expect(() => checkGraph(graph)).not.toThrow();
  });

  test.each<[keyof PoseGraph, Partial<PoseGraph>, string]>([
    ["poses", { poses: new Float64Array(8) }, "graph.poses has length 8, expected 9"],
    ["known", { known: new Uint8Array(2) }, "graph.known has length 2, expected 3"],
    ["to", { to: Int32Array.of(1) }, "graph.to has length 1, expected 2"],
    ["measurements", { measurements: new Float64Array(14) }, "graph.measurements has length 14, expected 6"],
    ["information", { information: new Float64Array(18) }, "graph.information has length 18, expected 12"],
  ])("refuses %s of a wrong length", (_, change, message) => {
    expect(() => checkGraph({ ...triangle, ...change })).toThrow(new DimensionError(message.split(" ")[0]!, numbersOf(message)));
  });

  test.each<[Partial<PoseGraph>, string]>([
    [{ dimension: 4 as 3 }, "graph.dimension is 4, expected 2 or 3"],
    [{ ids: Float64Array.of(0, 2, 2) }, "graph.ids[2] is 2, expected an integer >= 3"],
    [{ ids: Float64Array.of(0, 1.5, 2) }, "graph.ids[1] is 1.5, expected an integer >= 1"],
    [{ ids: Float64Array.of(0, 1, 2 ** 53) }, "graph.ids[2] is 9007199254740992, expected an integer >= 2"],
    [{ from: Int32Array.of(0, 3) }, "graph.from[1] is 3, expected an integer in 0 ... 2"],
    [{ to: Int32Array.of(-1, 2) }, "graph.to[0] is -1, expected an integer in 0 ... 2"],
    [{ to: Int32Array.of(1, 1) }, "graph.to[1] is 1, expected another pose than graph.from's"],
    [{ fixed: Int32Array.of(7) }, "graph.fixed[0] is 7, expected an integer in 0 ... 2"],
    [{ poses: Float64Array.of(0, 0, 0, 1, Number.NaN, 2, 0, 1, -2) }, "graph.poses[4] is NaN, expected a finite number"],
    [{ measurements: new Float64Array(6).fill(Number.POSITIVE_INFINITY) }, "graph.measurements[0] is Infinity, expected a finite number"],
    [{ information: new Float64Array(12).fill(Number.NaN) }, "graph.information[0] is NaN, expected a finite number"],
  ])("refuses %o", (change, message) => {
    expect(() => checkGraph({ ...triangle, ...change })).toThrow(OptionError);
    expect(() => checkGraph({ ...triangle, ...change })).toThrow(message);
  });

  test("refuses quaternions that are not of unit length", () => {
    const longPose = { ...line, poses: line.poses.map((x, i) => (i === 13 ? 0.8001 : x)) };
    const noRotation = { ...line, measurements: new Float64Array(7) };

    expect(() => checkGraph(longPose)).toThrow("graph.poses[10 ... 13] is");
    expect(() => checkGraph(noRotation)).toThrow('graph.measurements[3 ... 6] is "of length 0", expected a quaternion of length 1');
  });
});

function numbersOf(message: string): { actual: number; expected: number } {
  const [actual, expected] = message.match(/\d+/g)!.map(Number);
  return { actual: actual!, expected: expected! };
}
