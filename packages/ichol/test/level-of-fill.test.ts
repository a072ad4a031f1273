import { type FP64, fp32, fp64, type Storage } from "@slam/float";
import { permuteSymmetric, symbolicCholesky } from "@slam/sparse";
import { expectSameBits } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CholeskyFactor, factorize, isFactor } from "../src/factorize.ts";
import { levelOfFill } from "../src/level-of-fill.ts";
import type { ColumnPattern } from "../src/supernodes.ts";
import { analyzeCholesky, type Fill } from "../src/symbolic.ts";
import { anyCase, normalMatrix } from "./block-matrix.ts";
import { gridMatrix, iterations } from "./preconditioned.ts";

/** A graph's lower triangle by columns. */
function lower(n: number, edges: readonly (readonly [number, number])[]): ColumnPattern {
  const columns = Array.from({ length: n }, (_, j) => {
    const rows = edges.flatMap(([a, b]) => (Math.min(a, b) === j && a !== b ? [Math.max(a, b)] : []));
    return [j, ...[...new Set(rows)].sort((a, b) => a - b)];
  });
  const colPtr = new Int32Array(n + 1);
  columns.forEach((rows, j) => {
    colPtr[j + 1] = colPtr[j] + rows.length;
  });
  return { colPtr, rowIdx: Int32Array.from(columns.flat()) };
}

function columns({ colPtr, rowIdx }: ColumnPattern): number[][] {
  return Array.from({ length: colPtr.length - 1 }, (_, j) => [...rowIdx.subarray(colPtr[j], colPtr[j + 1])]);
}

/** The definition: levels of all of L by elimination. */
function levelsByElimination(A: ColumnPattern): number[][] {
  const n = A.colPtr.length - 1;
  const level = Array.from({ length: n }, () => new Array<number>(n).fill(Infinity));
  columns(A).forEach((rows, j) => {
    for (const i of rows) level[i][j] = 0;
  });
  for (let k = 0; k < n; k++) {
    for (let j = k + 1; j < n; j++) {
      for (let i = j; i < n; i++) level[i][j] = i === j ? 0 : Math.min(level[i][j], level[i][k] + level[j][k] + 1);
    }
  }
  return level;
}

// Eliminated around the circle, 0 joins 1 and 5 (level 1), 1 then joins 2 and 5 (level 2), 2 joins 3 and 5 (level 3).
const circle = lower(6, [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 4],
  [4, 5],
  [5, 0],
]);

describe("levels of fill of a circle of six", () => {
  test.each([
    [0, [[0, 1, 5], [1, 2], [2, 3], [3, 4], [4, 5], [5]]],
    [1, [[0, 1, 5], [1, 2, 5], [2, 3], [3, 4], [4, 5], [5]]],
    [2, [[0, 1, 5], [1, 2, 5], [2, 3, 5], [3, 4], [4, 5], [5]]],
    [3, [[0, 1, 5], [1, 2, 5], [2, 3, 5], [3, 4, 5], [4, 5], [5]]],
    [100, [[0, 1, 5], [1, 2, 5], [2, 3, 5], [3, 4, 5], [4, 5], [5]]],
  ])("up to %i are %j", (levels, expected) => {
    expect(columns(levelOfFill(circle, levels))).toEqual(expected);
  });
});

test("a star eliminated from its centre fills at once: every pair of leaves has level 1", () => {
  const star = lower(
    5,
    [1, 2, 3, 4].map((leaf) => [0, leaf] as const),
  );

  expect(levelOfFill(star, 0).rowIdx.length).toBe(9);
  expect(levelOfFill(star, 1).rowIdx.length).toBe(15);
});

test("nothing has no fill", () => {
  expect(columns(levelOfFill({ colPtr: Int32Array.of(0), rowIdx: new Int32Array(0) }, 3))).toEqual([]);
});

test("of any matrix in any order they are what elimination gives them, and all of L in the end", () => {
  fc.assert(
    fc.property(anyCase, fc.integer({ min: 0, max: 5 }), (anyMatrix, levels) => {
      const { rowPtr, colIdx } = normalMatrix(fp64, anyMatrix, 1).pattern;
      const permuted = permuteSymmetric(anyMatrix.n, rowPtr, colIdx, anyMatrix.order);
      const A: ColumnPattern = { colPtr: permuted.rowPtr, rowIdx: permuted.colIdx };
      const defined = levelsByElimination(A);

      const found = columns(levelOfFill(A, levels));

      expect(found).toEqual(defined.map((_, j) => defined.flatMap((row, i) => (i >= j && row[j] <= levels ? [i] : []))));
      const complete = symbolicCholesky(anyMatrix.n, A.colPtr, A.rowIdx);
      expect(columns(levelOfFill(A, anyMatrix.n))).toEqual(columns(complete));
    }),
  );
});

describe.each([fp64, fp32])("in $name", (P) => {
  test("all levels of fill are the complete factor, bit for bit", () => {
    fc.assert(
      fc.property(anyCase, (anyMatrix) => {
        const A = normalMatrix(P, anyMatrix, 2);
        const [complete, levels] = (["complete", anyMatrix.n] as const).map((fill: Fill) =>
          factorize(analyzeCholesky(A.pattern, { fill, ordering: anyMatrix.order }), A, { maxShifts: 0 }),
        );

        expect(isFactor(levels)).toBe(isFactor(complete));
        if (!isFactor(levels) || !isFactor(complete)) expect(levels).toEqual(complete);
        else {
          expect(levels.symbolic.L).toEqual(complete.symbolic.L);
          expectSameBits(levels.values as Storage, complete.values as Storage);
        }
      }),
    );
  });
});

test("the more levels of fill, the fewer iterations of conjugate gradients, to one", () => {
  const A = gridMatrix(12);

  const counts = ([0, 1, 2, 4, 8, "complete"] as const).map((fill) =>
    iterations(A, factorize(analyzeCholesky(A.pattern, { fill, ordering: "natural" }), A) as CholeskyFactor<FP64>),
  );

  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  expect(new Set(counts).size).toBe(6);
  expect(counts.at(-1)).toBe(1);
});

test("a fill that is no level is refused", () => {
  const { pattern } = gridMatrix(2);

  expect(() => analyzeCholesky(pattern, { fill: -1 })).toThrow("analyzeCholesky: fill is -1");
  expect(() => analyzeCholesky(pattern, { fill: 0.5 })).toThrow("analyzeCholesky: fill is 0.5");
});
