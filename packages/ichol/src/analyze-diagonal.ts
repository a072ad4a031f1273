import { checkLength } from "@slam/errors";
import { newArrays, type Scratch } from "@slam/linop";
import type { BsrPattern } from "@slam/sparse";
import { type CholeskySymbolic, checkLowerTriangle, sizesOf } from "./symbolic.ts";

/**
 * The structure of a block diagonal matrix, which is its factor's too: what `analyzeCholesky` finds with fill 0 in the natural order, without looking for it.
 *
 * @param A one block in each block row, that on the diagonal; its arrays are the factor's too.
 * @param scratch what arrays are taken from. Default new ones.
 * @throws OptionError, DimensionError for a pattern that is another.
 */
export function analyzeDiagonal(A: BsrPattern, scratch: Scratch = newArrays): CholeskySymbolic {
  checkLowerTriangle(A);
  const { blockRows: n, rowPtr, colIdx } = A;
  checkLength("analyzeDiagonal: blocks", colIdx.length, n);
  const destination = scratch.integers(n);
  for (let k = 0; k < n; k++) destination[k] = 2 * k;
  const structure = {
    fill: 0,
    n,
    order: colIdx,
    L: { colPtr: rowPtr, rowIdx: colIdx },
    supernodes: { first: rowPtr, updatePtr: scratch.integers(n + 1), updates: scratch.integers(0) },
    destination,
    blockUpdates: 0,
  };
  return { ...structure, A, b: A.r, ...sizesOf(structure, A.r) };
}
