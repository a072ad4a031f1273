import { checkLength } from "@slam/errors";
import { type AnyPrecision, type RoundingEvents, type Storage, storeCounted, type Vec, zeros } from "@slam/float";
import { type BsrPattern, transposePattern } from "./bsr-pattern.ts";

/** A block sparse matrix in the format P: blocks in the pattern's order, each row-major. Canonical and readable; solvers see operators. */
export interface BsrMatrix<P extends AnyPrecision> {
  readonly pattern: BsrPattern;
  readonly format: P;
  /** r c values per block. */
  readonly values: Vec<P>;
}

/** @throws DimensionError unless there are r c values for each block. No copy. */
export function bsrMatrix<P extends AnyPrecision>(
  pattern: BsrPattern,
  format: P,
  values: Vec<P> = zeros(format, valueCount(pattern)),
): BsrMatrix<P> {
  checkLength("bsrMatrix: values", (values as Storage).length, valueCount(pattern));
  return { pattern, format, values };
}

/** Stored scalars of a pattern: r c for each block. */
export function valueCount(pattern: BsrPattern): number {
  return pattern.colIdx.length * pattern.r * pattern.c;
}

/**
 * B = A diag(scale), in another format: each product is rounded once, from fp64, into `to`. By powers of two into the same format it is
 * exact, in the format's range.
 *
 * @param scale length columns of A.
 * @param events counts what overflows and what is flushed to zero.
 * @throws DimensionError if the length of `scale` does not fit.
 */
export function scaleColumns<P extends AnyPrecision, Q extends AnyPrecision>(
  A: BsrMatrix<P>,
  scale: Float64Array,
  to: Q,
  events: RoundingEvents,
): BsrMatrix<Q> {
  const { r, c, colIdx, blockCols } = A.pattern;
  checkLength("scaleColumns: scale", scale.length, blockCols * c);
  const B = bsrMatrix(A.pattern, to);
  const from = A.values as Storage;
  const into = B.values as Storage;
  if (holdsNumbers(from) && holdsNumbers(into)) {
    scaleNumbers(A.pattern, from, scale, into, events);
    return B;
  }
  for (let k = 0, at = 0; k < colIdx.length; k++) {
    for (let a = 0; a < r; a++) {
      for (let j = 0; j < c; j++, at++) storeCounted(to, into, at, A.format.load(from, at) * scale[colIdx[k] * c + j], events);
    }
  }
  return B;
}

type Numbers = Float64Array | Float32Array;

function holdsNumbers(values: Storage): values is Numbers {
  return values instanceof Float64Array || values instanceof Float32Array;
}

/** scaleColumns where the stores round by themselves; an overflow is then what is infinite, and what was flushed is zero. */
function scaleNumbers({ r, c, colIdx }: BsrPattern, from: Numbers, scale: Float64Array, into: Numbers, events: RoundingEvents): void {
  for (let k = 0, at = 0; k < colIdx.length; k++) {
    for (let a = 0; a < r; a++) {
      for (let j = 0; j < c; j++, at++) {
        const product = from[at] * scale[colIdx[k] * c + j];
        into[at] = product;
        const stored = into[at];
        if (stored === Infinity || stored === -Infinity) events.overflows++;
        else if (stored === 0 && product !== 0) events.flushed++;
      }
    }
  }
}

/** A' as a matrix of its own. */
export function transpose<P extends AnyPrecision>(A: BsrMatrix<P>): BsrMatrix<P> {
  const { r, c } = A.pattern;
  const { pattern, source } = transposePattern(A.pattern);
  const T = bsrMatrix(pattern, A.format);
  const from = A.values as Storage;
  const into = T.values as Storage;
  for (let k = 0; k < source.length; k++) {
    for (let a = 0; a < r; a++) {
      for (let j = 0; j < c; j++) into[(k * c + j) * r + a] = from[(source[k] * r + a) * c + j];
    }
  }
  return T;
}
