import { OptionError } from "@slam/errors";
import { Random } from "@slam/sim";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BitGraph, bitCount, lowestBit } from "../../src/loop-check/bit-graph.ts";
import { maximumClique } from "../../src/loop-check/clique.ts";
import { degeneracy } from "../../src/loop-check/degeneracy.ts";
import { bitGraph, isClique, joined, largestClique } from "./arbitrary-bit-graph.ts";

describe("by hand", () => {
  test("a triangle with a tail: the triangle", () => {
    const graph = joined(4, [0, 1], [1, 2], [0, 2], [2, 3]);

    expect(maximumClique(graph)).toEqual({ members: [0, 1, 2], bound: 3, method: "exact" });
  });

  test("a square has edges, and no more", () => {
    const { members, ...rest } = maximumClique(joined(4, [0, 1], [1, 2], [2, 3], [3, 0]));

    expect(members).toHaveLength(2);
    expect(rest).toEqual({ bound: 2, method: "exact" });
  });

  test("a pentagon has two, which three colours do not prove and the search does", () => {
    const pentagon = joined(5, [0, 1], [1, 2], [2, 3], [3, 4], [4, 0]);

    expect(maximumClique(pentagon)).toMatchObject({ bound: 2, method: "exact" });
    expect(maximumClique(pentagon, { effort: 0 })).toMatchObject({ bound: 3, method: "heuristic" });
  });

  test("no vertices, one, and many without neighbours", () => {
    expect(maximumClique(new BitGraph(0))).toEqual({ members: [], bound: 0, method: "exact" });
    expect(maximumClique(new BitGraph(1))).toEqual({ members: [0], bound: 1, method: "exact" });
    expect(maximumClique(new BitGraph(40))).toEqual({ members: [39], bound: 1, method: "exact" });
  });

  test("one exchange for two enlarges what the fewest neighbours lead to", () => {
    // Of 0 ... 4 all are neighbours but 0 and 1, 0 and 2: {0, 3, 4} becomes {1, 2, 3, 4}.
    const graph = joined(5, [0, 3], [0, 4], [1, 2], [1, 3], [1, 4], [2, 3], [2, 4], [3, 4]);

    expect(maximumClique(graph, { effort: 0 }).members).toEqual([1, 2, 3, 4]);
  });

  test("core numbers of a triangle with a tail: 2 in it, 1 in the tail, which goes first", () => {
    const { core, order, clique } = degeneracy(joined(4, [0, 1], [1, 2], [0, 2], [2, 3]));

    expect([...core]).toEqual([2, 2, 2, 1]);
    expect(order[0]).toBe(3);
    expect(clique).toEqual([0, 1, 2]);
  });

  test("bits of a word, its sign among them", () => {
    expect([0, 1, -1, -(2 ** 31), 0x0f0f0f0f].map(bitCount)).toEqual([0, 1, 32, 1, 16]);
    expect([1, -1, -(2 ** 31), 0x50].map(lowestBit)).toEqual([0, 0, 31, 4]);
  });
});

test("the largest of all subsets that are cliques", () => {
  fc.assert(
    fc.property(bitGraph(11), (graph) => {
      const { members, bound, method } = maximumClique(graph);

      expect(isClique(graph, members)).toBe(true);
      expect([members.length, bound, method]).toEqual([largestClique(graph), largestClique(graph), "exact"]);
    }),
  );
});

test("whatever the effort, members are a maximal clique, and none is larger than the bound", () => {
  fc.assert(
    fc.property(bitGraph(11), fc.integer({ min: 0, max: 50 }), (graph, effort) => {
      const { members, bound, method } = maximumClique(graph, { effort });
      const outside = Array.from({ length: graph.n }, (_, v) => v).filter((v) => !members.includes(v));

      expect(isClique(graph, members)).toBe(true);
      for (const v of outside) expect(isClique(graph, [...members, v])).toBe(false);
      expect(largestClique(graph)).toBeLessThanOrEqual(bound);
      if (method === "exact") expect(members).toHaveLength(largestClique(graph));
    }),
  );
});

test("a clique of 60 hidden among 200 vertices, of which half of all pairs are neighbours, in more than one word", () => {
  const random = new Random(5);
  const hidden = Array.from({ length: 60 }, (_, k) => 3 * k + 1);
  const graph = new BitGraph(200);
  for (let j = 1; j < 200; j++) {
    for (let i = 0; i < j; i++) if (random.uniform() < 0.5 || (hidden.includes(i) && hidden.includes(j))) graph.join(i, j);
  }

  expect(maximumClique(graph)).toEqual({ members: hidden, bound: 60, method: "exact" });
});

test("where nearly all agree, as true loops do, 1000 vertices are exact: a largest clique leaves one of each pair of strangers", () => {
  const graph = new BitGraph(1000);
  for (let j = 1; j < 1000; j++) for (let i = 0; i < j; i++) if (j !== i + 500 || i >= 100) graph.join(i, j);

  const { members, ...rest } = maximumClique(graph);

  expect(members).toHaveLength(900);
  expect(rest).toEqual({ bound: 900, method: "exact" });
});

test("an effort that is none is refused", () => {
  expect(() => maximumClique(new BitGraph(2), { effort: -1 })).toThrow(OptionError);
});
