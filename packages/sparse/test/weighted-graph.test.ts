import { expect, test } from "vitest";
import { symmetricGraph } from "../src/symmetric-graph.ts";
import { subgraph, unitWeights } from "../src/weighted-graph.ts";
import { csr, path } from "./elimination-oracle.ts";

const { n, rowPtr, colIdx } = csr(5, [...path(5), [4, 0]]);
const cycle = symmetricGraph("test", n, rowPtr, colIdx);

test("gives every vertex and edge the weight 1", () => {
  const { weight, edgeWeight, total } = unitWeights(cycle);

  expect([...weight]).toEqual([1, 1, 1, 1, 1]);
  expect([...edgeWeight]).toEqual(Array(10).fill(1));
  expect(total).toBe(5);
});

test("a part of a cycle is a path, by its vertices' names", () => {
  const whole = { graph: cycle, vertices: Int32Array.of(10, 11, 12, 13, 14) };

  const { graph, vertices } = subgraph(whole, Uint8Array.of(1, 1, 0, 2, 1), 1);

  expect([...vertices]).toEqual([10, 11, 14]);
  expect([...graph.rowPtr]).toEqual([0, 2, 3, 4]);
  expect([...graph.colIdx]).toEqual([1, 2, 0, 0]);
});
