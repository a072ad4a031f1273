import { checkLength } from "@slam/errors";
import { type AnyPrecision, decodeTable, type FP32, type FP64, fp32, fp64, type RoundingEvents, type Storage, type Vec } from "@slam/float";
import type { LinearOperator, Operation, VectorSpace, Work } from "@slam/linop";
import type { BsrMatrix } from "./bsr-matrix.ts";
import { multiply16, multiplyTransposed16 } from "./spmv.codes.ts";
import { multiply32, multiplyTransposed32 } from "./spmv.fp32.ts";
import { multiply64, multiplyTransposed64 } from "./spmv.fp64.ts";
import { multiplyReference, multiplyTransposedReference } from "./spmv.reference.ts";

export interface BsrOperatorOptions {
  /** What every product and sum in A x is rounded to. Default: the arithmetic of the space. */
  readonly arithmetic?: AnyPrecision;
  /** The operation this is counted as. Default "matvec". */
  readonly operation?: Operation;
  readonly work?: Work;
}

/**
 * The products with A and A' on vectors of a space. Plain loops run where matrix, arithmetic and vectors are fp64, or the matrix is fp32 or
 * 16-bit codes under fp32 arithmetic and vectors; otherwise the reference does. All have the same bits.
 */
export function bsrOperator<M extends AnyPrecision, P extends AnyPrecision>(
  matrix: BsrMatrix<M>,
  space: VectorSpace<P>,
  options: BsrOperatorOptions = {},
): LinearOperator<P> {
  const { pattern, format } = matrix;
  const { arithmetic = space.format.arithmetic, operation = "matvec", work } = options;
  const rows = pattern.blockRows * pattern.r;
  const cols = pattern.blockCols * pattern.c;
  const kernels = chooseKernels(matrix, arithmetic, space);
  const entries = (matrix.values as Storage).length;
  const bytes = entries * format.Storage.BYTES_PER_ELEMENT + 4 * pattern.colIdx.length;
  function run(kernel: Kernel, what: string, x: Storage, xLength: number, y: Storage, yLength: number): void {
    checkLength(`${what}: x`, x.length, xLength);
    checkLength(`${what}: y`, y.length, yLength);
    kernel(x, y);
    if (kernels.plain) countInfinite(y, space.events);
    work?.count(operation, arithmetic.name, 2 * entries, format.name, bytes);
  }
  return {
    rows,
    cols,
    space,
    storage: format.name,
    multiply: (x: Vec<P>, y: Vec<P>) => run(kernels.multiply, "multiply", x as Storage, cols, y as Storage, rows),
    multiplyTransposed: (x: Vec<P>, y: Vec<P>) =>
      run(kernels.multiplyTransposed, "multiplyTransposed", x as Storage, rows, y as Storage, cols),
  };
}

type Kernel = (x: Storage, y: Storage) => void;

interface Kernels {
  readonly multiply: Kernel;
  readonly multiplyTransposed: Kernel;
  /** Plain loops count nothing while they run: in fp64 and fp32 an overflow is what is infinite afterwards. */
  readonly plain: boolean;
}

function countInfinite(y: Storage, events: RoundingEvents): void {
  for (let i = 0; i < y.length; i++) if (y[i] === Infinity || y[i] === -Infinity) events.overflows++;
}

function chooseKernels(matrix: BsrMatrix<AnyPrecision>, A: AnyPrecision, space: VectorSpace<AnyPrecision>): Kernels {
  const { pattern, format } = matrix;
  const V: AnyPrecision = space.format.storage;
  if (format === (fp64 as AnyPrecision) && A === fp64 && V === fp64) {
    const values = matrix.values as Vec<FP64>;
    return {
      multiply: (x, y) => multiply64(pattern, values, x as Float64Array, y as Float64Array),
      multiplyTransposed: (x, y) => multiplyTransposed64(pattern, values, x as Float64Array, y as Float64Array),
      plain: true,
    };
  }
  if (A === fp32 && V === fp32) {
    if (format === (fp32 as AnyPrecision)) {
      const values = matrix.values as Vec<FP32>;
      return {
        multiply: (x, y) => multiply32(pattern, values, x as Float32Array, y as Float32Array),
        multiplyTransposed: (x, y) => multiplyTransposed32(pattern, values, x as Float32Array, y as Float32Array),
        plain: true,
      };
    }
    const table = decodeTable(format);
    if (table !== undefined) {
      const codes = matrix.values as unknown as Uint16Array;
      return {
        multiply: (x, y) => multiply16(pattern, codes, table, x as Float32Array, y as Float32Array),
        multiplyTransposed: (x, y) => multiplyTransposed16(pattern, codes, table, x as Float32Array, y as Float32Array),
        plain: true,
      };
    }
  }
  const { events, format: vectors } = space;
  return {
    multiply: (x, y) => multiplyReference(matrix, A, vectors, x, y, events),
    multiplyTransposed: (x, y) => multiplyTransposedReference(matrix, A, vectors, x, y, events),
    plain: false,
  };
}
