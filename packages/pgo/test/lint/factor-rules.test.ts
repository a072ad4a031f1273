import { fp64, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { lintG2o } from "../../src/lint/lint.ts";
import { ascii } from "../io/ascii.ts";
import { chain, edge, fileOf, found, repaired } from "./linted.ts";

const PLANE = [...chain(2), edge(0, 1)];
const SPACE = ["VERTEX_SE3:QUAT 0 0 0 0 0 0 0 1", "VERTEX_SE3:QUAT 1 1 0 0 0 0 0 1"];
const WEIGHT = "1 0 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0 0 1 0 1";

function messages(...lines: readonly string[]): string[] {
  return lintG2o(ascii(fileOf(lines))).findings.map(({ message }) => message);
}

describe("a landmark without a vertex, in a file that has vertices of others,", () => {
  const seen = ["VERTEX_XY 8 0 0", "EDGE_SE2_XY 0 8 0 0 1 0 1"];

  test("is put where the first measured position does, before the first measurement", () => {
    const lines = [...PLANE, ...seen, "EDGE_BEARING_SE2_XY 0 9 0.5 4", "EDGE_SE2_XY 1 9 2 3 1 0 1"];

    expect(messages(...lines)).toEqual(["landmark 9 has no vertex; 2 measurements name it"]);
    expect(repaired(...lines)).toEqual([...lines.slice(0, 2), "VERTEX_XY 9 3 3", ...lines.slice(2)]);
  });

  test("is left out with its bearings where there are no others", () => {
    const bearing = "EDGE_BEARING_SE2_XY 0 9 0.5 4";

    expect(found(...PLANE, ...seen, bearing)).toEqual(["missing-vertex 6"]);
    expect(repaired(...PLANE, ...seen, bearing).at(-1)).toBe(`# slam lint: missing-vertex: ${bearing}`);
  });

  test("is put where a sensor sees it in space", () => {
    const sensor = "PARAMS_SE3OFFSET 2 0 0 5 0 0 1 0";
    const lines = [sensor, ...SPACE, "VERTEX_TRACKXYZ 8 0 0 0", "EDGE_SE3_TRACKXYZ 1 9 2 1 2 3 1 0 0 1 0 1"];

    expect(repaired(...lines)[4]).toBe("VERTEX_TRACKXYZ 9 0 -2 8");
  });

  test("is none that is missing where no landmark has a vertex", () => {
    expect(found(...PLANE, "EDGE_SE2_XY 0 8 0 0 1 0 1")).toEqual([]);
  });
});

test("missing-sensor: is put at the robot's own frame, once", () => {
  const seen = [5, 6].map((id) => `EDGE_SE3_TRACKXYZ 0 ${id} 3 1 2 3 1 0 0 1 0 1`);
  const lines = [...SPACE, `EDGE_SE3:QUAT 0 1 1 0 0 0 0 0 1 ${WEIGHT}`, ...seen];

  expect(messages(...lines)).toEqual(["EDGE_SE3_TRACKXYZ 0 5 3 is of the sensor 3, which has no PARAMS_SE3OFFSET"]);
  expect(repaired(...lines)).toEqual([...SPACE, "PARAMS_SE3OFFSET 3 0 0 0 0 0 0 1", ...lines.slice(2)]);
});

describe("missing-vertex: lines that name what is not there, or as something else, are set aside", () => {
  test.each([
    ["EDGE_PRIOR_SE2 7 0 0 0 1 0 0 1 0 1", "names the pose 7, which has neither a vertex nor an edge"],
    ["EDGE_SE2_XY 0 1 1 1 1 0 1", "takes 1 for a landmark, and it is a pose"],
    ["EDGE_SE2_XY 8 9 1 1 1 0 1", "takes 8 for a pose, and it is a landmark"],
  ])("%s", (line, what) => {
    const landmarks = ["VERTEX_XY 8 0 1", "VERTEX_XY 9 1 1", "EDGE_SE2_XY 0 8 0 1 1 0 1", "EDGE_SE2_XY 1 9 0 1 1 0 1"];

    const [message, ...others] = messages(...PLANE, ...landmarks, line);

    expect(message).toContain(what);
    expect(others).toEqual([]);
    expect(repaired(...PLANE, ...landmarks, line).at(-1)).toBe(`# slam lint: missing-vertex: ${line}`);
  });

  test("an edge to a landmark does not make it a pose", () => {
    const lines = [...PLANE, "VERTEX_XY 8 0 1", "EDGE_SE2_XY 0 8 0 1 1 0 1", edge(1, 8)];

    expect(messages(...lines)).toEqual(["1 -> 8 takes 8 for a pose, and it is a landmark"]);
    expect(repaired(...lines).at(-1)).toBe(`# slam lint: missing-vertex: ${edge(1, 8)}`);
  });
});

describe("information of measurements other than edges", () => {
  test("indefinite-information: the nearest semidefinite matrix", () => {
    const lines = [...PLANE, "EDGE_PRIOR_SE2 0 0 0 0 4 0 0 -9 0 1", "EDGE_SE2_XY 0 8 1 1 1 2 1", "EDGE_BEARING_SE2_XY 0 8 0.5 -4"];

    expect(messages(...lines)).toEqual([
      "information of EDGE_PRIOR_SE2 0 has eigenvalues from -9 to 4",
      "information of EDGE_SE2_XY 0 8 has eigenvalues from -1 to 3",
      "information of EDGE_BEARING_SE2_XY 0 8 has eigenvalues from -4 to -4",
      "information of EDGE_BEARING_SE2_XY 0 8 is zero",
    ]);
    const information = repaired(...lines)[4]!
      .split(" ")
      .slice(5)
      .map(Number);
    expectClose(information, [1.5, 1.5, 1.5], tolerance(fp64, 9));
    expect(repaired(...lines)[5]).toBe("EDGE_BEARING_SE2_XY 0 8 0.5 0");
  });

  test("missing-information and extra-fields", () => {
    const lines = [...PLANE, "EDGE_SE2_XY 0 8 1 1", "EDGE_SE2_XY 1 8 1 1 4 1 1 9"];

    expect(found(...lines)).toEqual(["missing-information 4", "extra-fields 5"]);
    expect(repaired(...lines).slice(3)).toEqual(["EDGE_SE2_XY 0 8 1 1 1 0 1", "EDGE_SE2_XY 1 8 1 1 4 1 9 # 9"]);
  });
});

test("duplicate-vertex: poses and landmarks share their ids, sensors have their own", () => {
  const lines = ["PARAMS_SE2OFFSET 1 0 0 0", ...PLANE, "VERTEX_XY 1 1 1", "PARAMS_SE2OFFSET 1 0 0 1"];

  expect(messages(...lines)).toEqual([
    "pose 1 has a VERTEX_SE2 on line 3, another one",
    "sensor 1 has a PARAMS_SE2OFFSET on line 1, another one",
  ]);
});

test("zero-quaternion and non-unit-quaternion: sensors and priors, too", () => {
  const lines = ["PARAMS_SE3OFFSET 0 0 0 0 0 0 0 0", ...SPACE.slice(0, 1), `EDGE_SE3_PRIOR 0 0 0 0 0 0 0 0 2 ${WEIGHT}`];

  expect(found(...lines)).toEqual(["zero-quaternion 1", "non-unit-quaternion 3"]);
  expect(repaired(...lines)[0]).toBe("PARAMS_SE3OFFSET 0 0 0 0 0 0 0 1");
});

test("disconnected: parts that priors hold are in one world, a landmark that nothing measures is not", () => {
  const [zero, one] = chain(2) as [string, string];
  const prior = (id: number): string => `EDGE_PRIOR_SE2 ${id} 0 0 0 1 0 0 1 0 1`;

  expect(found(zero, one, prior(0), prior(1))).toEqual([]);
  expect(messages(...PLANE, "VERTEX_XY 8 0 1")).toEqual(["vertex 8 has no edge to the other 2"]);
});

test("translation-outlier: a landmark a million times as far as the others", () => {
  const seen = [5, 6, 7].flatMap((id) => [`VERTEX_XY ${id} ${id === 7 ? "9e9" : id} 1`, `EDGE_SE2_XY 0 ${id} 1 1 1 0 1`]);

  expect(found(...PLANE, ...seen)).toEqual(["translation-outlier 8"]);
});
