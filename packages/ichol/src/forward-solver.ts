import { checkInteger, checkLength } from "@slam/errors";
import type { FP64 } from "@slam/float";
import { inversePermutation } from "@slam/sparse";
import type { CholeskyFactor } from "./factorize.ts";
import type { ColumnPattern } from "./supernodes.ts";

/** A block row of a matrix that is zero elsewhere. */
export interface BlockRow {
  /** In A's order. */
  readonly row: number;
  /** b x width, row-major. */
  readonly values: Float64Array;
}

/** X of L X = P B by block rows, where it is not zero. */
export interface ForwardSolution {
  /** In the order of elimination, ascending. */
  readonly rows: Int32Array;
  readonly width: number;
  /** b x width for each, row-major. */
  readonly values: Float64Array;
}

/** Solves L X = P B for matrices B with few block rows that are not zero. */
export interface ForwardSolver {
  /**
   * @param width columns of B. Block rows that are given twice are added.
   * @throws OptionError for a row out of range, DimensionError.
   */
  solve(B: readonly BlockRow[], width: number): ForwardSolution;
  /** X'Y = B' A^-1 C, row-major, for the solutions X, Y of B, C. */
  product(X: ForwardSolution, Y: ForwardSolution): Float64Array;
}

/**
 * Half of a solve with a complete or incomplete factor, at the price of the part of L that it touches: the columns on the paths from B's rows to the roots
 * of the elimination tree. Any block of A^-1 = P' L^-T L^-1 P is a product of two halves, and X'X is positive semidefinite whatever is rounded.
 *
 * In fp64; sums run over ascending columns.
 * @see Gilbert and Peierls, Sparse partial pivoting in time proportional to arithmetic operations, SIAM J. Sci. Stat. Comput. 9, 1988.
 */
export function forwardSolver({ symbolic, values: L }: CholeskyFactor<FP64>): ForwardSolver {
  const { n, b, order, L: pattern } = symbolic;
  const { colPtr, rowIdx } = pattern;
  const place = inversePermutation(order);
  // slot[k]: where block row k lies in the solution at hand, -1 where it has none.
  const slot = new Int32Array(n).fill(-1);
  return {
    solve(B, width) {
      checkInteger("solve: width", width, 1);
      for (const { row, values } of B) {
        checkInteger("solve: row", row, 0, n - 1);
        checkLength("solve: values", values.length, b * width);
      }
      const rows = reach(
        pattern,
        B.map(({ row }) => place[row]),
        slot,
      );
      const size = b * width;
      const X = new Float64Array(rows.length * size);
      for (const { row, values } of B) {
        const at = slot[place[row]] * size;
        for (let k = 0; k < size; k++) X[at + k] += values[k];
      }
      for (let s = 0; s < rows.length; s++) {
        const j = rows[s];
        divide(L, colPtr[j] * b * b, b, X, s * size, width);
        for (let e = colPtr[j] + 1; e < colPtr[j + 1]; e++) subtract(L, e * b * b, b, X, s * size, slot[rowIdx[e]] * size, width);
      }
      for (const row of rows) slot[row] = -1;
      return { rows, width, values: X };
    },
    product: (X, Y) => product(b, X, Y),
  };
}

/** slot <- the places of the returned rows: those given and all that they lead to, ascending. */
function reach({ colPtr, rowIdx }: ColumnPattern, starts: readonly number[], slot: Int32Array): Int32Array {
  const found: number[] = [];
  // A row below the diagonal of a column is one more start: in a complete factor the first leads to the others.
  const stack = [...starts];
  while (stack.length > 0) {
    const j = stack.pop() as number;
    if (slot[j] >= 0) continue;
    slot[j] = 0;
    found.push(j);
    for (let e = colPtr[j] + 1; e < colPtr[j + 1]; e++) if (slot[rowIdx[e]] < 0) stack.push(rowIdx[e]);
  }
  const rows = Int32Array.from(found).sort();
  for (let s = 0; s < rows.length; s++) slot[rows[s]] = s;
  return rows;
}

/** x <- D^-1 x for the lower triangle D at d, by columns, and the b x width numbers at x. */
function divide(L: Float64Array, d: number, b: number, X: Float64Array, x: number, width: number): void {
  for (let r = 0; r < b; r++) {
    for (let w = 0; w < width; w++) {
      let s = X[x + r * width + w];
      for (let c = 0; c < r; c++) s -= L[d + c * b + r] * X[x + c * width + w];
      X[x + r * width + w] = s / L[d + r * (b + 1)];
    }
  }
}

/** y <- y - A x for the block A, by columns. */
function subtract(L: Float64Array, a: number, b: number, X: Float64Array, x: number, y: number, width: number): void {
  for (let r = 0; r < b; r++) {
    for (let w = 0; w < width; w++) {
      let s = X[y + r * width + w];
      for (let c = 0; c < b; c++) s -= L[a + c * b + r] * X[x + c * width + w];
      X[y + r * width + w] = s;
    }
  }
}

function product(b: number, X: ForwardSolution, Y: ForwardSolution): Float64Array {
  const out = new Float64Array(X.width * Y.width);
  for (let s = 0, t = 0; s < X.rows.length && t < Y.rows.length; ) {
    const [i, j] = [X.rows[s], Y.rows[t]];
    if (i === j) {
      for (let r = 0; r < b; r++) {
        for (let v = 0; v < X.width; v++) {
          const x = X.values[(s * b + r) * X.width + v];
          for (let w = 0; w < Y.width; w++) out[v * Y.width + w] += x * Y.values[(t * b + r) * Y.width + w];
        }
      }
    }
    if (i <= j) s++;
    if (j <= i) t++;
  }
  return out;
}
