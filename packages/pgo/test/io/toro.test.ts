import { ParseError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PoseGraph } from "../../src/graph.ts";
import { readToro, writeToro } from "../../src/io/toro.ts";
import { arbitraryGraph } from "./arbitrary-graph.ts";
import { ascii, joined, textOf } from "./ascii.ts";

const read = (text: string): PoseGraph => readToro(ascii(text), "a.graph").graph;
const h = Math.SQRT1_2;

/** max |a_i - b_i|, rows of 7 as rotations: of q and -q the nearer. */
function distance(a: Float64Array, b: Float64Array, quaternions = false): number {
  const flipped = (i: number): boolean => {
    const at = i - (i % 7) + 3;
    let dot = 0;
    for (let k = at; k < at + 4; k++) dot += a[k] * b[k];
    return quaternions && i % 7 >= 3 && dot < 0;
  };
  return a.reduce((max, x, i) => Math.max(max, Math.abs(x - (flipped(i) ? -b[i] : b[i]))), 0);
}

describe("readToro", () => {
  test("reads VERTEX2 and EDGE2, and VERTEX and EDGE as the same", () => {
    const text = "VERTEX2 3 1 2 0.5\nVERTEX2 1 0 0 0\nEDGE2 1 3 1 2 0 11 12 22 33 13 23\nFIX 1\n";

    const graph = read(text);

    expect(graph.poses).toEqual(Float64Array.of(0, 0, 0, 1, 2, 0.5));
    expect(graph.information).toEqual(Float64Array.of(11, 12, 13, 22, 23, 33));
    expect(graph.fixed).toEqual(Int32Array.of(0));
    expect(read("VERTEX 1 0 0 0\nVERTEX 3 1 2 0.5\nEDGE 1 3 1 2 0 11 12 22 33 13 23\nFIX 1\n")).toEqual(graph);
  });

  test("turns 2D information from the frame of the first pose into that of the measurement", () => {
    // A quarter turn: x of the first pose is y of the measurement, y is -x.
    const { information } = read(`EDGE2 0 1 0 0 ${Math.PI / 2} 11 12 22 33 13 23`);

    expect(distance(information, Float64Array.of(22, -12, 23, 11, -13, 33))).toBeLessThanOrEqual(tolerance(fp64, 1, 4 * 33));
  });

  test("keeps the bits of isotropic 2D information", () => {
    expect(read("EDGE2 0 1 0 0 1.234 44.72136 0 44.72136 9 0 0").information).toEqual(Float64Array.of(44.72136, 0, 0, 44.72136, 0, 9));
  });

  test("reads VERTEX3 as x y z and Rz(yaw) Ry(pitch) Rx(roll)", () => {
    const graph = read(`VERTEX3 0 1 2 3 0 0 ${Math.PI / 2}\nVERTEX3 1 4 5 6 ${Math.PI} 0 0\n`);

    expect(distance(graph.poses, Float64Array.of(1, 2, 3, 0, 0, h, h, 4, 5, 6, 1, 0, 0, 0))).toBeLessThanOrEqual(tolerance(fp64, 1));
  });

  test("scales 3D information from angles to vec q: cross block by 2, rotation block by 4", () => {
    const graph = read("EDGE3 0 1 1 2 3 0 0 0 11 12 13 14 15 16 22 23 24 25 26 33 34 35 36 44 45 46 55 56 66");

    expect(graph.measurements).toEqual(Float64Array.of(1, 2, 3, 0, 0, 0, 1));
    expect(graph.information).toEqual(
      Float64Array.of(11, 12, 13, 28, 30, 32, 22, 23, 48, 50, 52, 33, 68, 70, 72, 176, 180, 184, 220, 224, 264),
    );
  });

  test("takes the identity, in angles, for the information an EDGE3 leaves out", () => {
    const { information } = read("EDGE3 0 1 1 2 3 0 0 0\n");

    expect(information).toEqual(Float64Array.of(1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 4, 0, 4));
  });

  test.each([
    [
      "part of an information matrix",
      "EDGE3 0 1 1 2 3 0 0 0 1",
      "a.graph:1:24: expected information (x, y) of EDGE3, a finite number, found the end of the file",
    ],
    ["a missing angle", "VERTEX3 0 1 2 3 0 0\n", "a.graph:1:20: expected yaw of VERTEX3, a finite number, found the end of the line"],
    [
      "missing 2D information",
      "EDGE2 0 1 1 2 3\n",
      "a.graph:1:16: expected information (x, x) of EDGE2, a finite number, found the end of the line",
    ],
    [
      "VERTEX2 beside VERTEX3",
      "VERTEX2 0 0 0 0\nVERTEX3 1 0 0 0 0 0 0\n",
      'a.graph:2:1: expected a 2D record, as VERTEX2 on line 1, found "VERTEX3"',
    ],
    [
      "a g2o file",
      "VERTEX_SE2 0 0 0 0",
      "a.graph:1: expected a line with VERTEX2, EDGE2, VERTEX3, EDGE3, VERTEX, EDGE, found none, VERTEX_SE2",
    ],
    [
      "information beyond fp64",
      "EDGE3 0 1 1 2 3 0 0 0 1 0 0 0 0 0 1 0 0 0 0 1 0 0 0 1e308 0 0 1 0 1",
      "a.graph:1:1: expected values that fp64 holds",
    ],
  ])("refuses %s", (_, text, message) => {
    expect(() => read(text)).toThrow(ParseError);
    expect(() => read(text)).toThrow(message);
  });

  test("counts the lines it does not know", () => {
    const { format, unknown } = readToro(ascii("VERTEX2 0 0 0 0\nEQUIV 0 1\nEQUIV 0 2\n"), "a.graph");

    expect(format).toBe("toro");
    expect(unknown).toEqual([{ tag: "EQUIV", count: 2, firstLine: 2 }]);
  });
});

describe("writeToro", () => {
  test("writes VERTEX2, FIX and EDGE2 with the information in TORO's order", () => {
    const text = "VERTEX2 1 0 0 0\nVERTEX2 3 1 2 0.5\nFIX 1\nEDGE2 1 3 1 2 0 11 12 22 33 13 23\n";

    expect(textOf(writeToro(read(text)))).toBe(text);
  });

  test("writes VERTEX3 and EDGE3", () => {
    const information = "11 12 13 14 15 16 22 23 24 25 26 33 34 35 36 44 45 46 55 56 66";
    const text = `VERTEX3 0 1 2 3 0 0 0\nVERTEX3 1 4 5 6 0 0 0\nEDGE3 0 1 1 2 3 0 0 0 ${information}\n`;

    expect(textOf(writeToro(read(text))).replaceAll("-0", "0")).toBe(text);
  });

  test("is undone by readToro but for the rounding of the conversions", () => {
    const value = fc.double({ min: -9, max: 9, noNaN: true });

    fc.assert(
      fc.property(arbitraryGraph(value), (graph) => {
        const back = readToro(joined(writeToro(graph)), "f").graph;
        const solid = graph.dimension === 3;

        expect([back.ids, back.known, back.from, back.to, back.fixed]).toEqual([graph.ids, graph.known, graph.from, graph.to, graph.fixed]);
        // Translations are copied; a quaternion's entries are off by a few u, through three angles.
        expect(distance(back.poses, graph.poses, solid)).toBeLessThanOrEqual(solid ? tolerance(fp64, 8) : 0);
        expect(distance(back.measurements, graph.measurements, solid)).toBeLessThanOrEqual(solid ? tolerance(fp64, 8) : 0);
        // Two rotations of entries up to 9; powers of two, exact but for subnormals, in 3D.
        expect(distance(back.information, graph.information)).toBeLessThanOrEqual(solid ? 2 * Number.MIN_VALUE : tolerance(fp64, 4, 4 * 9));
      }),
    );
  });
});
