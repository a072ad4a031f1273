import { fp64, tolerance } from "@slam/float";
import { bsrPattern } from "@slam/sparse";
import { expectClose } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import { expect, test } from "vitest";
import { leastSquares } from "../../src/init/least-squares.ts";
import { GraphStructure } from "../../src/structure.ts";

/** Solves with two columns, so many rows, no zeros. */
function solved(rows: number, values: readonly number[], b: readonly Float64Array[]): Float64Array[] {
  const structure = new GraphStructure(
    bsrPattern({
      blockRows: rows,
      blockCols: 2,
      r: 1,
      c: 1,
      rowPtr: Int32Array.from({ length: rows + 1 }, (_, i) => 2 * i),
      colIdx: Int32Array.from({ length: 2 * rows }, (_, k) => k % 2),
    }),
    new ArenaPool(),
  );
  let found: Float64Array[] = [];
  leastSquares(structure, {
    ...{ r: 1, c: 1, rightSides: b.length, bytes: 0 },
    write(A, into) {
      A.set(values);
      b.forEach((right, k) => {
        into[k].set(right);
      });
    },
    read(x) {
      found = x.map((numbers) => numbers.slice());
    },
  });
  return found;
}

test("fits the line through three points, for each of two right sides", () => {
  // y = a + b t at t = 0, 1, 2
  const [first, second] = solved(3, [1, 0, 1, 1, 1, 2], [Float64Array.of(1, 3, 5), Float64Array.of(0, 3, 0)]);

  expectClose(first, [1, 2], tolerance(fp64, 12));
  expectClose(second, [1, 0], tolerance(fp64, 12));
});

test("bears columns of very different sizes", () => {
  const [x] = solved(2, [2e8, 1, 1e8, 1], [Float64Array.of(3, 2)]);

  expectClose(Float64Array.of(1e8 * x[0], x[1]), [1, 1], tolerance(fp64, 12));
});

test("gives some least-squares solution where there are many", () => {
  const [x] = solved(2, [1, 1, 1, 1], [Float64Array.of(1, 3)]);

  expect(x[0] + x[1]).toBeCloseTo(2, 12);
});
