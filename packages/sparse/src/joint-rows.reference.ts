import { type AnyPrecision, type RoundingEvents, type Storage, storeCounted } from "@slam/float";
import type { BsrMatrix } from "./bsr-matrix.ts";

/**
 * w <- (A'A + diag(d)) x for A = [A_1 A_2 ...], whose parts have at most one block in a row each; returns |A x|^2 + x'(d .* x).
 *
 * A row's entries, those of all parts one after the other (of parts that have no block there, zeros), are summed in four lanes, entry j in lane j mod 4, by ascending j; then
 * q = (L0 + L2) + (L1 + L3). w_j begins as d_j x_j, or 0, and takes v_j q by ascending row. Each of these is rounded to the arithmetic A; |A x|^2 and x'(d .* x) are summed in fp64:
 * the squares of a block's first row, second row, ..., each by ascending block row, and these sums in order; x_j (d_j x_j) in four lanes, added as a row's.
 *
 * @param parts of equally many rows.
 * @param x length columns, the parts' one after the other, in the format A.
 * @param d undefined for none.
 * @param events counts what w overflows.
 */
export function multiplyNormalReference(
  parts: readonly BsrMatrix<AnyPrecision>[],
  A: AnyPrecision,
  x: Storage,
  d: Storage | undefined,
  w: Storage,
  events: RoundingEvents,
): number {
  const { blockRows, r } = parts[0].pattern;
  const starts = startsOf(parts);
  const width = 4 * Math.ceil(parts.reduce((sum, { pattern }) => sum + pattern.c, 0) / 4);
  const squares = new Float64Array(r);
  const sums = Float64Array.from({ length: x.length }, (_, j) => (d === undefined ? 0 : A.mul(d[j], x[j])));
  const ofD = [0, 0, 0, 0];
  for (let j = 0; j < x.length; j++) ofD[j % 4] += x[j] * sums[j];
  for (let i = 0; i < blockRows; i++) {
    for (let a = 0; a < r; a++) {
      const { values, columns } = rowOf(parts, starts, i, a, width);
      const lanes = [0, 0, 0, 0];
      for (let j = 0; j < width; j++) {
        const product = A.mul(values[j], columns[j] < 0 ? 0 : x[columns[j]]);
        lanes[j % 4] = j < 4 ? product : A.add(lanes[j % 4], product);
      }
      const q = A.add(A.add(lanes[0], lanes[2]), A.add(lanes[1], lanes[3]));
      squares[a] += q * q;
      for (let j = 0; j < width; j++) if (columns[j] >= 0) sums[columns[j]] = A.add(sums[columns[j]], A.mul(values[j], q));
    }
  }
  for (let j = 0; j < w.length; j++) storeCounted(A, w, j, sums[j], events);
  return squares.reduce((sum, square) => sum + square, 0) + (ofD[0] + ofD[2] + (ofD[1] + ofD[3]));
}

function startsOf(parts: readonly BsrMatrix<AnyPrecision>[]): readonly number[] {
  let start = 0;
  return parts.map(({ pattern }) => {
    const at = start;
    start += pattern.blockCols * pattern.c;
    return at;
  });
}

/** A row's entries and their columns, filled up to `width`. A part without a block there has zeros in its first block column. */
function rowOf(
  parts: readonly BsrMatrix<AnyPrecision>[],
  starts: readonly number[],
  i: number,
  a: number,
  width: number,
): { readonly values: Float64Array; readonly columns: Int32Array } {
  const values = new Float64Array(width);
  const columns = new Int32Array(width).fill(-1);
  let at = 0;
  for (const [k, part] of parts.entries()) {
    const { r, c, rowPtr, colIdx } = part.pattern;
    const block = rowPtr[i];
    const isThere = rowPtr[i + 1] > block;
    for (let j = 0; j < c; j++, at++) {
      columns[at] = starts[k] + (isThere ? colIdx[block] : 0) * c + j;
      if (isThere) values[at] = part.format.load(part.values as Storage, (block * r + a) * c + j);
    }
  }
  return { values, columns };
}
