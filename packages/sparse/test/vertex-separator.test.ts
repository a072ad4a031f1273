import { expect, test } from "vitest";
import { RandomIndex } from "../src/random-index.ts";
import { vertexSeparator } from "../src/vertex-separator.ts";
import { unitWeights } from "../src/weighted-graph.ts";
import { complete, geometricGraph, grid } from "./elimination-oracle.ts";
import { expectSeparated, graphOf, sizes } from "./separation-laws.ts";

test.each([1, 2, 3, 4, 5])("the separator of a 60 x 60 grid is at most 15 % larger than 60 (seed %i)", (seed) => {
  const graph = graphOf(3600, grid(60));

  const part = vertexSeparator(unitWeights(graph), new RandomIndex(seed));

  expectSeparated(graph, part);
  const [w0, w1, separator] = sizes(part);
  expect(separator).toBeLessThanOrEqual(69);
  expect(Math.max(w0, w1)).toBeLessThanOrEqual(0.6 * 3600);
});

test("the separator of a random geometric graph separates it", () => {
  const graph = graphOf(1000, geometricGraph(1000, 0.057, 7919));

  const part = vertexSeparator(unitWeights(graph), new RandomIndex(1));

  expectSeparated(graph, part);
  expect(Math.min(...sizes(part).slice(0, 2))).toBeGreaterThanOrEqual(300);
});

test("separates what does not fall in two, a complete graph, from nothing", () => {
  const [w0, w1, separator] = sizes(vertexSeparator(unitWeights(graphOf(100, complete(100))), new RandomIndex(1)));

  expect(Math.min(w0, w1)).toBe(0);
  expect(w0 + w1 + separator).toBe(100);
});
