import { checkInteger, checkLength, DimensionError, OptionError } from "@slam/errors";
import { newArrays, type Scratch } from "@slam/linop";

/**
 * Where the blocks of a block sparse matrix are; no numbers and no format. Block compressed rows: the blocks of block row i are
 * rowPtr[i] ... rowPtr[i + 1] - 1, at the block columns colIdx, ascending in each row.
 */
export interface BsrPattern {
  /** Numbers of block rows and block columns. */
  readonly blockRows: number;
  readonly blockCols: number;
  /** A block is r x c. */
  readonly r: number;
  readonly c: number;
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
}

/**
 * Checks and wraps the arrays; no copy.
 * @throws DimensionError, OptionError for lengths that do not fit and for columns out of range, unsorted or repeated in a row.
 */
export function bsrPattern(pattern: BsrPattern): BsrPattern {
  const { blockRows, blockCols, r, c, rowPtr, colIdx } = pattern;
  checkInteger("bsrPattern: blockRows", blockRows, 0);
  checkInteger("bsrPattern: blockCols", blockCols, 0);
  checkInteger("bsrPattern: r", r, 1);
  checkInteger("bsrPattern: c", c, 1);
  checkLength("bsrPattern: rowPtr", rowPtr.length, blockRows + 1);
  if (rowPtr[0] !== 0) throw new OptionError("bsrPattern: rowPtr[0]", { expected: "0", actual: rowPtr[0] });
  for (let i = 0; i < blockRows; i++) {
    if (rowPtr[i + 1] < rowPtr[i])
      throw new OptionError(`bsrPattern: rowPtr[${i + 1}]`, { expected: `at least ${rowPtr[i]}`, actual: rowPtr[i + 1] });
    const end = Math.min(rowPtr[i + 1], colIdx.length);
    let least = 0;
    for (let k = rowPtr[i]; k < end; k++) {
      // A message for each block would cost more than all the checks.
      if (colIdx[k] < least || colIdx[k] >= blockCols)
        checkInteger(`bsrPattern: colIdx[${k}] of block row ${i}`, colIdx[k], least, blockCols - 1);
      least = colIdx[k] + 1;
    }
  }
  if (colIdx.length !== rowPtr[blockRows])
    throw new DimensionError("bsrPattern: colIdx", { expected: rowPtr[blockRows], actual: colIdx.length });
  return pattern;
}

/**
 * The pattern of A', and for each of its blocks the block of A that it comes from.
 *
 * @param scratch what its arrays are taken from. Default new ones.
 */
export function transposePattern(
  pattern: BsrPattern,
  scratch: Scratch = newArrays,
): { readonly pattern: BsrPattern; readonly source: Int32Array } {
  const { blockRows, blockCols, r, c, rowPtr, colIdx } = pattern;
  const starts = scratch.integers(blockCols + 1);
  for (let k = 0; k < colIdx.length; k++) starts[colIdx[k] + 1]++;
  for (let j = 0; j < blockCols; j++) starts[j + 1] += starts[j];
  const next = scratch.integers(blockCols + 1);
  next.set(starts);
  const rows = scratch.integers(colIdx.length);
  const source = scratch.integers(colIdx.length);
  for (let i = 0; i < blockRows; i++) {
    for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) {
      const at = next[colIdx[k]]++;
      rows[at] = i;
      source[at] = k;
    }
  }
  return { pattern: { blockRows: blockCols, blockCols: blockRows, r: c, c: r, rowPtr: starts, colIdx: rows }, source };
}
