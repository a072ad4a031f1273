import { DimensionError, OptionError } from "@slam/errors";
import { describe, expect, test } from "vitest";
import type { Factor } from "../../src/factors/factor.ts";
import type { FactorSet } from "../../src/factors/sets.ts";
import { checkGraph, type PoseGraph } from "../../src/graph.ts";
import { start } from "../../src/solve.ts";
import { planarWorld, spatialWorld } from "./landmark-world.ts";

const plane = planarWorld({ poses: 4, landmarks: 3, noise: 0 });
const space = spatialWorld({ poses: 3, landmarks: 2, noise: 0 });
const [positions] = plane.factors as [FactorSet];
const own: Factor = {
  tag: "MINE",
  dimension: 2,
  variables: ["pose", "pose", "landmark"],
  rows: 1,
  measurement: 0,
  error: () => {},
  jacobians: () => {},
};
const ownSet: FactorSet = {
  factor: own,
  variables: Int32Array.of(0, 1, 1),
  measurements: new Float64Array(0),
  information: Float64Array.of(1),
};

describe("checkGraph", () => {
  test.each<[string, PoseGraph]>([
    ["the plane", plane],
    ["space", space],
    ["a factor of one's own, a pose and a landmark of the same index", { ...plane, factors: [ownSet] }],
  ])("accepts %s", (_, graph) => {
    expect(() => checkGraph(graph)).not.toThrow();
  });

  const landmarks = (change: Partial<typeof plane.landmarks>): PoseGraph => ({ ...plane, landmarks: { ...plane.landmarks, ...change } });
  const factors = (change: Partial<FactorSet>): PoseGraph => ({ ...plane, factors: [{ ...positions, ...change }] });
  const mine = (change: Partial<Factor>): PoseGraph => ({ ...plane, factors: [{ ...ownSet, factor: { ...own, ...change } }] });

  test.each<[PoseGraph, string]>([
    [landmarks({ positions: new Float64Array(5) }), "graph.landmarks.positions has length 5, expected 6"],
    [landmarks({ known: new Uint8Array(2) }), "graph.landmarks.known has length 2, expected 3"],
    [factors({ variables: new Int32Array(3) }), "graph.factors[0].variables has length 3, expected 2"],
    [factors({ measurements: new Float64Array(1) }), "graph.factors[0].measurements has length 1, expected"],
    [factors({ information: new Float64Array(1) }), "graph.factors[0].information has length 1, expected"],
    [factors({ sensors: new Int32Array(2) }), "graph.factors[0].sensors has length 2, expected 0"],
    [{ ...space, factors: space.factors.map(({ sensors: _, ...set }) => set) }, "graph.factors[0].sensors has length 0, expected"],
    [{ ...space, sensors: { ...space.sensors!, poses: new Float64Array(7) } }, "graph.sensors.poses has length 7, expected 14"],
  ])("refuses arrays that contradict each other: %#", (graph, message) => {
    expect(() => checkGraph(graph)).toThrow(DimensionError);
    expect(() => checkGraph(graph)).toThrow(message);
  });

  test.each<[PoseGraph, string]>([
    [landmarks({ ids: Float64Array.of(5, 5, 6) }), "graph.landmarks.ids[1] is 5, expected an integer >= 6"],
    [landmarks({ ids: Float64Array.of(2, 5, 6) }), "graph.landmarks.ids[0] is 2, expected an id that no pose has"],
    [landmarks({ fixed: Int32Array.of(3) }), "graph.landmarks.fixed[0] is 3, expected an integer in 0 ... 2"],
    [landmarks({ positions: new Float64Array(6).fill(Number.NaN) }), "graph.landmarks.positions[0] is NaN"],
    [
      { ...plane, landmarks: undefined as never, factors: plane.factors },
      `graph.factors[0].variables[1] is ${positions.variables[1]}, expected an integer`,
    ],
    [factors({ factor: "EDGE_SE2_XYZ" as "EDGE_SE2_XY" }), 'graph.factors[0].factor is "EDGE_SE2_XYZ", expected one of EDGE_PRIOR_SE2'],
    [factors({ factor: "EDGE_SE3_PRIOR" }), "graph.factors[0].factor.dimension is 3, expected 2"],
    [factors({ variables: positions.variables.map((v) => v + 9) }), "graph.factors[0].variables[0] is 9, expected an integer in 0 ... 3"],
    [factors({ measurements: positions.measurements.map(() => Infinity) }), "graph.factors[0].measurements[0] is Infinity"],
    [factors({ information: positions.information.map(() => Number.NaN) }), "graph.factors[0].information[0] is NaN"],
    [
      { ...space, factors: space.factors.map((set) => ({ ...set, sensors: set.sensors!.map(() => 2) })) },
      "graph.factors[0].sensors[0] is 2",
    ],
    [{ ...space, sensors: { ...space.sensors!, poses: new Float64Array(14) } }, "graph.sensors.poses[3 ... 6] is"],
    [mine({ rows: 4 }), "graph.factors[0].factor.rows is 4, expected an integer in 1 ... 3"],
    [mine({ variables: [] }), "graph.factors[0].factor.variables is"],
    [mine({ variables: ["pose", "pose", "line" as "pose"] }), 'graph.factors[0].factor.variables is "line"'],
    [mine({ measurement: -1 }), "graph.factors[0].factor.measurement is -1"],
    [{ ...plane, factors: [{ ...ownSet, variables: Int32Array.of(1, 1, 0) }] }, "another pose than before in MINE 1 1 1000"],
  ])("refuses what is out of range: %#", (graph, message) => {
    expect(() => checkGraph(graph)).toThrow(OptionError);
    expect(() => checkGraph(graph)).toThrow(message);
  });

  test("a solve refuses an indefinite information by the names of its factor", () => {
    const graph = factors({ information: positions.information.map((w) => -w) });

    expect(() => start(graph)).toThrow(`information of EDGE_SE2_XY 0 ${1000 + 2 * positions.variables[1]} is "indefinite"`);
  });
});
