import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readG2o } from "../../src/io/g2o.ts";
import { readToro } from "../../src/io/toro.ts";
import { type LintReport, lintG2o, lintToro } from "../../src/lint/lint.ts";
import { squareRootInformation } from "../../src/whitening.ts";
import { ascii, joined } from "../io/ascii.ts";
import { chain, edge, fileOf } from "./linted.ts";

const solidWeight = "100 1 2 3 4 5 100 1 2 3 4 100 1 2 3 25 1 2 25 1 25";
const FILES = [
  { name: "2D g2o", lint: lintG2o, read: readG2o, lines: [...chain(4), "FIX 0", edge(0, 1), edge(1, 2), edge(2, 3), edge(3, 0)] },
  {
    name: "3D g2o",
    lint: lintG2o,
    read: readG2o,
    lines: [
      ...[0, 1, 2].map((k) => `VERTEX_SE3:QUAT ${k} ${k} 0 0 0 0 0.6 0.8`),
      ...[0, 1, 2].map((k) => `EDGE_SE3:QUAT ${k} ${(k + 1) % 3} 1 0 0 0 0.6 0 0.8 ${solidWeight}`),
    ],
  },
  {
    name: "2D g2o, with landmarks,",
    lint: lintG2o,
    read: readG2o,
    lines: [
      ...chain(3),
      "VERTEX_XY 7 1 1",
      "VERTEX_XY 9 2 1",
      "FIX 9 0",
      edge(0, 1),
      edge(1, 2),
      "EDGE_SE2_XY 0 7 1 1 4 1 9",
      "EDGE_SE2_XY 1 9 1 1 4 1 9",
      "EDGE_BEARING_SE2_XY 2 7 2.3 16",
      "EDGE_PRIOR_SE2 0 0 0 0 4 1 0.5 9 0.25 25",
    ],
  },
  {
    name: "3D g2o, with landmarks, priors and sensors,",
    lint: lintG2o,
    read: readG2o,
    lines: [
      "PARAMS_SE3OFFSET 0 0.1 0 0 0 0 0.6 0.8",
      "PARAMS_SE3OFFSET 1 0 0 0 0 0 0 1",
      ...[0, 1].map((k) => `VERTEX_SE3:QUAT ${k} ${k} 0 0 0 0 0.6 0.8`),
      "VERTEX_TRACKXYZ 5 1 2 3",
      "VERTEX_TRACKXYZ 6 3 2 1",
      `EDGE_SE3:QUAT 0 1 1 0 0 0 0.6 0 0.8 ${solidWeight}`,
      "EDGE_SE3_TRACKXYZ 0 5 0 1 2 3 100 1 2 100 1 25",
      "EDGE_SE3_TRACKXYZ 1 6 1 1 2 3 100 1 2 100 1 25",
      `EDGE_SE3_PRIOR 0 1 0 0 0 0 0 0.6 0.8 ${solidWeight}`,
    ],
  },
  {
    name: "2D TORO",
    lint: lintToro,
    read: readToro,
    lines: ["VERTEX2 0 0 0 0", "VERTEX2 1 1 0 0.5", "EDGE2 0 1 1 0 0.5 4 1 5 9 0.5 0.25", "EDGE2 1 0 -1 0 -0.5 4 1 5 9 0.5 0.25"],
  },
  {
    name: "3D TORO",
    lint: lintToro,
    read: readToro,
    lines: ["VERTEX3 0 1 2 3 0 0 0", "VERTEX3 1 2 2 3 0 0 1", `EDGE3 0 1 1 0 0 0 0 1 ${solidWeight}`],
  },
];

/** Rules whose findings keep a file from being read, and have no repair. */
const STOPS = ["line-too-long", "too-many-tags", "no-records"];

function remaining({ counts }: LintReport): string[] {
  return counts.filter(({ severity, repair }) => severity === "error" && repair === undefined).map(({ rule }) => rule);
}

const TOKENS = [
  "nan",
  "-inf",
  "1,5",
  "1,2,3",
  "1e999",
  "1e300",
  "-1e300",
  "1e-320",
  "-1",
  "0",
  "-0",
  "0.5",
  "720",
  "17",
  "1e9",
  "x",
  "#",
  "",
  "FIX",
  "EDGE_SE2",
  "EDGE_SE2_XY",
  "VERTEX_TRACKXYZ",
];

/** The lines with some tokens, lines and bytes changed, some left out and some repeated, and perhaps cut off. */
function corruptionOf(lines: readonly string[]): fc.Arbitrary<Uint8Array> {
  const token = fc.record({ line: fc.nat(lines.length - 1), at: fc.nat(30), text: fc.constantFrom(...TOKENS) });
  const order = fc.array(fc.nat(lines.length - 1), { minLength: 1, maxLength: 2 * lines.length });
  const byte = fc.record({ at: fc.nat(400), value: fc.nat(255) });
  return fc
    .record({
      tokens: fc.array(token, { maxLength: 4 }),
      order: fc.option(order, { nil: lines.map((_, i) => i) }),
      bytes: fc.array(byte, { maxLength: 3 }),
      length: fc.option(fc.nat(600), { nil: Infinity }),
    })
    .map(({ tokens, order, bytes, length }) => {
      const changed = lines.map((line) => line.split(" "));
      for (const { line, at, text } of tokens) if (at < changed[line]!.length) changed[line]![at] = text;
      const file = ascii(fileOf(order.map((i) => changed[i]!.join(" "))));
      for (const { at, value } of bytes) if (at < file.length) file[at] = value;
      return file.subarray(0, length);
    });
}

describe.each(FILES)("a corrupted $name file", ({ lint, read, lines }) => {
  test("can be linted, and once repaired has no errors left that have a repair", () => {
    fc.assert(
      fc.property(corruptionOf(lines), (bytes) => {
        const before = bytes.slice();

        const report = lint(bytes);
        const again = lint(joined(report.repaired()));

        const names = again.counts.filter(({ severity }) => severity === "error").map(({ rule }) => rule);
        expect(remaining(report)).toEqual(expect.arrayContaining(names));
        expect(again.counts.filter(({ rule }) => rule === "non-unit-quaternion")).toEqual([]);
        expect(bytes).toEqual(before);
      }),
      { numRuns: 400 },
    );
  });

  test("is read by the strict reader, and its information taken by solvers, once repaired", () => {
    fc.assert(
      fc.property(corruptionOf(lines), (bytes) => {
        const report = lint(bytes);
        fc.pre(!remaining(report).some((rule) => STOPS.includes(rule)));

        const { graph } = read(joined(report.repaired()), "repaired");

        expect(graph.from).toHaveLength(report.edges);
        expect(() => squareRootInformation(graph)).not.toThrow();
      }),
      { numRuns: 400 },
    );
  });

  test("repaired again stays as it is", () => {
    fc.assert(
      fc.property(corruptionOf(lines), (bytes) => {
        const once = joined(lint(bytes).repaired());

        expect(joined(lint(once).repaired())).toEqual(once);
      }),
      { numRuns: 200 },
    );
  });
});

test("any bytes can be linted", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => joined(lintG2o(bytes).repaired())).not.toThrow();
    }),
  );
});

test("keeps 10000 findings of a rule and counts the others", () => {
  const { counts, findings } = lintG2o(ascii(fileOf(Array.from({ length: 10_010 }, () => "FIX"))));

  expect(findings.filter(({ rule }) => rule === "malformed-line")).toHaveLength(10_000);
  expect(counts.find(({ rule }) => rule === "malformed-line")?.count).toBe(10_010);
});

test("a line of 100 MB is one finding", { timeout: 60_000 }, () => {
  const bytes = new Uint8Array(1e8).fill(49);

  expect(lintG2o(bytes).findings.map(({ rule, line }) => [rule, line])).toEqual([
    ["line-too-long", 1],
    ["no-records", 1],
  ]);
});
