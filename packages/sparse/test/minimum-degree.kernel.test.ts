import { ArenaPool, kernels } from "@slam/wasm";
import { expect, test } from "vitest";
import { amdKernel } from "../src/amd.kernel.ts";
import { QUOTIENT_ARRAYS, QUOTIENT_NUMBERS } from "../src/minimum-degree.kernel.ts";
import { minimumDegree } from "../src/minimum-degree.ts";
import { MAX_STAMP } from "../src/quotient-graph.ts";
import { type SymmetricGraph, symmetricGraph } from "../src/symmetric-graph.ts";
import { csr, geometricGraph } from "./elimination-oracle.ts";

/** The kernel's order, from this stamp on, so many pivots a call. */
function orderFrom({ n, rowPtr, colIdx }: SymmetricGraph, stamp: number, pivots: number): number[] {
  const columns = Object.fromEntries(QUOTIENT_ARRAYS.map((name) => [name, n])) as Record<(typeof QUOTIENT_ARRAYS)[number], number>;
  const capacity = colIdx.length + n;
  const lengths = { ...columns, lists: capacity, buckets: 64, rowPtr: n + 1, table: QUOTIENT_ARRAYS.length + QUOTIENT_NUMBERS.length };
  return new ArenaPool().lend(lengths, ({ arena, views, at }) => {
    const run = kernels(arena, amdKernel);
    views.rowPtr.set(rowPtr);
    views.lists.set(colIdx);
    views.table.set([...QUOTIENT_ARRAYS.map((name) => at[name]), n, capacity, 63, colIdx.length, stamp, 0, 0, n, 0]);
    run.beginElimination(at.table, at.rowPtr);
    while (run.eliminate(at.table, pivots) > 0);
    return [...views.order];
  });
}

const { n, rowPtr, colIdx } = csr(200, geometricGraph(200, 0.12, 3));
const graph = symmetricGraph("test", n, rowPtr, colIdx);

test.each([1, 7, 1000])("eliminates by %d pivots a call as the reference does at once", (pivots) => {
  expect(orderFrom(graph, 2, pivots)).toEqual([...minimumDegree(graph)]);
});

test.each([0, 50, 1000])("starts its stamps anew where they come to 3 n + %d below the largest", (distance) => {
  expect(orderFrom(graph, MAX_STAMP - 3 * n - distance, 16)).toEqual([...minimumDegree(graph)]);
});
