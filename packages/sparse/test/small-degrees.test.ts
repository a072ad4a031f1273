import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eliminateSmallDegrees, smallDegreesFirst } from "../src/small-degrees.ts";
import { anyEntries, complete, type Edges, eliminateNode, neighbourSets, path, star } from "./elimination-oracle.ts";
import { graphOf } from "./separation-laws.ts";

function eliminate(n: number, entries: Edges): { eliminated: number[]; rest: number[][] } {
  const { eliminated, rest } = eliminateSmallDegrees({ graph: graphOf(n, entries), vertices: Int32Array.from({ length: n }, (_, v) => v) });
  const { rowPtr, colIdx } = rest.graph;
  const lists = Array.from(rest.vertices, (name, v) => [
    name,
    ...Array.from(colIdx.subarray(rowPtr[v], rowPtr[v + 1]), (u) => rest.vertices[u]),
  ]);
  return { eliminated: [...eliminated], rest: lists };
}

describe("eliminateSmallDegrees", () => {
  test("leaves nothing of a tree, taken from its leaves", () => {
    const { eliminated, rest } = eliminate(5, [...path(4), [1, 4]]);

    expect(rest).toEqual([]);
    expect([...eliminated].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(eliminated.indexOf(1)).toBeGreaterThanOrEqual(3);
  });

  test("makes an edge of a chain", () => {
    // 4 has 4 - 5 - 0 as a chain to the complete graph of 0 ... 3, beside its edges to 1 and 2.
    const { eliminated, rest } = eliminate(6, [...complete(4), [4, 1], [4, 2], [4, 5], [5, 0]]);

    expect(eliminated).toEqual([5]);
    expect(rest.map(([v, ...list]) => [v, ...list.sort()])).toEqual([
      [0, 1, 2, 3, 4],
      [1, 0, 2, 3, 4],
      [2, 0, 1, 3, 4],
      [3, 0, 1, 2],
      [4, 0, 1, 2],
    ]);
  });

  test("leaves a hub and its leaves, whose list it would search for each", () => {
    expect(eliminate(40, star(40))).toMatchObject({ eliminated: [], rest: { length: 40 } });
  });

  test("leaves the graph that elimination of its vertices does, with degrees of 3 and more", () => {
    fc.assert(
      fc.property(anyEntries, ({ n, entries }) => {
        const { eliminated, rest } = eliminate(n, entries);

        const sets = neighbourSets(n, entries);
        for (const v of eliminated) expect(eliminateNode(sets, v).length).toBeLessThanOrEqual(2);
        expect([...eliminated, ...rest.map(([v]) => v)].sort((a, b) => a - b)).toEqual([...sets.keys()]);
        for (const [v, ...list] of rest) {
          expect(list.length).toBeGreaterThanOrEqual(3);
          expect(list.sort((a, b) => a - b)).toEqual([...sets[v]].sort((a, b) => a - b));
        }
      }),
    );
  });
});

describe("smallDegreesFirst", () => {
  const names = (n: number): Int32Array => Int32Array.from({ length: n }, (_, v) => 10 * v);
  const backwards = ({ n }: { readonly n: number }): Int32Array => Int32Array.from({ length: n }, (_, k) => n - 1 - k);

  test("orders the rest as told, by names", () => {
    const whole = { graph: graphOf(5, [...complete(4), [3, 4]]), vertices: names(5) };

    expect([...smallDegreesFirst(whole, backwards)]).toEqual([40, 30, 20, 10, 0]);
    expect([...smallDegreesFirst(whole, ({ n }) => Int32Array.from({ length: n }, (_, k) => k))]).toEqual([40, 0, 10, 20, 30]);
  });

  test("leaves few small degrees to the order of the rest", () => {
    const whole = { graph: graphOf(21, [...complete(20), [19, 20]]), vertices: names(21) };

    expect([...smallDegreesFirst(whole, backwards)]).toEqual([...names(21)].reverse());
  });
});
