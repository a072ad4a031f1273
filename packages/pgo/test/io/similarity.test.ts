import { ParseError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { sim3 } from "@slam/lie";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PoseGraph } from "../../src/graph.ts";
import { readG2o, writeG2o } from "../../src/io/g2o.ts";
import { writeToro } from "../../src/io/toro.ts";
import { chi2 } from "../../src/solve.ts";
import { smallGraph } from "../similarity/similarity-graph.ts";
import { ascii, joined, textOf } from "./ascii.ts";

const read = (text: string): PoseGraph => readG2o(ascii(text), "a.g2o").graph;
const identity = "1 0 0 0 0 0 0 1 0 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0 0 1 0 1";
const counted = Array.from({ length: 28 }, (_, k) => k + 1).join(" ");

describe("readG2o of similarities", () => {
  test("reads [x y z qx qy qz qw s] as it stands", () => {
    const graph = read(
      `VERTEX_SIM3:QUAT 3 1 2 3 0 0 0 1 2\nVERTEX_SIM3:QUAT 1 4 5 6 0.6 0 0 -0.8 0.5\nEDGE_SIM3:QUAT 3 1 7 8 9 0 3 4 0 1.5 ${counted}\nFIX 1\n`,
    );

    expect([graph.dimension, graph.similarity]).toEqual([3, "quat"]);
    expect(graph.ids).toEqual(Float64Array.of(1, 3));
    expect(graph.poses).toEqual(Float64Array.of(4, 5, 6, 0.6, 0, 0, -0.8, 0.5, 1, 2, 3, 0, 0, 0, 1, 2));
    expect(graph.measurements).toEqual(Float64Array.of(7, 8, 9, 0, 0.6, 0.8, 0, 1.5));
    expect([graph.from, graph.to, graph.fixed]).toEqual([Int32Array.of(1), Int32Array.of(0), Int32Array.of(0)]);
  });

  test.each([
    "VERTEX_SIM3:QUAT 0 0 0 0 0 0 0 1 1\nVERTEX_SIM3:QUAT 1 0 0 0 0 0 0 1 1\nEDGE_SIM3:QUAT 0 1 0 0 0 0 0 0 1 1",
    "EDGE_SIM3:EXPMAP 0 1 0 0 0 0 0 0 0",
  ])("takes the information from g2o's [omega; upsilon; sigma] to [v; phi; sigma]: %s", (lines) => {
    const W = read(`${lines} ${counted}\n`).information;

    // By hand: (v x, v x), (v x, phi x), (v x, phi y), (v y, sigma), (phi x, phi x), (phi x, sigma), (sigma, sigma)
    expect([0, 3, 4, 12, 18, 21, 27].map((k) => W[k])).toEqual([19, 4, 10, 25, 1, 7, 28]);
    expect(W.toSorted()).toEqual(Float64Array.from({ length: 28 }, (_, k) => k + 1));
  });

  test("reads g2o's logarithm: a quarter turn about z with 1 m of arc, and growth to the double without a turn", () => {
    const graph = read(
      `VERTEX_SIM3:EXPMAP 0 0 0 ${Math.PI / 2} 1 0 0 0 500 500 320 240\nVERTEX_SIM3:EXPMAP 1 0 0 0 1 -2 0 ${Math.LN2}\nEDGE_SIM3:EXPMAP 0 1 0 0 0 1 2 3 0 ${identity}\n`,
    );

    expect(graph.similarity).toBe("expmap");
    const [r, h, g] = [2 / Math.PI, Math.SQRT1_2, 1 / Math.LN2];
    expectClose(graph.poses, [r, r, 0, 0, 0, h, h, 1, g, -2 * g, 0, 0, 0, 0, 1, 2], tolerance(fp64, 2));
    expect(graph.measurements).toEqual(Float64Array.of(1, 2, 3, 0, 0, 0, 1, 1));
  });

  test("chi2 is what g2o makes of the lines: vertices and measurement inverted, log(C S1 S2^-1), [omega; upsilon; sigma]", () => {
    const xi = [0.1, -0.2, 0.3, 1, 2, 3, 0.4];
    const xj = [-0.5, 0.1, 0.2, 4, -1, 2, -0.3];
    const z = [0.2, 0.3, -0.1, 2, -1, 1, 0.1];
    const W = [9, 1, 0, 2, 0, 0, 1, 8, 0, 0, 1, 0, 0, 7, 0, 0, 0, 1, 6, 1, 0, 0, 5, 0, 2, 4, 0, 3];
    const inverseOfExp = (v: readonly number[]): Float64Array => {
      const S = new Float64Array(8);
      sim3.exp(Float64Array.of(...v.slice(3, 6), ...v.slice(0, 3), v[6]), 0, S, 0);
      sim3.inverse(S, 0, S, 0);
      return S;
    };
    const [S1, S2, C] = [xi, xj, z].map(inverseOfExp);
    sim3.inverse(S2, 0, S2, 0);
    sim3.compose(S1, 0, S2, 0, S1, 0);
    sim3.compose(C, 0, S1, 0, C, 0);
    const log = new Float64Array(7);
    sim3.log(C, 0, log, 0);
    const e = [...log.slice(3, 6), ...log.slice(0, 3), log[6]];
    let expected = 0;
    for (let i = 0, at = 0; i < 7; i++) for (let j = i; j < 7; j++, at++) expected += (i === j ? 1 : 2) * e[i] * W[at] * e[j];

    const graph = read(
      `VERTEX_SIM3:EXPMAP 0 ${xi.join(" ")} 1 1 0 0\nVERTEX_SIM3:EXPMAP 1 ${xj.join(" ")} 1 1 0 0\nEDGE_SIM3:EXPMAP 0 1 ${z.join(" ")} ${W.join(" ")}\n`,
    );

    expect(Math.abs(chi2(graph) / expected - 1)).toBeLessThan(tolerance(fp64, 64));
  });

  test("makes the poses of a file with edges only: the identity, of scale 1", () => {
    const graph = read(`EDGE_SIM3:QUAT 5 3 1 0 0 0 0 0 1 2 ${identity}\n`);

    expect([graph.known, graph.poses]).toEqual([new Uint8Array(2), Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1)]);
  });

  test.each([
    ["a scale of 0", "VERTEX_SIM3:QUAT 1 0 0 0 0 0 0 1 0\n", "a.g2o:1:1: expected a scale > 0, found 0 in VERTEX_SIM3:QUAT"],
    [
      "a negative scale",
      `EDGE_SIM3:QUAT 1 2 0 0 0 0 0 0 1 -2 ${identity}\n`,
      "a.g2o:1:1: expected a scale > 0, found -2 in EDGE_SIM3:QUAT",
    ],
    ["a scale that fp64 rounds to 0", "\nVERTEX_SIM3:EXPMAP 1 0 0 0 0 0 0 -800\n", "a.g2o:2:1: expected values that fp64 holds"],
    ["a scale beyond fp64", "VERTEX_SIM3:EXPMAP 1 0 0 0 0 0 0 800\n", "a.g2o:1:1: expected values that fp64 holds"],
    ["a missing scale", "VERTEX_SIM3:QUAT 1 0 0 0 0 0 0 1\n", "a.g2o:1:33: expected s of VERTEX_SIM3:QUAT"],
    ["a logarithm cut off", "VERTEX_SIM3:EXPMAP 1 0 0 0 0 0\n", "expected upsilon z of VERTEX_SIM3:EXPMAP"],
    ["half a camera", "VERTEX_SIM3:EXPMAP 1 0 0 0 0 0 0 0 500 500\n", "expected principal point x of VERTEX_SIM3:EXPMAP"],
    ["information cut off", "EDGE_SIM3:EXPMAP 0 1 0 0 0 0 0 0 0 1 2\n", "expected information (omega x, omega z) of EDGE_SIM3:EXPMAP"],
    ["a zero quaternion", "VERTEX_SIM3:QUAT 1 0 0 0 0 0 0 0 1\n", "expected a quaternion qx qy qz qw of non-zero length"],
    [
      "rigid records among similarities",
      "VERTEX_SIM3:QUAT 1 0 0 0 0 0 0 1 1\nVERTEX_SE3:QUAT 2 0 0 0 0 0 0 1\n",
      "a.g2o:2:1: expected a SIM3:QUAT record, as VERTEX_SIM3:QUAT on line 1, found",
    ],
    [
      "similarities among rigid records",
      "VERTEX_SE3:QUAT 2 0 0 0 0 0 0 1\nVERTEX_SIM3:QUAT 1 0 0 0 0 0 0 1 1\n",
      "a.g2o:2:1: expected a 3D record, as VERTEX_SE3:QUAT on line 1, found",
    ],
    [
      "both kinds of similarities",
      "VERTEX_SIM3:EXPMAP 1 0 0 0 0 0 0 0\nVERTEX_SIM3:QUAT 2 0 0 0 0 0 0 1 1\n",
      "a.g2o:2:1: expected a SIM3:EXPMAP record, as VERTEX_SIM3:EXPMAP on line 1, found",
    ],
    [
      "landmarks among similarities",
      "VERTEX_SIM3:QUAT 1 0 0 0 0 0 0 1 1\nVERTEX_TRACKXYZ 2 0 0 0\n",
      "a.g2o:2:1: expected a SIM3:QUAT record, as VERTEX_SIM3:QUAT on line 1, found",
    ],
    [
      "priors among similarities",
      "VERTEX_SIM3:QUAT 1 0 0 0 0 0 0 1 1\nEDGE_SE3_PRIOR 1 0 0 0 0 0 0 0 1\n",
      "a.g2o:2:1: expected a SIM3:QUAT record, as VERTEX_SIM3:QUAT on line 1, found",
    ],
  ])("refuses %s", (_, text, message) => {
    expect(() => read(text)).toThrow(ParseError);
    expect(() => read(text)).toThrow(message);
  });
});

describe("writeG2o of similarities", () => {
  test("writes what it read, byte for byte", () => {
    const text = `VERTEX_SIM3:QUAT -3 -1 -2 -0.3 0.6 0 0 -0.8 2\nVERTEX_SIM3:QUAT 20 7 8 9 0 0 0 1 0.1\nFIX 20\nEDGE_SIM3:QUAT 20 -3 1 2 0.5 0 0 -0 1 3 ${counted}\n`;

    expect(textOf(writeG2o(read(text)))).toBe(text);
  });

  test("gives any graph back with the same bits, and its chi2", () => {
    fc.assert(
      fc.property(smallGraph, (graph) => {
        const again = readG2o(joined(writeG2o(graph)), "").graph;

        expect(again).toEqual(graph);
        expect(chi2(again)).toBe(chi2(graph));
      }),
      { numRuns: 30 },
    );
  });

  test("gives any graph back in g2o's own records but for the rounding of exp and log, the information with the same bits", () => {
    fc.assert(
      fc.property(smallGraph, (graph) => {
        const again = readG2o(joined(writeG2o({ ...graph, similarity: "expmap" })), "").graph;

        expect(again.information).toEqual(graph.information);
        const canonical = (poses: Float64Array): Float64Array => {
          const out = poses.slice();
          for (let at = 0; at < out.length; at += 8) sim3.normalize(out, at, out, at);
          return out;
        };
        expectClose(canonical(again.poses), canonical(graph.poses), tolerance(fp64, 64));
        expectClose(canonical(again.measurements), canonical(graph.measurements), tolerance(fp64, 64));
      }),
      { numRuns: 30 },
    );
  });

  test("writes g2o's vertices with the camera that g2o gives them", () => {
    const text = `VERTEX_SIM3:EXPMAP 0 0 0 0 1 2 3 0 1 1 0 0\nVERTEX_SIM3:EXPMAP 1 0 0 0 0 0 0 0 1 1 0 0\nEDGE_SIM3:EXPMAP 0 1 0 0 0 -1 -2 -3 0 ${counted}\n`;

    expect(textOf(writeG2o(read(text)))).toBe(text);
  });
});

test("a TORO file has no place for a scale", () => {
  const graph = read("VERTEX_SIM3:QUAT 1 0 0 0 0 0 0 1 1\n");

  expect(() => writeToro(graph)).toThrow("expected poses without a scale");
});
