import { checkLength, OptionError } from "@slam/errors";
import { type AnyPrecision, decodeTable, type FP32, type FP64, fp32, fp64, type Storage, type Vec } from "@slam/float";
import type { LinearOperator, Operation, VectorSpace, Work } from "@slam/linop";
import { Arena } from "@slam/wasm";
import { type BsrMatrix, valueCount } from "./bsr-matrix.ts";
import { isEnginesArithmetic, isPackable } from "./packable.ts";
import { PackedBsr, type PackedProducts, packBsr, productsOf } from "./packed-bsr.ts";
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
 * The products with A and A' on vectors of a space; whatever computes them, the bits are the reference's.
 *
 * The engine does on a space of an arena, where the arithmetic is the vectors' format, and the matrix is in fp64, with fp64 arithmetic, or in a format
 * with lanes: it packs the matrix into that arena as it is now, or takes one packed before. Otherwise plain loops do where matrix, arithmetic and vectors are fp64, or
 * the matrix is fp32 or 16-bit codes under fp32 arithmetic and vectors; otherwise the reference itself.
 *
 * @throws OptionError for a packed matrix with a space that is not of its arena, or another arithmetic; ArenaError where a matrix does not fit.
 */
export function bsrOperator<M extends AnyPrecision, P extends AnyPrecision>(
  matrix: BsrMatrix<M> | PackedBsr<M>,
  space: VectorSpace<P>,
  options: BsrOperatorOptions = {},
): LinearOperator<P> {
  const { pattern, format } = matrix;
  const { arithmetic = space.format.arithmetic, operation = "matvec", work } = options;
  const rows = pattern.blockRows * pattern.r;
  const cols = pattern.blockCols * pattern.c;
  const products = engineProducts(matrix, arithmetic, space) ?? chooseLoops(matrix as BsrMatrix<M>, arithmetic, space);
  const entries = valueCount(pattern);
  const flops = 2 * entries;
  const bytes = entries * format.Storage.BYTES_PER_ELEMENT + 4 * pattern.colIdx.length;
  function run(product: Product, what: string, x: Storage, xLength: number, y: Storage, yLength: number): void {
    checkLength(`${what}: x`, x.length, xLength);
    checkLength(`${what}: y`, y.length, yLength);
    const overflows = product(x, y);
    space.events.overflows += overflows;
    work?.count(operation, arithmetic.name, flops, format.name, bytes);
  }
  function multiplyNormal(x: Vec<P>, q: Vec<P>, w: Vec<P>): void {
    checkLength("multiplyNormal: x", (x as Storage).length, cols);
    checkLength("multiplyNormal: q", (q as Storage).length, rows);
    checkLength("multiplyNormal: w", (w as Storage).length, cols);
    space.events.overflows += products.multiplyNormal!(x as Storage, q as Storage, w as Storage);
    work?.count(operation, arithmetic.name, 2 * flops, format.name, 2 * bytes);
  }
  return {
    rows,
    cols,
    space,
    storage: format.name,
    multiply: (x: Vec<P>, y: Vec<P>) => run(products.multiply, "multiply", x as Storage, cols, y as Storage, rows),
    multiplyTransposed: (x: Vec<P>, y: Vec<P>) =>
      run(products.multiplyTransposed, "multiplyTransposed", x as Storage, rows, y as Storage, cols),
    ...(products.multiplyNormal && { multiplyNormal }),
  };
}

/** Returns how many overflows there were that are not counted yet. */
type Product = PackedProducts["multiply"];

function engineProducts(
  matrix: BsrMatrix<AnyPrecision> | PackedBsr,
  A: AnyPrecision,
  space: VectorSpace<AnyPrecision>,
): PackedProducts | undefined {
  const { arena } = space as { readonly arena?: unknown };
  const { storage } = space.format;
  const fits = A === storage && isEnginesArithmetic(matrix.format, A);
  if (matrix instanceof PackedBsr) {
    if (arena !== matrix.arena) throw new OptionError("bsrOperator: space", { expected: "one of the pack's arena", actual: "another" });
    if (!fits)
      throw new OptionError("bsrOperator: arithmetic", {
        expected: `that of the vectors${matrix.format === fp64 ? ", fp64" : ""}`,
        actual: `${A.name} on ${storage.name}`,
      });
    return productsOf(matrix, A);
  }
  return arena instanceof Arena && fits && isPackable(matrix.pattern, matrix.format) ? productsOf(packBsr(matrix, arena), A) : undefined;
}

/** Plain loops count nothing while they run: in fp64 and fp32 an overflow is what is infinite afterwards. */
function counted(product: (x: Storage, y: Storage) => void): Product {
  return (x, y) => {
    product(x, y);
    let infinite = 0;
    for (let i = 0; i < y.length; i++) if (y[i] === Infinity || y[i] === -Infinity) infinite++;
    return infinite;
  };
}

function chooseLoops(matrix: BsrMatrix<AnyPrecision>, A: AnyPrecision, space: VectorSpace<AnyPrecision>): PackedProducts {
  const { pattern, format } = matrix;
  const V: AnyPrecision = space.format.storage;
  if (format === (fp64 as AnyPrecision) && A === fp64 && V === fp64) {
    const values = matrix.values as Vec<FP64>;
    return {
      multiply: counted((x, y) => multiply64(pattern, values, x as Float64Array, y as Float64Array)),
      multiplyTransposed: counted((x, y) => multiplyTransposed64(pattern, values, x as Float64Array, y as Float64Array)),
    };
  }
  if (A === fp32 && V === fp32) {
    if (format === (fp32 as AnyPrecision)) {
      const values = matrix.values as Vec<FP32>;
      return {
        multiply: counted((x, y) => multiply32(pattern, values, x as Float32Array, y as Float32Array)),
        multiplyTransposed: counted((x, y) => multiplyTransposed32(pattern, values, x as Float32Array, y as Float32Array)),
      };
    }
    const table = decodeTable(format);
    if (table !== undefined) {
      const codes = matrix.values as unknown as Uint16Array;
      return {
        multiply: counted((x, y) => multiply16(pattern, codes, table, x as Float32Array, y as Float32Array)),
        multiplyTransposed: counted((x, y) => multiplyTransposed16(pattern, codes, table, x as Float32Array, y as Float32Array)),
      };
    }
  }
  const { events, format: vectors } = space;
  return {
    multiply: (x, y) => {
      multiplyReference(matrix, A, vectors, x, y, events);
      return 0;
    },
    multiplyTransposed: (x, y) => {
      multiplyTransposedReference(matrix, A, vectors, x, y, events);
      return 0;
    },
  };
}
