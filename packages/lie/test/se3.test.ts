import { fp64, tolerance } from "@slam/float";
import { se2, se3 } from "@slam/lie";
import { expectClose, groupLaws } from "@slam/testing";
import { expect, test } from "vitest";

const half = Math.sqrt(0.5);
const u = tolerance(fp64, 2);

test("composes a quarter turn about z with a step ahead and a quarter turn about x", () => {
  const out = new Float64Array(7);
  se3.compose(Float64Array.of(1, 2, 3, 0, 0, half, half), 0, Float64Array.of(4, 5, 6, half, 0, 0, half), 0, out, 0);

  expectClose(out, [-4, 6, 9, 0.5, 0.5, 0.5, 0.5], u);
});

test("relative undoes compose", () => {
  const out = new Float64Array(7);
  se3.relative(Float64Array.of(1, 2, 3, 0, 0, half, half), 0, Float64Array.of(-4, 6, 9, 0.5, 0.5, 0.5, 0.5), 0, out, 0);

  expectClose(out, [4, 5, 6, half, 0, 0, half], u);
});

test("exp drives a helix: a quarter of a circle about z while rising", () => {
  const out = new Float64Array(7);
  const quarter = Math.PI / 2;
  se3.exp(Float64Array.of(quarter, 0, 3, 0, 0, quarter), 0, out, 0);

  expectClose(out, [1, 1, 3, 0, 0, half, half], u);
});

test("moves in the plane as SE(2) does", () => {
  const planar = new Float64Array(3);
  const spatial = new Float64Array(7);
  se2.exp(Float64Array.of(0.5, -2, 1.25), 0, planar, 0);
  se3.exp(Float64Array.of(0.5, -2, 0, 0, 0, 1.25), 0, spatial, 0);

  expectClose(spatial, [planar[0], planar[1], 0, 0, 0, Math.sin(0.625), Math.cos(0.625)], u);
});

test("reads and writes at offsets of one flat array", () => {
  const graph = Float64Array.of(1, 2, 3, 0, 0, 0, 1, 4, 6, 9, 1, 0, 0, 0, 7, 7, 7, 7, 7, 7, 7);
  se3.relative(graph, 0, graph, 7, graph, 14);

  expect(graph.slice(14)).toEqual(Float64Array.of(3, 4, 6, 1, 0, 0, 0));
});

groupLaws(se3, tolerance(fp64, 32));
