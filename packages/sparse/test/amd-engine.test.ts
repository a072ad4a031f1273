import { ArenaPool } from "@slam/wasm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { amd, amdReference } from "../src/amd.ts";
import { amdEngine } from "../src/amd-engine.ts";
import { anyEntries, complete, csr, type Edges, geometricGraph, grid, type Pattern, path, star } from "./elimination-oracle.ts";

const arenas = new ArenaPool();

/** The lower triangle with its diagonal, as normal matrices are stored. */
function lowerRows(n: number, edges: Edges): Pattern {
  const rows = Array.from({ length: n }, (_, i) => new Set([i]));
  for (const [i, j] of edges) rows[Math.max(i, j)].add(Math.min(i, j));
  return csr(
    n,
    rows.flatMap((row, i) => [...row].sort((a, b) => a - b).map((j) => [i, j] as const)),
  );
}

function expectSame(n: number, edges: Edges, denseRatio = 10): void {
  const { rowPtr, colIdx } = lowerRows(n, edges);

  const order = arenas.during(() => {
    const found = amdEngine(n, rowPtr, colIdx, denseRatio, arenas);
    return found && [...found];
  });

  expect(order).toEqual([...amdReference(n, rowPtr, colIdx, denseRatio)]);
}

test.each<[string, number, Edges]>([
  ["nothing", 0, []],
  ["one vertex", 1, []],
  ["vertices without edges", 5, []],
  ["two vertices", 2, path(2)],
  ["a path", 1000, path(1000)],
  ["a clique", 30, complete(30)],
  ["a star", 16, star(16, 3)],
  ["a grid, which leaves lists no room", 900, grid(30)],
  ["points that are near each other", 500, geometricGraph(500, 0.08, 1)],
])("orders %s as the reference does", (_, n, edges) => expectSame(n, edges));

test("orders any graph as the reference does", () => {
  fc.assert(fc.property(anyEntries, ({ n, entries }) => expectSame(n, entries)));
});

test("orders sparse graphs of hundreds of vertices as the reference does", () => {
  const anyGraph = fc.integer({ min: 100, max: 600 }).chain((n) => {
    const vertex = fc.integer({ min: 0, max: n - 1 });
    return fc.record({ n: fc.constant(n), loops: fc.array(fc.tuple(vertex, vertex), { maxLength: 2 * n }), chained: fc.boolean() });
  });

  fc.assert(
    fc.property(anyGraph, ({ n, loops, chained }) => expectSame(n, chained ? [...path(n), ...loops] : loops, Number.POSITIVE_INFINITY)),
    { numRuns: 40 },
  );
});

test("leaves dense rows, both triangles and rows that do not ascend to the reference", () => {
  const graphs = [
    lowerRows(40, star(40)),
    csr(3, [
      [0, 1],
      [1, 0],
    ]),
    csr(3, [
      [2, 1],
      [2, 0],
    ]),
  ];

  for (const { n, rowPtr, colIdx } of graphs) {
    expect(amdEngine(n, rowPtr, colIdx, 0, arenas)).toBeUndefined();
    expect(amd(n, rowPtr, colIdx, { denseRatio: 0, arenas })).toEqual(amd(n, rowPtr, colIdx, { denseRatio: 0 }));
  }
});
