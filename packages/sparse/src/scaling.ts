import { checkLength } from "@slam/errors";
import { type AnyPrecision, exponentOf, HIGH_WORD, powerOfTwo, type Storage } from "@slam/float";
import { newArrays, type Scratch } from "@slam/linop";
import type { BsrMatrix } from "./bsr-matrix.ts";

/** c_j = sum_i A_ij^2 in fp64, by ascending row: the diagonal of A'A. */
export function columnSquares<P extends AnyPrecision>(A: BsrMatrix<P>): Float64Array {
  const { r, c, colIdx, blockCols } = A.pattern;
  const squares = new Float64Array(blockCols * c);
  const values = A.values as Storage;
  const numbers = values instanceof Float64Array || values instanceof Float32Array;
  for (let k = 0, at = 0; k < colIdx.length; k++) {
    for (let a = 0; a < r; a++) {
      for (let j = 0; j < c; j++, at++) {
        const v = numbers ? values[at] : A.format.load(values, at);
        squares[colIdx[k] * c + j] += v * v;
      }
    }
  }
  return squares;
}

/**
 * Jacobi scaling by powers of two: s_j = 2^k with s_j^2 c_j in [1/2, 2), so that A diag(s) has columns of about unit norm and no bit of A
 * changes. 1 where c_j is zero or not finite.
 *
 * @param scratch what the scaling is taken from. Default a new array.
 * @see van der Sluis, Condition numbers and equilibration of matrices, Numer. Math. 14, 1969.
 */
export function jacobiScaling(squares: Float64Array, scratch: Scratch = newArrays): Float64Array {
  const scaling = scratch.numbers(squares.length);
  writeJacobiScaling(squares, scaling);
  return scaling;
}

/** scaling <- that of `jacobiScaling`. @throws DimensionError unless it has as many numbers. */
export function writeJacobiScaling(squares: Float64Array, scaling: Float64Array): void {
  checkLength("jacobiScaling: scaling", scaling.length, squares.length);
  // By the words that have the exponents: code that an engine has not optimised yet makes an object of each fp64 number that it reads.
  const from = new Int32Array(squares.buffer, squares.byteOffset, 2 * squares.length);
  const into = new Int32Array(scaling.buffer, scaling.byteOffset, 2 * squares.length);
  scaling.fill(1);
  for (let j = 0, word: number = HIGH_WORD; j < squares.length; j++, word += 2) {
    // 2^-floor((e + 1) / 2) for m 2^e with 1 <= m < 2; a normal number's word begins with e + 1023.
    const exponent = from[word] >> 20;
    if (exponent > 0 && exponent < 0x7ff) into[word] = (1023 - ((exponent - 1022) >> 1)) << 20;
    else if (exponent === 0 && squares[j] > 0) scaling[j] = powerOfTwo(-((exponentOf(squares[j]) + 1) >> 1));
  }
}
