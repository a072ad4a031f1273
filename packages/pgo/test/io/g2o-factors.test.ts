import { OptionError, ParseError } from "@slam/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Factor } from "../../src/factors/factor.ts";
import { checkGraph, type PoseGraph } from "../../src/graph.ts";
import { readG2o, writeG2o } from "../../src/io/g2o.ts";
import { readToro, writeToro } from "../../src/io/toro.ts";
import { chi2 } from "../../src/solve.ts";
import { planarWorld, spatialWorld } from "../factors/landmark-world.ts";
import { ascii, joined, textOf } from "./ascii.ts";

const read = (text: string, factors: readonly Factor[] = []): PoseGraph => readG2o(ascii(text), "a.g2o", factors).graph;

const PLANE = `VERTEX_SE2 0 0 0 0
VERTEX_SE2 1 1 0 0.5
VERTEX_XY 10 2 3
VERTEX_XY 11 4 5
FIX 1
FIX 11
EDGE_SE2 0 1 1 0 0.5 1 0 0 1 0 1
EDGE_SE2_XY 0 10 2.5 3.5 4 1 9
EDGE_SE2_XY 1 11 1 2 3 0 3
EDGE_BEARING_SE2_XY 1 10 0.25 16
EDGE_PRIOR_SE2 0 0.1 0.2 0.3 1 2 3 40 5 60
`;

const SIX = "10 0 0 0 0 0 10 0 0 0 0 10 0 0 0 40 0 0 40 0 40";
const SPACE = `PARAMS_SE3OFFSET 3 1 0 0 0 0 0 1
VERTEX_SE3:QUAT 5 0 0 0 0 0 0 1
VERTEX_TRACKXYZ 7 4 5 6
EDGE_SE3_TRACKXYZ 5 7 3 2.5 5 6 4 0 0 4 0 4
EDGE_SE3_PRIOR 5 3 2 0 0 0 0 0 1 ${SIX}
`;

describe("readG2o", () => {
  test("reads landmarks, bearings and priors of the plane", () => {
    const graph = read(PLANE);

    expect(graph.fixed).toEqual(Int32Array.of(1));
    expect(graph.landmarks).toEqual({
      ids: Float64Array.of(10, 11),
      positions: Float64Array.of(2, 3, 4, 5),
      known: Uint8Array.of(1, 1),
      fixed: Int32Array.of(1),
    });
    expect(graph.factors).toEqual([
      {
        factor: "EDGE_SE2_XY",
        variables: Int32Array.of(0, 0, 1, 1),
        measurements: Float64Array.of(2.5, 3.5, 1, 2),
        information: Float64Array.of(4, 1, 9, 3, 0, 3),
      },
      {
        factor: "EDGE_BEARING_SE2_XY",
        variables: Int32Array.of(1, 0),
        measurements: Float64Array.of(0.25),
        information: Float64Array.of(16),
      },
      {
        factor: "EDGE_PRIOR_SE2",
        variables: Int32Array.of(0),
        measurements: Float64Array.of(0.1, 0.2, 0.3),
        information: Float64Array.of(1, 2, 3, 40, 5, 60),
      },
    ]);
    expect(() => checkGraph(graph)).not.toThrow();
  });

  test("reads what sensors see in space, and their priors: chi2 = (1/2)^2 4 + 1^2 10 by hand", () => {
    const graph = read(SPACE);

    expect(graph.sensors).toEqual({ ids: Float64Array.of(3), poses: Float64Array.of(1, 0, 0, 0, 0, 0, 1) });
    expect(graph.factors?.map(({ factor, sensors }) => [factor, sensors])).toEqual([
      ["EDGE_SE3_TRACKXYZ", Int32Array.of(0)],
      ["EDGE_SE3_PRIOR", Int32Array.of(0)],
    ]);
    expect(chi2(graph)).toBeCloseTo(1 + 10, 12);
  });

  test("landmarks that no vertex gives are those that edges name, none of them known", () => {
    const graph = read("VERTEX_SE2 0 0 0 0\nEDGE_SE2_XY 0 9 1 2 1 0 1\nEDGE_SE2_XY 0 4 1 2 1 0 1\n");

    expect(graph.landmarks).toEqual({
      ids: Float64Array.of(4, 9),
      positions: new Float64Array(4),
      known: new Uint8Array(2),
      fixed: new Int32Array(0),
    });
    expect(graph.factors?.[0]?.variables).toEqual(Int32Array.of(0, 1, 0, 0));
  });

  test("poses that no vertex gives are those that factors name too", () => {
    expect(read("EDGE_PRIOR_SE2 8 0 0 0 1 0 0 1 0 1\nEDGE_SE2_XY 3 9 1 2 1 0 1\n").ids).toEqual(Float64Array.of(3, 8));
  });

  test("normalises the quaternions of priors and sensors", () => {
    const graph = read(SPACE.replace("1 0 0 0 0 0 1\nVERTEX", "1 0 0 0 0 3 4\nVERTEX").replace("2 0 0 0 0 0 1", "2 0 0 0 0 0 2"));

    expect([...graph.sensors!.poses].slice(3)).toEqual([0, 0, 0.6, 0.8]);
    expect([...graph.factors![1].measurements].slice(3)).toEqual([0, 0, 0, 1]);
  });

  test.each([
    [
      "a landmark where a pose is asked for",
      `${PLANE}EDGE_SE2 0 10 1 0 0 1 0 0 1 0 1\n`,
      "a.g2o:12:12: expected the id of a pose in this file, found 10",
    ],
    [
      "a pose where a landmark is asked for",
      `${PLANE}EDGE_SE2_XY 0 1 1 0 1 0 1\n`,
      "a.g2o:12:15: expected the id of a landmark in this file, found 1",
    ],
    [
      "a landmark that is not there",
      `${PLANE}EDGE_SE2_XY 0 12 1 0 1 0 1\n`,
      "a.g2o:12:15: expected the id of a landmark in this file, found 12",
    ],
    [
      "an id that a pose has",
      `${PLANE}VERTEX_XY 1 0 0\n`,
      'a.g2o:12:11: expected an id without a vertex yet, as line 2 has one, found "1"',
    ],
    [
      "a pose and a landmark of one id, both without vertices",
      "EDGE_SE2_XY 3 3 1 0 1 0 1\n",
      "a 2. id, of a landmark, of EDGE_SE2_XY other than the first",
    ],
    [
      "an id that is a pose here and a landmark there",
      "EDGE_SE2_XY 3 4 1 0 1 0 1\nEDGE_SE2_XY 4 5 1 0 1 0 1\n",
      "a.g2o:1:15: expected the id of a landmark in this file, found 4",
    ],
    ["a sensor that is not there", SPACE.replace("5 7 3 ", "5 7 2 "), "a.g2o:4:23: expected the id of a sensor in this file, found 2"],
    ["a sensor given twice", `PARAMS_SE3OFFSET 3 0 0 0 0 0 0 1\n${SPACE}`, "expected an id without a sensor yet, as line 1 has one"],
    [
      "a factor of the other dimension",
      `${PLANE}EDGE_SE3_PRIOR 0 0 0 0 0 0 0 0 1 ${SIX}\n`,
      "a.g2o:12:1: expected a 2D record, as VERTEX_SE2 on line 1",
    ],
    [
      "a missing number",
      "EDGE_BEARING_SE2_XY 0 1 0.5\n",
      "expected information (1, 1) of EDGE_BEARING_SE2_XY, a finite number, found the end of the line",
    ],
    ["an extra number", "EDGE_BEARING_SE2_XY 0 1 0.5 1 1\n", "expected the end of the line after the 2 values of EDGE_BEARING_SE2_XY"],
    [
      "a zero quaternion",
      SPACE.replace("2 0 0 0 0 0 1", "2 0 0 0 0 0 0"),
      "expected a quaternion qx qy qz qw of non-zero length, found 0 0 0 0 in EDGE_SE3_PRIOR",
    ],
    ["a FIX of what is not there", `${PLANE}FIX 12\n`, "a.g2o:12:5: expected the id of a pose in this file, found 12"],
  ])("refuses %s", (_, text, message) => {
    expect(() => read(text)).toThrow(ParseError);
    expect(() => read(text)).toThrow(message);
  });
});

describe("writeG2o", () => {
  test.each([
    ["the plane", PLANE],
    ["space", SPACE],
  ])("writes %s as it was read", (_, text) => {
    expect(textOf(writeG2o(read(text)))).toBe(text);
  });

  test.each([
    ["the plane", planarWorld({ poses: 12, landmarks: 6, noise: 0.1 })],
    ["space", spatialWorld({ poses: 8, landmarks: 6, noise: 0.1 })],
  ])("a world in %s comes back with the same bits and the same chi2", (_, world) => {
    const { graph } = readG2o(joined(writeG2o(world)), "world.g2o");

    expect(graph).toEqual(world);
    expect(chi2(graph)).toBe(chi2(world));
  });

  test("mutations of a good file read with a ParseError or as a good graph", () => {
    const good = ascii(PLANE);
    const odd = fc.constantFrom(...ascii(" \t\n#.-,e0159AEQV"));
    const edit = fc.record({ at: fc.nat(good.length), remove: fc.nat(20), insert: fc.array(odd, { maxLength: 4 }) });

    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let bytes = [...good];
        for (const { at, remove, insert } of edits) bytes = bytes.toSpliced(at, remove, ...insert);
        try {
          checkGraph(readG2o(Uint8Array.from(bytes), "f").graph);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("TORO files have no landmarks and no factors: they are refused, and their tags not known", () => {
    const { unknown } = readToro(ascii("VERTEX2 0 0 0 0\nVERTEX_XY 1 0 0\n"), "a.graph");

    expect(() => writeToro(read(PLANE))).toThrow('the graph to write is "with landmarks", expected poses and edges alone');
    expect(() => writeToro(read("EDGE_PRIOR_SE2 8 0 0 0 1 0 0 1 0 1\n"))).toThrow("with factors");
    expect(unknown).toEqual([{ tag: "VERTEX_XY", count: 1, firstLine: 2 }]);
  });
});

describe("factors of one's own", () => {
  const range: Factor = {
    tag: "EDGE_RANGE",
    dimension: 2,
    variables: ["pose", "landmark"],
    rows: 1,
    measurement: 1,
    error: ([X, l], [z], e) => {
      e[0] = Math.hypot(l[0] - X[0], l[1] - X[1]) - z;
    },
    jacobians: () => {},
  };

  test("are read and written by their tags", () => {
    const text = `${PLANE}EDGE_RANGE 0 11 6 2\n`;

    const graph = read(text, [range]);

    expect(graph.factors?.at(-1)).toEqual({
      factor: range,
      variables: Int32Array.of(0, 1),
      measurements: Float64Array.of(6),
      information: Float64Array.of(2),
    });
    expect(textOf(writeG2o(graph))).toBe(text);
  });

  test("of which a reader is not told are unknown tags", () => {
    expect(readG2o(ascii(`${PLANE}EDGE_RANGE 0 11 6 2\n`), "a.g2o").unknown).toEqual([{ tag: "EDGE_RANGE", count: 1, firstLine: 12 }]);
  });

  test("of many numbers make lines longer than a chunk", () => {
    const long: Factor = { ...range, tag: "LONG", measurement: 40_000 };
    const graph = {
      ...read(PLANE),
      factors: [
        {
          factor: long,
          variables: Int32Array.of(0, 1),
          measurements: new Float64Array(40_000).fill(1 / 3),
          information: Float64Array.of(1),
        },
      ],
    };

    const chunks = [...writeG2o(graph)];

    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(2 ** 16);
    expect(readG2o(joined(chunks), "long.g2o", [long]).graph).toEqual(graph);
  });

  test.each(["EDGE_SE2", "VERTEX_XY", "EDGE_SE2_XY", "FIX", "two words", "1ST", ""])("cannot have the tag %o", (tag) => {
    const own = { ...range, tag };

    expect(() => readG2o(ascii(PLANE), "a.g2o", [own])).toThrow(OptionError);
    expect(() => writeG2o({ ...read(PLANE), factors: [{ ...read(PLANE).factors![1], factor: own }] })).toThrow("the tag of a factor");
  });
});
