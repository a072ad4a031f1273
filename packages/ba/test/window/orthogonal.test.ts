import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { eliminateColumns, foldRows } from "../../src/window/orthogonal.ts";
import { seeded } from "./street.ts";

function random(length: number, seed: number): Float64Array {
  const next = seeded(seed);
  return Float64Array.from({ length }, () => 2 * next() - 1);
}

/** A'A of a matrix by columns. */
function gram(A: ArrayLike<number>, rows: number, columns: number): number[][] {
  return Array.from({ length: columns }, (_, a) =>
    Array.from({ length: columns }, (_, b) => {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += A[a * rows + i] * A[b * rows + i];
      return sum;
    }),
  );
}

describe("eliminateColumns", () => {
  test("leaves of y - x and y + x one row that knows no x", () => {
    const A = Float64Array.of(-1, 1, 1, 1);

    expect(eliminateColumns(A, 2, 2, 1)).toBe(1);
    expectClose([Math.abs(A[3])], [Math.SQRT2], 1e-15);
  });

  test("leaves the Schur complement of A'A in the rows from the rank on", () => {
    const [rows, columns, q] = [11, 6, 2];
    const A = random(rows * columns, 3);
    const H = gram(A, rows, columns);
    const rank = eliminateColumns(A, rows, columns, q);
    const rest = Float64Array.from({ length: (rows - rank) * (columns - q) }, (_, k) => {
      const column = Math.floor(k / (rows - rank));
      return A[(q + column) * rows + rank + (k % (rows - rank))];
    });

    expect(rank).toBe(2);
    const determinant = H[0][0] * H[1][1] - H[0][1] * H[1][0];
    const expected = Array.from({ length: columns - q }, (_, a) =>
      Array.from({ length: columns - q }, (_, b) => {
        const [u0, u1, v0, v1] = [H[0][q + a], H[1][q + a], H[0][q + b], H[1][q + b]];
        return H[q + a][q + b] - (u0 * (H[1][1] * v0 - H[0][1] * v1) + u1 * (H[0][0] * v1 - H[1][0] * v0)) / determinant;
      }),
    );
    expectClose(gram(rest, rows - rank, columns - q).flat(), expected.flat(), 1e-13);
  });

  test("finds columns that depend on each other, whatever their units", () => {
    const column = random(5, 1);
    const other = random(5, 2);
    const A = Float64Array.from([...column, ...column.map((x) => 1e-9 * x), ...other]);

    expect(eliminateColumns(A, 5, 3, 2)).toBe(1);
  });

  test("leaves zeros of a column that lies in the span of those eliminated", () => {
    const a = random(7, 4);
    const b = random(7, 5);
    const A = Float64Array.from([...a, ...b, ...a.map((x, i) => 0.3 * x - 2 * b[i]), ...random(7, 6)]);

    expect(eliminateColumns(A, 7, 4, 2)).toBe(2);
    expect([...A.subarray(16, 21)]).toEqual([0, 0, 0, 0, 0]);
    expect([...A.subarray(23, 28)]).not.toContain(0);
  });

  test("has no more rank than rows, and none in zeros", () => {
    expect(eliminateColumns(random(2 * 4, 1), 2, 4, 3)).toBe(2);
    expect(eliminateColumns(new Float64Array(12), 3, 4, 3)).toBe(0);
  });
});

describe("foldRows", () => {
  test("joins 3 x = 1 and 4 x = 2 to 5 x = 11/5", () => {
    const R = Float64Array.of(3);
    const r0 = Float64Array.of(1);
    foldRows(R, 1, r0, Float64Array.of(4, 2), 1, 1);

    expectClose([Math.abs(R[0]), r0[0] / R[0]], [5, 11 / 25], 1e-15);
  });

  test("keeps R'R and R'r0 the sums of A'A and A'b over everything that was folded in", () => {
    const n = 5;
    const R = new Float64Array(n * n);
    const r0 = new Float64Array(n);
    const sum = Array.from({ length: n }, () => new Array<number>(n + 1).fill(0));
    for (const [seed, rows, width] of [
      [1, 3, 2],
      [3, 1, 3],
      [2, 4, 5],
      [4, 7, 5],
    ]) {
      const A = random(rows * (width + 1), seed);
      const G = gram(A, rows, width + 1);
      for (let a = 0; a < width; a++) for (let b = 0; b <= width; b++) sum[a][b < width ? b : n] += G[a][b];
      foldRows(R, n, r0, A, rows, width);
    }
    const byColumns = Float64Array.from({ length: n * (n + 1) }, (_, k) =>
      k < n * n ? R[(k % n) * n + Math.floor(k / n)] : r0[k - n * n],
    );

    expectClose(
      gram(byColumns, n, n + 1)
        .slice(0, n)
        .flat(),
      sum.flat(),
      1e-13,
    );
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(R[i * n + j]).toBe(0);
  });

  test("takes what rounding left of a dependent column for zero", () => {
    const a = random(6, 8);
    const R = new Float64Array(4);
    foldRows(R, 2, new Float64Array(2), Float64Array.from([...a, ...a.map((x) => 3 * x), ...random(6, 9)]), 6, 2);

    expect(R[3]).toBe(0);
  });
});
