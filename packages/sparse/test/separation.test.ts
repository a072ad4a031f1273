import fc from "fast-check";
import { expect, test } from "vitest";
import { RandomIndex } from "../src/random-index.ts";
import { SEPARATOR, Separation } from "../src/separation.ts";
import { unitWeights } from "../src/weighted-graph.ts";
import { anyEntries, type Edges, path } from "./elimination-oracle.ts";
import { expectSeparated, graphOf, sizes } from "./separation-laws.ts";

test("separates a path in its middle", () => {
  const separation = new Separation(unitWeights(graphOf(7, path(7))));

  separation.grow(new RandomIndex(1));
  separation.refine();

  expect(sizes(separation.part)).toEqual([3, 3, 1]);
  expect(separation.part[3]).toBe(SEPARATOR);
});

test("moves a separator away from where it is wide", () => {
  // Two cliques of 4 share vertex 3.
  const clique = (from: number): Edges => [0, 1, 2, 3].flatMap((i) => [0, 1, 2, 3].map((j) => [from + i, from + j] as const));
  const graph = graphOf(7, [...clique(0), ...clique(3)]);
  const separation = new Separation(unitWeights(graph));
  separation.part.set([0, 2, 2, 2, 1, 1, 1]);

  separation.refine();

  expect([...separation.part]).toEqual([0, 0, 0, 2, 1, 1, 1]);
});

test("grown and refined, joins no vertex of one part to one of the other, and costs no more than before it was refined", () => {
  fc.assert(
    fc.property(anyEntries, fc.integer({ min: 1, max: 99 }), ({ n, entries }, seed) => {
      const graph = graphOf(n, entries);
      const separation = new Separation(unitWeights(graph));
      separation.grow(new RandomIndex(seed));
      expectSeparated(graph, separation.part);
      const before = separation.cost();

      separation.refine();

      expectSeparated(graph, separation.part);
      expect(separation.cost()).toBeLessThanOrEqual(before);
    }),
  );
});

test("costs what its parts weigh", () => {
  fc.assert(
    fc.property(anyEntries, ({ n, entries }) => {
      const separation = new Separation(unitWeights(graphOf(n, entries)));
      separation.grow(new RandomIndex(1));
      separation.refine();

      const [w0, w1, w2] = sizes(separation.part);
      const heavier = Math.max(w0, w1);
      expect(separation.cost()).toBe(w2 + Math.max(0, heavier - 0.6 * n) + heavier / (2 * n));
    }),
  );
});
