import { expect, test } from "vitest";
import { QuotientGraph } from "../src/quotient-graph.ts";
import { symmetricGraph } from "../src/symmetric-graph.ts";
import { csr, star } from "./elimination-oracle.ts";

/** In groups: 1, 2, 3, 4, then the hub. */
function starOf5(): QuotientGraph {
  const { n, rowPtr, colIdx } = csr(5, star(5, 0));
  return new QuotientGraph(symmetricGraph("test", n, rowPtr, colIdx), Int32Array.of(1, 0, 0, 0, 0), Int32Array.of(1, 2, 3, 4, 0));
}

function listOf(q: QuotientGraph, i: number): number[] {
  return [...q.lists.subarray(q.start[i], q.start[i] + q.length[i])];
}

test("gives the node of least degree that was entered last, group by group", () => {
  const q = starOf5();

  expect([0, 1, 2, 3, 4].map(() => q.takeLeast())).toEqual([4, 3, 2, 1, 0]);
});

test("starts its stamps anew before they pass 2^31 - 1, absorbed elements still marked", () => {
  const q = starOf5();
  q.mark[2] = 0;
  q.mark[3] = 2 ** 31 - 20;
  q.stamp = 2 ** 31 - 10;

  q.takeLeast();

  expect([...q.mark]).toEqual([1, 1, 0, 1, 1]);
  expect(q.stamp).toBe(2);
});

test("makes room by moving the living lists together, their contents kept", () => {
  const q = starOf5();
  q.length[1] = 0;
  q.length[3] = 0;
  q.length[0] = 3;

  q.makeRoom(q.lists.length - 5);

  expect([0, 1, 2, 3, 4].map((i) => listOf(q, i))).toEqual([[1, 2, 3], [], [0], [], [0]]);
  expect(q.listsEnd).toBe(5);
});

test("moves nothing where there is room", () => {
  const q = starOf5();
  const end = q.listsEnd;

  q.makeRoom(q.lists.length - end);

  expect(q.listsEnd).toBe(end);
});
