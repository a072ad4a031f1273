import { newArrays } from "@slam/linop";
import { ArenaPool } from "@slam/wasm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type BsrPattern, bsrPattern } from "../src/bsr-pattern.ts";
import { lowerTriangle, normalSymbolic } from "../src/normal.ts";
import { normalEngine } from "../src/normal-engine.ts";
import { randomPattern } from "./matrices.ts";

const arenas = new ArenaPool();

function patternOf(blockCols: number, rows: readonly (readonly number[])[]): BsrPattern {
  const sorted = rows.map((row) => [...new Set(row)].sort((a, b) => a - b));
  const rowPtr = new Int32Array(rows.length + 1);
  for (const [i, row] of sorted.entries()) rowPtr[i + 1] = rowPtr[i] + row.length;
  return bsrPattern({ blockRows: rows.length, blockCols, r: 1, c: 1, rowPtr, colIdx: Int32Array.from(sorted.flat()) });
}

function expectSame(A: BsrPattern): void {
  arenas.during(() => expect(normalEngine(A, arenas)).toEqual(lowerTriangle(A, newArrays)));
}

test.each([
  ["nothing", patternOf(0, [])],
  ["columns without rows", patternOf(3, [])],
  ["rows without columns", patternOf(0, [[], []])],
  [
    "one pair, twice",
    patternOf(2, [
      [0, 1],
      [1, 0],
    ]),
  ],
  ["a full row", patternOf(9, [[0, 1, 2, 3, 4, 5, 6, 7, 8]])],
  ["rows of any length", randomPattern(40, 17, 2, 3)],
  [
    "more rows than a call takes",
    patternOf(
      1500,
      Array.from({ length: 3000 }, (_, i) => [i % 1500, (7 * i + 3) % 1500]),
    ),
  ],
])("finds the structure of %s that the reference does", (_, A) => expectSame(A));

test("finds any structure as the reference does", () => {
  const anyPattern = fc.integer({ min: 1, max: 30 }).chain((n) => {
    const row = fc.array(fc.integer({ min: 0, max: n - 1 }), { maxLength: 4 });
    return fc.record({ n: fc.constant(n), rows: fc.array(row, { maxLength: 60 }) });
  });

  fc.assert(fc.property(anyPattern, ({ n, rows }) => expectSame(patternOf(n, rows))));
});

test("leaves columns out of range to the reference", () => {
  const A = { ...patternOf(3, [[0, 2]]), colIdx: Int32Array.of(0, 3) };

  expect(normalEngine(A, arenas)).toBeUndefined();
});

test("takes what stays from the arenas, and gives the rest back", () => {
  const A = randomPattern(40, 17, 2, 3);

  const symbolic = normalSymbolic(A, "lower", arenas, arenas);
  arenas.lend({ other: 20000 }, ({ views }) => views.other.fill(-1));

  expect(symbolic).toEqual(normalSymbolic(A));
});
