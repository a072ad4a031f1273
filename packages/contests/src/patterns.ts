import type { AnyPrecision, Storage } from "@slam/float";
import { type BsrMatrix, type BsrPattern, bsrMatrix, bsrPattern, valueCount } from "@slam/sparse";

/** Blocks of edges or observations: r x c, two in a row where `pair`. */
export interface Shape {
  readonly r: number;
  readonly c: number;
  readonly pair: boolean;
}

/** A Jacobian of so many megabytes in fp32: edges of a walk in laps of 50 poses, or observations of points by cameras. */
export function jacobianPattern({ r, c, pair }: Shape, megabytes: number): BsrPattern {
  const blockRows = Math.ceil((megabytes * 1e6) / (4 * r * c * (pair ? 2 : 1)));
  if (pair) {
    // Each pose has an edge to the one before it and one to its neighbour of the last lap.
    return pattern(blockRows, (blockRows >> 1) + 51, r, c, (edge) => [(edge >> 1) + (edge % 2 === 0 ? 49 : 0), (edge >> 1) + 50]);
  }
  // A point is seen four times in a row; a camera sees 2000 points, here and there.
  if (r < c && c === 3) return pattern(blockRows, Math.ceil(blockRows / 4), r, c, (k) => [k >> 2]);
  const cameras = Math.ceil(blockRows / 2000);
  return pattern(blockRows, cameras, r, c, (k) => [(Math.imul(k + 1, 0x9e3779b1) >>> 0) % cameras]);
}

/** The lower triangle by block rows of a band matrix whose factor takes so many megabytes in fp32: no fill, if eliminated in order. */
export function bandPattern(b: number, width: number, megabytes: number): BsrPattern {
  const blockRows = Math.ceil((megabytes * 1e6) / (4 * b * b * (width + 1)));
  const rowPtr = new Int32Array(blockRows + 1);
  for (let i = 0; i < blockRows; i++) rowPtr[i + 1] = rowPtr[i] + Math.min(i, width) + 1;
  const colIdx = new Int32Array(rowPtr[blockRows]);
  for (let i = 0, k = 0; i < blockRows; i++) for (let j = Math.max(0, i - width); j <= i; j++) colIdx[k++] = j;
  return bsrPattern({ blockRows, blockCols: blockRows, r: b, c: b, rowPtr, colIdx });
}

/** After how many values they come again. */
const PERIOD = 31;

/** Sixteenths, exact in each format, as the kernels in C have them. */
export function filled(p: BsrPattern, P: AnyPrecision): BsrMatrix<AnyPrecision> {
  const A = bsrMatrix(p, P);
  const values = (A.values as Storage).subarray(0, valueCount(p));
  for (let k = 0; k < Math.min(PERIOD, values.length); k++) P.store(values, k, ((k * 7) % PERIOD) / 16 - 0.9375);
  for (let done = PERIOD; done < values.length; done *= 2) values.copyWithin(done, 0, done);
  return A as BsrMatrix<AnyPrecision>;
}

function pattern(blockRows: number, blockCols: number, r: number, c: number, columns: (row: number) => readonly number[]): BsrPattern {
  const width = columns(0).length;
  const rowPtr = Int32Array.from({ length: blockRows + 1 }, (_, i) => i * width);
  const colIdx = new Int32Array(blockRows * width);
  for (let i = 0; i < blockRows; i++) colIdx.set(columns(i), i * width);
  return bsrPattern({ blockRows, blockCols, r, c, rowPtr, colIdx });
}
