import { DimensionError, OptionError } from "@slam/errors";
import { newArrays, type Scratch } from "@slam/linop";
import { type BsrPattern, bsrPattern } from "@slam/sparse";
import { expect, test } from "vitest";
import { analyzeDiagonal } from "../src/analyze-diagonal.ts";
import { analyzeCholesky } from "../src/symbolic.ts";

function pattern(rows: readonly (readonly number[])[], b: number): BsrPattern {
  const n = rows.length;
  const rowPtr = Int32Array.from({ length: n + 1 }, (_, i) => rows.slice(0, i).flat().length);
  return bsrPattern({ blockRows: n, blockCols: n, r: b, c: b, rowPtr, colIdx: Int32Array.from(rows.flat()) });
}

test.each([
  [0, 3],
  [1, 6],
  [5, 3],
  [300, 6],
])("of %i blocks of %i it finds what the analysis without fill does", (n, b) => {
  const A = pattern(
    Array.from({ length: n }, (_, i) => [i]),
    b,
  );

  expect(analyzeDiagonal(A)).toEqual(analyzeCholesky(A, { fill: 0, ordering: "natural" }));
});

test("takes its arrays from where it is told", () => {
  const taken: Int32Array[] = [];
  const scratch: Scratch = {
    ...newArrays,
    integers(n) {
      taken.push(new Int32Array(n));
      return taken[taken.length - 1];
    },
  };

  const { destination, supernodes } = analyzeDiagonal(pattern([[0], [1]], 3), scratch);

  expect(taken).toContain(destination);
  expect(taken).toContain(supernodes.updatePtr);
});

test("refuses what has other blocks, or lacks one", () => {
  expect(() => analyzeDiagonal(pattern([[0], [0, 1]], 3))).toThrow(DimensionError);
  expect(() => analyzeDiagonal(pattern([[0], [0]], 3))).toThrow(OptionError);
});
