import { checkInteger } from "@slam/errors";
import type { AnyPrecision, Storage, Vec } from "@slam/float";
import ndarray from "ndarray";
import type { BsrMatrix } from "./bsr-matrix.ts";

/** What a view of a matrix in P reads: the typed array itself, or codes behind `get` and `set` of numbers. */
export type ViewData<P extends AnyPrecision> = Vec<P> extends Float64Array | Float32Array ? Vec<P> : ndarray.GenericArray<number>;

/**
 * Block k of A, r x c, in A's own memory: what is set in the view is set in A, rounded once to its format.
 * @throws OptionError unless A has a block k.
 */
export function blockView<P extends AnyPrecision>(A: BsrMatrix<P>, k: number): ndarray.NdArray<ViewData<P>> {
  const { r, c, colIdx } = A.pattern;
  checkInteger("blockView: k", k, 0, colIdx.length - 1);
  return ndarray(viewData(A), [r, c], [c, 1], k * r * c);
}

function viewData<P extends AnyPrecision>({ format, values }: BsrMatrix<P>): ViewData<P> {
  const codes = values as Storage;
  if (codes instanceof Float64Array || codes instanceof Float32Array) return codes as unknown as ViewData<P>;
  const data: ndarray.GenericArray<number> = {
    length: codes.length,
    get: (i) => format.load(codes, i),
    set: (i, x) => format.store(codes, i, x),
  };
  return data as ViewData<P>;
}

/** A copy of A as a dense array in fp64, exactly; zero where A has no block. */
export function toDense<P extends AnyPrecision>(A: BsrMatrix<P>): ndarray.NdArray<Float64Array> {
  const { blockRows, blockCols, r, c, rowPtr, colIdx } = A.pattern;
  const cols = blockCols * c;
  const dense = new Float64Array(blockRows * r * cols);
  for (let i = 0; i < blockRows; i++) {
    for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
      for (let a = 0; a < r; a++) {
        for (let j = 0; j < c; j++) dense[(i * r + a) * cols + colIdx[k] * c + j] = A.format.load(A.values as Storage, (k * r + a) * c + j);
      }
    }
  }
  return ndarray(dense, [blockRows * r, cols]);
}
