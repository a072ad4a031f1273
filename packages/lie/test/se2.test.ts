import { fp64, tolerance } from "@slam/float";
import { se2 } from "@slam/lie";
import { expectClose, groupLaws } from "@slam/testing";
import { expect, test } from "vitest";

const quarter = Math.PI / 2;

test("composes a quarter turn with a step ahead", () => {
  const out = new Float64Array(3);
  se2.compose(Float64Array.of(1, 2, quarter), 0, Float64Array.of(3, 4, 0.25), 0, out, 0);

  expectClose(out, [-3, 5, quarter + 0.25], tolerance(fp64, 1));
});

test("relative undoes compose", () => {
  const out = new Float64Array(3);
  se2.relative(Float64Array.of(1, 2, quarter), 0, Float64Array.of(-3, 5, quarter + 0.25), 0, out, 0);

  expectClose(out, [3, 4, 0.25], tolerance(fp64, 1));
});

test("exp drives a quarter of a circle", () => {
  const out = new Float64Array(3);
  se2.exp(Float64Array.of(quarter, 0, quarter), 0, out, 0);

  expectClose(out, [1, 1, quarter], tolerance(fp64, 1));
});

test("reads and writes at offsets of one flat array", () => {
  const graph = Float64Array.of(1, 0, 0, 4, 5, 0, 9, 9, 9);
  se2.relative(graph, 0, graph, 3, graph, 6);

  expect(graph).toEqual(Float64Array.of(1, 0, 0, 4, 5, 0, 3, 5, 0));
});

groupLaws(se2, tolerance(fp64, 16));
