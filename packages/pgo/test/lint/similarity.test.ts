import { expect, test } from "vitest";
import { readG2o } from "../../src/io/g2o.ts";
import { solve } from "../../src/solve.ts";
import { ascii } from "../io/ascii.ts";
import { fileOf, found, repaired } from "./linted.ts";

const diagonal = (...w: readonly number[]): string => w.flatMap((x, i) => [x, ...new Array<number>(6 - i).fill(0)]).join(" ");
const one = diagonal(1, 1, 1, 1, 1, 1, 1);
const vertex = (id: number, s: number | string = 1): string => `VERTEX_SIM3:QUAT ${id} ${id} 0 0 0 0 0 1 ${s}`;
const edge = (from: number, to: number, information: string = one): string =>
  `EDGE_SIM3:QUAT ${from} ${to} ${to - from} 0 0 0 0 0 1 1 ${information}`;
const logVertex = (id: number): string => `VERTEX_SIM3:EXPMAP ${id} 0 0 0 ${id} 0 0 0`;
const logEdge = (from: number, to: number, information: string = one): string =>
  `EDGE_SIM3:EXPMAP ${from} ${to} 0 0 0 ${to - from} 0 0 0 ${information}`;

test("finds nothing in sound files of either kind", () => {
  expect(found(vertex(0), vertex(1), edge(0, 1))).toEqual([]);
  expect(found(logVertex(0), `${logVertex(1)} 500 500 320 240`, logEdge(0, 1))).toEqual([]);
});

test("a scale that is not > 0 is set aside", () => {
  expect(found(vertex(0), vertex(1, -1), vertex(2, 0), edge(0, 3), vertex(3))).toEqual(["malformed-line 2", "malformed-line 3"]);
  expect(found("VERTEX_SIM3:EXPMAP 0 0 0 0 0 0 0 -800", "VERTEX_SIM3:EXPMAP 1 0 0 0 0 0 0 800")).toEqual([
    "not-finite 1",
    "no-records 1",
    "not-finite 2",
  ]);
});

test("a quaternion of another length than 1 is divided by it", () => {
  expect(repaired("VERTEX_SIM3:QUAT 0 1 2 3 0 0 0 2 1.5")).toEqual(["VERTEX_SIM3:QUAT 0 1 2 3 0 0 0 1 1.5"]);
});

test("a missing vertex is put where the edges say, scale and all", () => {
  const lines = ["VERTEX_SIM3:QUAT 0 1 0 0 0 0 0 1 2", `EDGE_SIM3:QUAT 0 1 3 0 0 0 0 0 1 0.25 ${one}`];

  expect(found(...lines)).toEqual(["missing-vertex 2"]);
  expect(repaired(...lines)).toEqual([lines[0], "VERTEX_SIM3:QUAT 1 7 0 0 0 0 0 1 0.5", lines[1]]);
});

test("and in g2o's own records", () => {
  const lines = [logVertex(0), logEdge(0, 1)];

  expect(repaired(...lines)).toEqual([lines[0], "VERTEX_SIM3:EXPMAP 1 0 0 0 1 0 0 0 1 1 0 0", lines[1]]);
});

test("an indefinite information is raised to the nearest semidefinite one, in the order of its tag", () => {
  const lines = [vertex(0), vertex(1), edge(0, 1, diagonal(1, 2, -3, 4, 5, 6, 7))];

  expect(found(...lines)).toEqual(["indefinite-information 3"]);
  const numbers = repaired(...lines)[2]
    .split(" ")
    .slice(11)
    .map(Number);
  const expected = diagonal(1, 2, 0, 4, 5, 6, 7).split(" ").map(Number);
  numbers.forEach((x, k) => {
    expect(Math.abs(x - expected[k])).toBeLessThan(1e-12);
  });
});

test("the whole matrix where its triangle belongs is cut to it, also 7 x 7", () => {
  const full = Array.from({ length: 49 }, (_, k) => (k % 8 === 0 ? 2 + k : 0)).join(" ");

  expect(found(vertex(0), vertex(1), edge(0, 1, full))).toEqual(["extra-fields 3"]);
  expect(repaired(vertex(0), vertex(1), edge(0, 1, full))[2]).toMatch(`${edge(0, 1, diagonal(2, 10, 18, 26, 34, 42, 50))}`);
});

test("records of another kind than most are set aside, and what is left can be solved", async () => {
  const lines = [vertex(0), vertex(1), edge(0, 1), "VERTEX_SE3:QUAT 2 0 0 0 0 0 0 1", logVertex(3)];

  expect(found(...lines)).toEqual(["mixed-dimensions 4", "mixed-dimensions 5"]);
  const { graph } = readG2o(ascii(fileOf(repaired(...lines))), "a.g2o");
  expect((await solve(graph)).report.termination).toBe("converged");
});

test("a translation out of all proportion is found in g2o's logarithm too, where angles stand before it", () => {
  const turn = "VERTEX_SIM3:EXPMAP 2 1e-9 0 3 1 0 0 0";

  expect(found(logVertex(1), turn, "VERTEX_SIM3:EXPMAP 3 0 0 0 1e9 0 0 0", logEdge(1, 2), logEdge(2, 3))).toEqual([
    "translation-outlier 3",
  ]);
});
