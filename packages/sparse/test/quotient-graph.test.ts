import { expect, test } from "vitest";
import { QuotientGraph } from "../src/quotient-graph.ts";
import { symmetricGraph } from "../src/symmetric-graph.ts";
import { csr, star } from "./elimination-oracle.ts";

function starOf5(): QuotientGraph {
  const { n, rowPtr, colIdx } = csr(5, star(5, 0));
  return new QuotientGraph(symmetricGraph("test", n, rowPtr, colIdx), n);
}

function listOf(q: QuotientGraph, i: number): number[] {
  return [...q.lists.subarray(q.start[i], q.start[i] + q.length[i])];
}

test("gives the node of least degree that was entered last", () => {
  const q = starOf5();

  expect(q.findLeast()).toBe(4);
  q.remove(4);
  q.remove(2);
  expect(q.findLeast()).toBe(3);
  q.remove(3);
  q.remove(1);
  expect(q.findLeast()).toBe(0);
});

test("makes room by moving the living lists together, their contents kept", () => {
  const q = starOf5();
  q.absorb(4, 1);
  q.absorbElement(3);
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
