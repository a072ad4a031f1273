import { checkLength, OptionError } from "@slam/errors";
import { type AnyPrecision, fp16, fp32, fp64, type RoundingEvents, type Storage, scaleFp16Codes, sub, type Vec } from "@slam/float";
import { type Arena, kernels, nameForModules } from "@slam/wasm";
import { type BsrMatrix, valueCount } from "./bsr-matrix.ts";
import type { BsrPattern } from "./bsr-pattern.ts";
import { type ColumnSquaresKernel, columnSquaresKernel } from "./column-squares.kernel.ts";
import { interleaveCodes, isInterleaved } from "./interleaved.ts";
import { checkPackable, plainLayout, SCALED_FP16, storedValues, VALUES_BEYOND } from "./packable.ts";
import { type PackedPattern, packPattern, ROWS_A_CALL } from "./packed-pattern.ts";
import { scaleKernel } from "./scale.kernel.ts";
import { type BsrKernels, bsrKernels } from "./spmv.kernel.ts";
import { bytesOf, isFoldable, type Layout } from "./stored-lanes.kernel.ts";

nameForModules("sparse", { bsrKernels, columnSquaresKernel, scaleKernel });

/** Of values that stay in every processor's second-level cache, with room for vectors. */
const CACHED_BYTES = 2 ** 16;

/** The products with vectors in the arena, of the right lengths. They return how many infinities they stored. */
export interface PackedProducts {
  /** y <- A x */
  multiply(x: Storage, y: Storage): number;
  /** y <- A' x */
  multiplyTransposed(x: Storage, y: Storage): number;
  /** q <- A x, w <- A' q, in one pass; plain loops have none. */
  multiplyNormal?(x: Storage, q: Storage, w: Storage): number;
}

let productsOf: (packed: PackedBsr, arithmetic: AnyPrecision) => PackedProducts;
/** How a matrix's values lie, and where. */
let layoutOf: (packed: PackedBsr) => { readonly layout: Layout; readonly address: number };

/**
 * A block sparse matrix as the engine's kernels read it: values in an arena, beside the structure that it shares with others. Made by `packBsr`
 * and `packedBsr`, used by `bsrOperator`.
 */
export class PackedBsr<P extends AnyPrecision = AnyPrecision> {
  readonly structure: PackedPattern;
  readonly format: P;
  readonly #stored: Storage;
  #layout: Layout;
  #columnSquares: ColumnSquaresKernel | undefined;
  /** By arithmetic; the second with scales folded. */
  readonly #kernels: readonly Map<AnyPrecision, BsrKernels>[] = [new Map(), new Map()];

  static {
    productsOf = (packed, arithmetic) => ({
      multiply: (x, y) => packed.#multiply(arithmetic, FORWARD, x, y, undefined),
      multiplyTransposed: (x, y) => packed.#multiply(arithmetic, TRANSPOSED, undefined, x, y),
      multiplyNormal: (x, q, w) => packed.#multiply(arithmetic, NORMAL, x, q, w, packed.#rowsInCache()),
    });
    layoutOf = (packed) => ({ layout: packed.#layout, address: packed.#stored.byteOffset });
  }

  constructor(structure: PackedPattern, format: P) {
    this.structure = structure;
    this.format = format;
    this.#stored = structure.arena.view(format as AnyPrecision, storedValues(structure.pattern)) as Storage;
    this.#layout = plainLayout(format);
  }

  get pattern(): BsrPattern {
    return this.structure.pattern;
  }

  get arena(): Arena {
    return this.structure.arena;
  }

  /**
   * The values in the arena, in the order of `BsrMatrix`: with them a packed matrix in fp64 or fp32 is one. May be written.
   * @throws OptionError for a format of codes: how those lie is the kernels' choice.
   */
  get values(): Vec<P> {
    const { format } = this;
    if ((format as AnyPrecision) !== fp64 && (format as AnyPrecision) !== fp32) {
      throw new OptionError("values: format", { expected: "fp64 or fp32", actual: format.name });
    }
    return sub(this.#stored, 0, valueCount(this.pattern)) as unknown as Vec<P>;
  }

  /**
   * Takes the values of another matrix of the same pattern and format. No memory is taken.
   * @throws OptionError for another pattern, or another format.
   */
  replaceValues(matrix: BsrMatrix<P>): void {
    const { pattern, format } = this;
    if (matrix.pattern !== pattern) throw new OptionError("replaceValues: pattern", { expected: "the packed one", actual: "another" });
    if (matrix.format !== format) throw new OptionError("replaceValues: format", { expected: format.name, actual: matrix.format.name });
    const values = matrix.values as Storage;
    const isScaled = (format as AnyPrecision) === fp16 && scaleFp16Codes(values, this.#stored);
    if (!isScaled) this.#stored.set(values);
    const layout = isScaled ? SCALED_FP16 : plainLayout(format);
    const { r, c } = pattern;
    if (isInterleaved(r, c, layout)) interleaveCodes(sub(this.#stored, 0, values.length), r * c);
    this.#setLayout(layout);
  }

  /**
   * this <- source diag(scale): `scaleColumns` in the arena, with its bits and its events.
   *
   * @param source a matrix on the same structure; itself in fp64 and fp32.
   * @param scale length columns, in the arena.
   * @param events counts what overflows and what is flushed to zero.
   * @throws OptionError, DimensionError for a source or a scale that does not fit.
   */
  replaceScaled(source: PackedBsr, scale: Float64Array, events: RoundingEvents): void {
    const { structure, format } = this;
    const { pattern } = structure;
    // What has no room in one layout of codes is rounded again from the source.
    const isCodes = (format as AnyPrecision) !== fp64 && (format as AnyPrecision) !== fp32;
    if (source.structure !== structure || (isCodes && source === (this as PackedBsr))) {
      throw new OptionError("replaceScaled: source", { expected: "another matrix on the same structure", actual: "none" });
    }
    const { r, c } = pattern;
    const from = source.#stored.byteOffset;
    const blockBytes = r * c * bytesOf(source.#layout);
    this.#replaceScaled(
      { format: source.format, layout: source.#layout, rows: ROWS_A_CALL, at: (k) => from + k * blockBytes },
      scale,
      events,
    );
  }

  /**
   * this <- A diag(scale), with the bits and the events of `replaceScaled`, of an A that is not in the arena: so many of its block rows at a time are.
   *
   * @param A of the pattern, in fp64 or fp32.
   * @param staged in A's format, in the arena: `stagedValues` of them; overwritten.
   * @param scale, events as there.
   * @throws OptionError, DimensionError for arguments that do not fit.
   */
  replaceScaledCopy(A: BsrMatrix<AnyPrecision>, staged: Storage, scale: Float64Array, events: RoundingEvents): void {
    const { pattern, arena } = this.structure;
    const { format } = A;
    if (A.pattern !== pattern || (format !== fp64 && format !== fp32)) {
      throw new OptionError("replaceScaledCopy: A", { expected: "a matrix of the pattern in fp64 or fp32", actual: "another" });
    }
    checkLength("replaceScaledCopy: staged", staged.length, stagedValues(pattern));
    const size = pattern.r * pattern.c;
    const values = A.values as Storage;
    const address = arena.address("replaceScaledCopy: staged", staged);
    const at = (k: number, blocks: number): number => {
      staged.set(values.subarray(k * size, (k + blocks) * size));
      return address;
    };
    this.#replaceScaled({ format, layout: plainLayout(format), rows: STAGED_ROWS, at }, scale, events);
  }

  #replaceScaled(source: ScaleSource, scale: Float64Array, events: RoundingEvents): void {
    const { structure, format } = this;
    const { counts, pattern } = structure;
    checkLength("replaceScaled: scale", scale.length, pattern.blockCols * pattern.c);
    const at = structure.arena.address("replaceScaled: scale", scale);
    let layout = (format as AnyPrecision) === fp16 ? SCALED_FP16 : plainLayout(format);
    this.#scale(source, at, layout);
    if (counts[2] !== 0) {
      layout = plainLayout(format);
      this.#scale(source, at, layout);
    }
    this.#setLayout(layout);
    events.overflows += counts[0];
    events.flushed += counts[1];
  }

  #scale(source: ScaleSource, scale: number, layout: Layout): void {
    const { structure, format } = this;
    const { colIdx, counts, pattern } = structure;
    const { blockRows, r, c, rowPtr } = pattern;
    const below = layout === "fp64" ? Infinity : (layout.limit / format.maxFinite) * format.overflowThreshold;
    const kernel = kernels(structure.arena, scaleKernel, r, c, source.format, source.layout, format, layout, below);
    const into = this.#stored.byteOffset;
    const blockBytes = r * c * bytesOf(layout);
    counts.fill(0);
    for (let row = 0; row < blockRows; row += source.rows) {
      const k = rowPtr[row];
      const blocks = rowPtr[Math.min(row + source.rows, blockRows)] - k;
      kernel.scale(colIdx.byteOffset + 4 * k, blocks, source.at(k, blocks), scale, into + k * blockBytes, counts.byteOffset);
    }
  }

  /**
   * squares_j <- sum_i A_ij^2: `columnSquares`, with its bits.
   * @param squares length columns, in the arena.
   * @throws OptionError, DimensionError for one that does not fit.
   */
  columnSquares(squares: Float64Array): void {
    const { pattern, arena, rowPtr, colIdx } = this.structure;
    const { blockRows, blockCols, r, c } = pattern;
    checkLength("columnSquares: squares", squares.length, blockCols * c);
    const at = arena.address("columnSquares: squares", squares);
    this.#columnSquares ??= kernels(arena, columnSquaresKernel, r, c, this.format, this.#layout);
    const kernel = this.#columnSquares;
    squares.fill(0);
    for (let row = 0; row < blockRows; row += ROWS_A_CALL) {
      const rows = Math.min(ROWS_A_CALL, blockRows - row);
      kernel.columnSquares(rowPtr.byteOffset + 4 * row, colIdx.byteOffset, this.#stored.byteOffset, rows, at);
    }
  }

  #setLayout(layout: Layout): void {
    if (layout === this.#layout) return;
    this.#layout = layout;
    for (const known of this.#kernels) known.clear();
    this.#columnSquares = undefined;
  }

  #kernelsIn(arithmetic: AnyPrecision, fold: boolean): BsrKernels {
    const known = this.#kernels[fold ? 1 : 0];
    let found = known.get(arithmetic);
    if (found === undefined) {
      const { blockRows, r, c, colIdx } = this.pattern;
      const mean = Math.round(colIdx.length / blockRows);
      const perRow = mean === 1 || mean === 2 ? mean : "any";
      found = kernels(this.arena, bsrKernels, r, c, this.format, this.#layout, arithmetic, perRow, fold ? "folded" : "decoded");
      known.set(arithmetic, found);
    }
    return found;
  }

  /** Of blocks of two rows, scaling what they are multiplied with takes as long as scaling them. */
  #folds(arithmetic: AnyPrecision): boolean {
    return this.pattern.r > 2 && isFoldable(this.#layout, arithmetic);
  }

  #rowsInCache(): number {
    return Math.ceil((CACHED_BYTES * this.pattern.blockRows) / this.#stored.byteLength);
  }

  /**
   * q <- A x unless x is absent, w <- A'q unless w is: both by turns on so many block rows, whose values stay in the cache between them.
   *
   * @param names theirs, for messages.
   */
  #multiply(
    arithmetic: AnyPrecision,
    names: Names,
    x: Storage | undefined,
    q: Storage,
    w: Storage | undefined,
    rowsAtOnce = ROWS_A_CALL,
    fold = this.#folds(arithmetic),
  ): number {
    const { arena, rowPtr, colIdx, pattern } = this.structure;
    const { blockRows, r } = pattern;
    const kernel = this.#kernelsIn(arithmetic, fold);
    const xAt = x === undefined ? -1 : arena.address(names.x, x);
    const qAt = arena.address(names.q, q);
    const wAt = w === undefined ? -1 : arena.address(names.w, w);
    const rowPtrAt = rowPtr.byteOffset;
    const colIdxAt = colIdx.byteOffset;
    const valuesAt = this.#stored.byteOffset;
    const rowBytes = r * q.BYTES_PER_ELEMENT;
    let areFinite = true;
    w?.fill(0);
    for (let row = 0; row < blockRows; row += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, blockRows - row);
      if (xAt >= 0 && kernel.multiply(rowPtrAt + 4 * row, colIdxAt, valuesAt, rows, xAt, qAt + row * rowBytes) !== 0) areFinite = false;
      if (wAt >= 0) kernel.multiplyTransposed(rowPtrAt + 4 * row, colIdxAt, valuesAt, rows, qAt + row * rowBytes, wAt);
    }
    const infinite = (areFinite ? 0 : kernel.countInfinite(qAt, q.length)) + (w === undefined ? 0 : kernel.countInfinite(wAt, w.length));
    // Elements that were too large for the scale, or results that are not finite anyway.
    return fold && infinite > 0 ? this.#multiply(arithmetic, names, x, q, w, rowsAtOnce, false) : infinite;
  }
}

/** What a matrix is scaled from: so many block rows at a time, of which `at` says where these blocks are. */
interface ScaleSource {
  readonly format: AnyPrecision;
  readonly layout: Layout;
  readonly rows: number;
  at(k: number, blocks: number): number;
}

/** Block rows that `replaceScaledCopy` copies at once: 0.3 MB of 6 x 6 blocks in pairs, in fp32. */
const STAGED_ROWS = 1024;

/** The numbers that `replaceScaledCopy` takes in the arena. */
export function stagedValues({ blockRows, rowPtr, r, c }: BsrPattern): number {
  let most = 0;
  for (let row = 0; row < blockRows; row += STAGED_ROWS) {
    most = Math.max(most, rowPtr[Math.min(row + STAGED_ROWS, blockRows)] - rowPtr[row]);
  }
  return most * r * c + VALUES_BEYOND;
}

interface Names {
  readonly x: string;
  readonly q: string;
  readonly w: string;
}

const FORWARD: Names = { x: "multiply: x", q: "multiply: y", w: "" };
const TRANSPOSED: Names = { x: "", q: "multiplyTransposed: x", w: "multiplyTransposed: y" };
const NORMAL: Names = { x: "multiplyNormal: x", q: "multiplyNormal: q", w: "multiplyNormal: w" };

export { layoutOf, productsOf };

/**
 * The matrix copied to an arena, for the engine. Values that change afterwards reach it by `replaceValues`.
 *
 * @throws OptionError for a format or a block size that has no kernels; ArenaError where the arena is too small, see `packedBytes`.
 */
export function packBsr<P extends AnyPrecision>(matrix: BsrMatrix<P>, arena: Arena): PackedBsr<P> {
  checkPackable("packBsr: matrix", matrix.pattern, matrix.format);
  const packed = new PackedBsr(packPattern(matrix.pattern, arena), matrix.format);
  packed.replaceValues(matrix);
  return packed;
}

/**
 * Zeros in the format P on a structure in an arena.
 *
 * @throws OptionError for a format or a block size that has no kernels; ArenaError where the arena is too small, see `packedValuesBytes`.
 */
export function packedBsr<P extends AnyPrecision>(structure: PackedPattern, format: P): PackedBsr<P> {
  checkPackable("packedBsr: matrix", structure.pattern, format);
  return new PackedBsr(structure, format);
}
