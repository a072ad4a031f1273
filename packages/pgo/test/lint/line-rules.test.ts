import { describe, expect, test } from "vitest";
import { lintG2o, lintToro } from "../../src/lint/lint.ts";
import { ascii, textOf } from "../io/ascii.ts";
import { chain, edge, fileOf, found, namesOf, repaired } from "./linted.ts";

const good = [...chain(2), edge(0, 1)];

test("a good file has no findings and is passed on", () => {
  expect(found(...good)).toEqual([]);
  expect(repaired(...good)).toEqual(good);
});

describe("a line that is no record is kept as a comment", () => {
  test.each([
    ["malformed-line", "17 4 5", "no tag"],
    ["malformed-line", "VERTEX_SE2 7 1 2", "too few fields"],
    ["malformed-line", "VERTEX_SE2", "no fields"],
    ["malformed-line", "VERTEX_SE2 seven 1 2 3", "an id that is a word"],
    ["malformed-line", "VERTEX_SE2 0.5 1 2 3", "an id that is no integer"],
    ["malformed-line", "EDGE_SE2 0", "one id of two"],
    ["malformed-line", "EDGE_SE2 0 1 1 0 zero 4 0 0 4 0 9", "a word for a number"],
    ["malformed-line", "VERTEX_SE2 7 1,2,3,4,5 2 3", "commas that mean nothing"],
    ["malformed-line", "FIX one", "FIX of a word"],
    ["not-finite", "VERTEX_SE2 7 nan 2 3", "a NaN"],
    ["not-finite", "EDGE_SE2 0 1 1 0 0 inf 0 0 4 0 9", "an infinite weight"],
    ["not-finite", "EDGE_SE2 0 1 1 0 1e999 4 0 0 4 0 9", "a number beyond fp64"],
  ])("%s: %s (%s)", (rule, line) => {
    expect(found(...good, line)).toEqual([`${rule} 4`]);
    expect(repaired(...good, line)).toEqual([...good, `# slam lint: ${rule}: ${line}`]);
  });
});

describe("missing-information", () => {
  test("an edge without any gets the identity", () => {
    expect(found(...good, "EDGE_SE2 1 0 -1 0 0")).toEqual(["missing-information 4", "repeated-edge 4"]);
    expect(repaired(...good, "EDGE_SE2 1 0 -1 0 0 # no weight")[3]).toBe("EDGE_SE2 1 0 -1 0 0 1 0 0 1 0 1 # no weight");
  });

  test("an edge with a part of it gets the identity, and the part is kept", () => {
    expect(repaired(...good, "EDGE_SE2 1 0 -1 0 0 11 22 33")[3]).toBe("EDGE_SE2 1 0 -1 0 0 1 0 0 1 0 1 # slam lint: had 11 22 33");
  });

  test("in space, too", () => {
    const text = "EDGE_SE3:QUAT 0 1 1 2 3 0 0 0 1\n";

    expect(textOf(lintG2o(ascii(text)).repaired())).toBe("EDGE_SE3:QUAT 0 1 1 2 3 0 0 0 1 1 0 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0 0 1 0 1\n");
  });

  test("EDGE3 of a TORO file may be without", () => {
    expect(namesOf(lintToro(ascii("EDGE3 0 1 1 2 3 0.1 0.2 0.3\n")))).toEqual([]);
  });

  test("the last line of a file that is cut off is not to be trusted", () => {
    const { findings } = lintG2o(ascii(`${fileOf(good)}EDGE_SE2 1 0 -1 0 0.12`));

    expect(findings.map(({ rule, line }) => [rule, line])).toEqual([["malformed-line", 4]]);
    expect(findings[0]!.message).toBe("EDGE_SE2 ends after 3 of its 9 fields; is the file cut off?");
  });

  test("unless all edges are without", () => {
    expect(namesOf(lintG2o(ascii("EDGE_SE2 0 1 1 0 0\nEDGE_SE2 1 2 1 0 0")))).toEqual(["missing-information 1", "missing-information 2"]);
  });
});

describe("extra-fields", () => {
  test("what is beyond the last field is kept as a comment", () => {
    expect(found(...good, `${edge(1, 0)} 17 x`)).toEqual(["extra-fields 4", "repeated-edge 4"]);
    expect(repaired(...good, `${edge(1, 0)}  17 x # y`)[3]).toBe(`${edge(1, 0)} #  17 x # y`);
  });

  test("of a whole symmetric matrix the upper triangle is taken", () => {
    const full = "EDGE_SE2 0 1 1 0 0 4 1 2 1 5 3 2 3 9";

    expect(repaired(...chain(2), full)[2]).toBe("EDGE_SE2 0 1 1 0 0 4 1 2 5 3 9 # 2 3 9");
  });
});

describe("decimal-comma", () => {
  test("decimals are written with points", () => {
    expect(found("VERTEX_SE2 0 0,5 1e0 -2,25", "VERTEX_SE2 1 1 0 0", edge(0, 1))).toEqual(["decimal-comma 1"]);
    expect(repaired("VERTEX_SE2 0 0,5 1e0 -2,25")).toEqual(["VERTEX_SE2 0 0.5 1e0 -2.25"]);
  });

  test("fields separated by commas are separated by spaces", () => {
    expect(repaired("VERTEX_SE2 0, 0.5, 1, -2.25", "VERTEX_SE2 1,1,0,0", "EDGE_SE2 0 1 1,0,0 4,0,0,4,0,9.5")).toEqual([
      "VERTEX_SE2 0 0.5 1 -2.25",
      "VERTEX_SE2 1 1 0 0",
      "EDGE_SE2 0 1 1 0 0 4 0 0 4 0 9.5",
    ]);
  });
});

test("mixed-dimensions: the dimension with fewer records is set aside", () => {
  const solid = "VERTEX_SE3:QUAT 9 0 0 0 0 0 0 1";

  expect(found(...good, solid)).toEqual(["mixed-dimensions 4"]);
  expect(repaired(solid, ...good)).toEqual([`# slam lint: mixed-dimensions: ${solid}`, ...good]);
});

test("unknown-tag: once for each tag, at its first line; passed on", () => {
  const lines = [...good, "BR 0 1 2", "EQUIV 3 4", "BR 1 2 3"];

  expect(found(...lines)).toEqual(["unknown-tag 4", "unknown-tag 5"]);
  expect(repaired(...lines)).toEqual(lines);
});

test("too-many-tags: more than 100 unknown ones", () => {
  const words = Array.from({ length: 102 }, (_, k) => `W${k} 1`);

  expect(found(...good, ...words).filter((name) => !name.startsWith("unknown-tag"))).toEqual(["too-many-tags 104"]);
});

test("no-records: an empty file, and one of other lines", () => {
  expect(found()).toEqual(["no-records 1"]);
  expect(found("# nothing", "PRIOR 1")).toEqual(["no-records 1", "unknown-tag 2"]);
});

test("line-too-long: a line over 1 MiB is passed on", () => {
  const bytes = ascii(`${fileOf(good)}VERTEX_SE2 ${"1".repeat(2 ** 20)}
`);

  const report = lintG2o(bytes);

  expect(namesOf(report)).toEqual(["line-too-long 4"]);
  expect([...report.repaired()].map(({ length }) => length)).toEqual([bytes.length]);
});

test("comments, blank lines, tabs, carriage returns and a byte order mark are passed on byte for byte", () => {
  const text = "\xef\xbb\xbf# head\r\n\r\n\tVERTEX_SE2\t0 1.50 2 3 # start\r\nVERTEX_SE2 0 1 1 1\r\nFIX 0\r\n";

  const { findings, ...report } = lintG2o(ascii(text));

  expect(namesOf({ findings, ...report })).toEqual(["duplicate-vertex 4"]);
  expect(textOf(report.repaired())).toBe(text.replace("VERTEX_SE2 0 1 1 1", "# slam lint: duplicate-vertex: VERTEX_SE2 0 1 1 1"));
});
