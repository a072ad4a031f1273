import { fp64 } from "@slam/float";
import type { BsrPattern } from "@slam/sparse";
import { ArenaPool } from "@slam/wasm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { structureEngine } from "../src/structure-engine.ts";
import { analyzeCholesky, structureReference } from "../src/symbolic.ts";
import { anyCase, gridMatrix, normalMatrix } from "./block-matrix.ts";

const arenas = new ArenaPool();

/** A lower triangle with its diagonal, of single numbers, from pairs of rows and columns. */
function triangle(n: number, edges: readonly (readonly [number, number])[]): BsrPattern {
  const rows = Array.from({ length: n }, (_, i) => new Set([i]));
  for (const [i, j] of edges) rows[Math.max(i, j)].add(Math.min(i, j));
  const rowPtr = new Int32Array(n + 1);
  rows.forEach((row, i) => {
    rowPtr[i + 1] = rowPtr[i] + row.size;
  });
  const colIdx = Int32Array.from(rows.flatMap((row) => [...row].sort((a, b) => a - b)));
  return { blockRows: n, blockCols: n, r: 1, c: 1, rowPtr, colIdx };
}

function expectSame(A: BsrPattern, order: Int32Array): void {
  arenas.during(() => expect(structureEngine(A, order, arenas)).toEqual(structureReference(A, order, "complete")));
}

test.each([
  ["nothing", triangle(0, [])],
  ["one row", triangle(1, [])],
  ["rows without others", triangle(4, [])],
  [
    "a star",
    triangle(
      20,
      Array.from({ length: 20 }, (_, i) => [7, i] as const),
    ),
  ],
  [
    "a clique",
    triangle(
      12,
      Array.from({ length: 144 }, (_, p) => [Math.floor(p / 12), p % 12] as const),
    ),
  ],
  ["two grids, more rows than a call takes", triangle(1800, [...gridEdges(30, 0), ...gridEdges(30, 900)])],
])("finds the structure of %s that the reference does", (_, A) => {
  expectSame(
    A,
    Int32Array.from({ length: A.blockRows }, (_, k) => k),
  );
  expectSame(A, analyzeCholesky(A).order);
});

test("finds any structure as the reference does, in any order", () => {
  fc.assert(fc.property(anyCase, (drawn) => expectSame(normalMatrix(fp64, drawn, 1).pattern, drawn.order)));
});

test("finds structures of hundreds of rows as the reference does", () => {
  const anyGraph = fc.integer({ min: 50, max: 400 }).chain((n) => {
    const row = fc.integer({ min: 0, max: n - 1 });
    return fc.record({
      n: fc.constant(n),
      edges: fc.array(fc.tuple(row, row), { maxLength: 2 * n }),
      order: fc.shuffledSubarray([...Array(n).keys()], { minLength: n }),
    });
  });

  fc.assert(
    fc.property(anyGraph, ({ n, edges, order }) => expectSame(triangle(n, edges), Int32Array.from(order))),
    { numRuns: 30 },
  );
});

test("analyzes in arenas as without, and leaves alone what it took before", () => {
  const { pattern } = gridMatrix(fp64, 20);
  const before = arenas.integers(3).fill(7);

  const symbolic = analyzeCholesky(pattern, { arenas });
  arenas.lend({ other: 20000 }, ({ views }) => views.other.fill(-1));

  expect(symbolic).toEqual(analyzeCholesky(pattern));
  expect([...before]).toEqual([7, 7, 7]);
});

test("leaves indices out of range to the reference", () => {
  const A = { ...triangle(3, [[2, 0]]), colIdx: Int32Array.of(0, 1, 5, 2) };

  expect(structureEngine(A, Int32Array.of(0, 1, 2), arenas)).toBeUndefined();
});

function gridEdges(side: number, from: number): (readonly [number, number])[] {
  const edges: (readonly [number, number])[] = [];
  for (let i = 0; i < side * side; i++) {
    if ((i + 1) % side !== 0) edges.push([from + i, from + i + 1]);
    if (i + side < side * side) edges.push([from + i, from + i + side]);
  }
  return edges;
}
