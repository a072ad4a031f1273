import { OptionError } from "@slam/errors";
import { type AnyPrecision, bf16, fp16, fp32, fp64, type Storage, scaleFp16Codes } from "@slam/float";
import { type Arena, bytesFor, kernels } from "@slam/wasm";
import { type BsrMatrix, valueCount } from "./bsr-matrix.ts";
import type { BsrPattern } from "./bsr-pattern.ts";
import { type BsrKernels, bsrKernels } from "./spmv.kernel.ts";
import type { Layout } from "./stored-lanes.kernel.ts";

/** Kernels are emitted for blocks up to this size in both directions. */
const LARGEST_BLOCK = 9;
const FORMATS: readonly AnyPrecision[] = [fp64, fp32, fp16, bf16];

/** The products with vectors in the arena, of the right lengths. They return how many infinities they stored. */
export interface PackedProducts {
  /** y <- A x */
  multiply(x: Storage, y: Storage): number;
  /** y <- A' x */
  multiplyTransposed(x: Storage, y: Storage): number;
}

let productsOf: (packed: PackedBsr) => PackedProducts;

/** A block sparse matrix as the engine's kernels read it: a copy of pattern and values in an arena. Made by `packBsr`, used by `bsrOperator`. */
export class PackedBsr<P extends AnyPrecision = AnyPrecision> {
  readonly pattern: BsrPattern;
  readonly format: P;
  readonly arena: Arena;
  readonly #rowPtr: number;
  readonly #colIdx: number;
  readonly #values: Storage;
  #kernels: BsrKernels;

  static {
    productsOf = (packed) => ({
      multiply: (x, y) => packed.#multiply(x, y),
      multiplyTransposed: (x, y) => packed.#multiplyTransposed(x, y),
    });
  }

  constructor(matrix: BsrMatrix<P>, arena: Arena) {
    const { pattern, format } = matrix;
    this.pattern = pattern;
    this.format = format;
    this.arena = arena;
    this.#rowPtr = copyIndices(arena, pattern.rowPtr);
    this.#colIdx = copyIndices(arena, pattern.colIdx);
    this.#values = arena.view(format as AnyPrecision, storedValues(pattern)) as Storage;
    this.#kernels = this.#copyValues(matrix);
  }

  /**
   * Takes the values of another matrix of the same pattern and format. No memory is taken.
   * @throws OptionError for another pattern, or another format.
   */
  replaceValues(matrix: BsrMatrix<P>): void {
    const { pattern, format } = this;
    if (matrix.pattern !== pattern) throw new OptionError("replaceValues: pattern", { expected: "the packed one", actual: "another" });
    if (matrix.format !== format) throw new OptionError("replaceValues: format", { expected: format.name, actual: matrix.format.name });
    this.#kernels = this.#copyValues(matrix);
  }

  /** Gives the kernels for how the values lie then. */
  #copyValues(matrix: BsrMatrix<P>): BsrKernels {
    const { r, c } = this.pattern;
    const values = matrix.values as Storage;
    const isScaled = (this.format as AnyPrecision) === fp16 && scaleFp16Codes(values, this.#values);
    if (!isScaled) this.#values.set(values);
    return kernels(this.arena, bsrKernels, r, c, isScaled ? "fp16-scaled" : (this.format.name as Layout));
  }

  #multiply(x: Storage, y: Storage): number {
    const xAt = this.arena.address("multiply: x", x);
    const yAt = this.arena.address("multiply: y", y);
    return this.#kernels.multiply(this.#rowPtr, this.#colIdx, this.#values.byteOffset, this.pattern.blockRows, xAt, yAt);
  }

  #multiplyTransposed(x: Storage, y: Storage): number {
    const xAt = this.arena.address("multiplyTransposed: x", x);
    const yAt = this.arena.address("multiplyTransposed: y", y);
    y.fill(0);
    this.#kernels.multiplyTransposed(this.#rowPtr, this.#colIdx, this.#values.byteOffset, this.pattern.blockRows, xAt, yAt);
    return this.#kernels.countInfinite(yAt, y.length);
  }
}

export { productsOf };

/**
 * The matrix copied to an arena, for the engine. Values that change afterwards reach it by `replaceValues`.
 *
 * @throws OptionError for a format or a block size that has no kernels; ArenaError where the arena is too small, see `packedBytes`.
 */
export function packBsr<P extends AnyPrecision>(matrix: BsrMatrix<P>, arena: Arena): PackedBsr<P> {
  const { pattern, format } = matrix;
  if (!isPackable(pattern, format)) {
    throw new OptionError("packBsr: matrix", {
      expected: `blocks up to ${LARGEST_BLOCK} x ${LARGEST_BLOCK} in ${FORMATS.map(({ name }) => name).join(", ")}`,
      actual: `of ${pattern.r} x ${pattern.c} in ${format.name}`,
    });
  }
  return new PackedBsr(matrix, arena);
}

/** Whether there are kernels for a matrix. */
export function isPackable({ r, c }: BsrPattern, format: AnyPrecision): boolean {
  return r <= LARGEST_BLOCK && c <= LARGEST_BLOCK && FORMATS.includes(format);
}

/** What a matrix takes in an arena. */
export function packedBytes(pattern: BsrPattern, format: AnyPrecision): number {
  return (
    bytesFor(Int32Array, pattern.rowPtr.length) + bytesFor(Int32Array, pattern.colIdx.length) + bytesFor(format, storedValues(pattern))
  );
}

/** Kernels read three values as four, and may do so at the end. */
function storedValues(pattern: BsrPattern): number {
  return valueCount(pattern) + 1;
}

function copyIndices(arena: Arena, indices: Int32Array): number {
  const copy = arena.view(Int32Array, indices.length);
  copy.set(indices);
  return arena.address("packBsr: indices", copy);
}
