import { describe, expect, test } from "vitest";
import { lintG2o, lintToro } from "../../src/lint/lint.ts";
import { ascii, textOf } from "../io/ascii.ts";
import { chain, edge, fileOf, found, namesOf, repaired } from "./linted.ts";

test("duplicate-vertex: the first counts", () => {
  const lines = [...chain(2), "VERTEX_SE2 1 7 7 7", edge(0, 1)];

  expect(found(...lines)).toEqual(["duplicate-vertex 3"]);
  expect(repaired(...lines)[2]).toBe("# slam lint: duplicate-vertex: VERTEX_SE2 1 7 7 7");
});

describe("missing-vertex", () => {
  test("is put where the edge says, before the first edge", () => {
    const lines = ["VERTEX_SE2 0 5 6 1.5707963267948966", edge(0, 1), edge(2, 1)];

    expect(found(...lines)).toEqual(["missing-vertex 2", "missing-vertex 3"]);
    const [first, second, third, ...edges] = repaired(...lines);
    expect([first, ...edges]).toEqual(lines);
    expect(second).toMatch(/^VERTEX_SE2 1 5(\.0+\d*)? 7 1\.5707963267948966$/);
    expect(third).toMatch(/^VERTEX_SE2 2 5(\.0+\d*)? 8 1\.5707963267948966$/);
  });

  test("in TORO's coordinates, too", () => {
    const text = "VERTEX3 0 1 2 3 0 0 0\nEDGE3 0 1 1 0 0 0 0 0\n";

    expect(textOf(lintToro(ascii(text)).repaired())).toBe("VERTEX3 0 1 2 3 0 0 0\nVERTEX3 1 2 2 3 0 0 0\nEDGE3 0 1 1 0 0 0 0 0\n");
  });

  test("a file with edges only misses none", () => {
    expect(found(edge(0, 1))).toEqual([]);
  });

  test("a FIX of a pose that nothing names loses it", () => {
    const lines = [...chain(2), edge(0, 1), "FIX 1 9 0 # gauge", "FIX 8"];

    expect(found(...lines)).toEqual(["missing-vertex 4", "missing-vertex 5"]);
    expect(repaired(...lines).slice(3)).toEqual(["FIX 1 0 # 0 # gauge", "# slam lint: missing-vertex: FIX 8"]);
  });
});

test("self-edge", () => {
  expect(found(...chain(2), edge(0, 1), edge(1, 1))).toEqual(["self-edge 4"]);
  expect(repaired(...chain(2), edge(0, 1), edge(1, 1))[3]).toBe(`# slam lint: self-edge: ${edge(1, 1)}`);
});

test("identical-edge and repeated-edge: in either direction, and left as they are", () => {
  const lines = [...chain(2), edge(0, 1), edge(1, 0), edge(0, 1), edge(0, 1, "1 0 0 1 0 1")];

  expect(found(...lines)).toEqual(["repeated-edge 4", "identical-edge 5", "repeated-edge 6"]);
  expect(repaired(...lines)).toEqual(lines);
});

test("disconnected: each part but the largest, at its first line", () => {
  const { findings } = lintG2o(ascii(fileOf([...chain(6), edge(0, 1), edge(4, 3), edge(2, 3)])));

  expect(findings.map(({ line, message }) => [line, message])).toEqual([
    [1, "2 vertices, 0 the lowest, have no edge to the other 4"],
    [6, "vertex 5 has no edge to the other 5"],
  ]);
});

test("landmarks join what sees them, and may be fixed", () => {
  const seen = ["VERTEX_XY 9 1 1", "EDGE_SE2_XY 0 9 1 1 1 0 1", "EDGE_SE2_XY 1 9 0 1 1 0 1", "FIX 9"];

  expect(found(...chain(2), ...seen)).toEqual([]);
});

describe("quaternions", () => {
  const vertices = ["VERTEX_SE3:QUAT 0 0 0 0 0 0 0 1", "VERTEX_SE3:QUAT 1 1 0 0 0 0 0 1"];
  const weight = "1 0 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0 0 1 0 1";
  const link = `EDGE_SE3:QUAT 0 1 1 0 0 0 0 0 1 ${weight}`;

  test("non-unit-quaternion: normalised in vertices and edges", () => {
    const lines = [vertices[0]!, "VERTEX_SE3:QUAT 1 1 0 0 3 0 0 4", `EDGE_SE3:QUAT 0 1 1 0 0 0 0 0 1.01 ${weight}`];

    expect(found(...lines)).toEqual(["non-unit-quaternion 2", "non-unit-quaternion 3"]);
    expect(repaired(...lines).slice(1)).toEqual(["VERTEX_SE3:QUAT 1 1 0 0 0.6 0 0 0.8", link]);
  });

  test("four printed digits are enough", () => {
    expect(found(vertices[0]!, "VERTEX_SE3:QUAT 1 1 0 0 0.7071 0 0 0.7071", link)).toEqual([]);
  });

  test("zero-quaternion: a vertex gets the identity, an edge is set aside", () => {
    const zero = `EDGE_SE3:QUAT 1 0 1 0 0 0 0 0 0 ${weight}`;
    const lines = [vertices[0]!, "VERTEX_SE3:QUAT 1 1 0 0 0 0 0 0", link, zero];

    expect(found(...lines)).toEqual(["zero-quaternion 2", "zero-quaternion 4"]);
    expect(repaired(...lines)).toEqual([...vertices, link, `# slam lint: zero-quaternion: ${zero}`]);
  });
});

describe("scales", () => {
  test("information-range: eigenvalues of one file from 1e-4 to 1e9", () => {
    const { findings } = lintG2o(ascii(fileOf([...chain(3), edge(0, 1, "1e9 0 0 1 0 1"), edge(1, 2, "1 0 0 1e-4 0 1")])));

    expect(findings.map(({ rule, line }) => [rule, line])).toEqual([["information-range", 5]]);
    expect(findings[0]!.message).toContain("span 1e+13, from 0.0001 here to 1e+9 on line 4");
  });

  test("zero-information", () => {
    expect(found(...chain(2), edge(0, 1, "0 0 0 0 0 0"))).toEqual(["zero-information 3"]);
  });

  test("translation-outlier: 1e9 beside 1, in an edge and in a vertex", () => {
    const far = "EDGE_SE2 2 3 1e9 0 0 4 0 0 4 0 9";

    expect(found(...chain(3), "VERTEX_SE2 3 3 -4e9 0", edge(0, 1), edge(1, 2), far)).toEqual([
      "translation-outlier 4",
      "translation-outlier 7",
    ]);
  });

  test("coordinates far from the origin are no outliers", () => {
    expect(found("VERTEX_SE2 0 5e6 4e6 0", "VERTEX_SE2 1 5000001 4e6 0", edge(0, 1))).toEqual([]);
  });

  test("angles-in-degrees: a square of right turns, with vertices and without", () => {
    const corners = ["VERTEX_SE2 0 0 0 0", "VERTEX_SE2 1 1 0 90", "VERTEX_SE2 2 1 1 180", "VERTEX_SE2 3 0 1 270"];
    const sides = [0, 1, 2, 3].map((k) => `EDGE_SE2 ${k} ${(k + 1) % 4} 1 0 90 4 0 0 4 0 9`);

    expect(found(...corners, ...sides)).toEqual(["angles-in-degrees 5"]);
    expect(found(...sides)).toEqual(["angles-in-degrees 1"]);
    expect(namesOf(lintToro(ascii("EDGE3 0 1 1 0 0 0 0 90\n")))).toEqual(["angles-in-degrees 1"]);
  });

  test("radians that the vertices agree with are none, turned however often", () => {
    expect(found(...chain(2), "EDGE_SE2 0 1 1 0 62.83185307 4 0 0 4 0 9")).toEqual([]);
  });
});
