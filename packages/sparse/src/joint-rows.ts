import { checkInteger, checkLength, OptionError } from "@slam/errors";
import { type AnyPrecision, fp16, fp32, fp64, type RoundingEvents, type Storage, type Vec } from "@slam/float";
import type { LinearOperator, VectorSpace } from "@slam/linop";
import { type Arena, bytesFor, kernels, nameForModules } from "@slam/wasm";
import type { BsrPattern } from "./bsr-pattern.ts";
import { type JointRowsKernel, jointRowBytes, jointRowsKernel } from "./joint-rows.kernel.ts";
import { JOINT_TABLE, jointScaleKernel } from "./joint-scale.kernel.ts";
import type { BsrOperatorOptions } from "./operator.ts";
import { plainLayout, SCALED_FP16 } from "./packable.ts";
import { layoutOf, type PackedBsr } from "./packed-bsr.ts";
import { type PackedPattern, ROWS_A_CALL } from "./packed-pattern.ts";
import type { Layout } from "./stored-lanes.kernel.ts";

nameForModules("sparse", { jointRowsKernel, jointScaleKernel });

/** What the kernel that scales counts. */
const COUNTS = 3;

/**
 * A = [A_1 A_2 ...] row by row, for parts with at most one block in a row each: A'A x in one pass, each entry read and decoded once, and A x not stored. In an arena, for one A after
 * another.
 */
export class JointRows {
  readonly #parts: readonly PackedPattern[];
  readonly #blockRows: number;
  readonly #format: AnyPrecision;
  readonly #arena: Arena;
  readonly #cols: number;
  readonly #cs: string;
  /** The first ones of the parts' blocks, row by row. */
  readonly #columns: Int32Array;
  readonly #values: Uint8Array;
  readonly #scale: Float64Array;
  readonly #table: Int32Array;
  readonly #counts: Int32Array;
  /** Of the rows of a block, and x'(d .* x). */
  readonly #sums: Float64Array;
  #layout: Layout;
  /** By arithmetic. */
  readonly #kernels: Map<AnyPrecision, JointRowsKernel> = new Map();

  /**
   * @param parts in one arena, of equally many rows.
   * @param format how values are stored, one with lanes or fp64.
   * @param blockRows how many of the parts' block rows are A's: the first. Default all.
   * @throws OptionError for parts without columns or with several blocks in one of these rows (`isJoint`); ArenaError where the arena is too small, see `jointRowsBytes`.
   */
  constructor(parts: readonly PackedPattern[], format: AnyPrecision, blockRows: number = parts[0].pattern.blockRows) {
    const patterns = parts.map(({ pattern }) => pattern);
    checkInteger("JointRows: blockRows", blockRows, 0, patterns[0].blockRows);
    if (!isJoint(patterns, blockRows)) {
      throw new OptionError("JointRows: parts", { expected: "at most one block in a row each, and columns", actual: "others" });
    }
    const { arena } = parts[0];
    const { r } = patterns[0];
    this.#parts = parts;
    this.#blockRows = blockRows;
    this.#format = format;
    this.#arena = arena;
    this.#cs = patterns.map(({ c }) => c).join(" ");
    this.#cols = colsOf(patterns);
    this.#layout = plainLayout(format);
    this.#columns = arena.view(Int32Array, (blockRows + 1) * parts.length);
    this.#values = arena.view(Uint8Array, blockRows * jointRowBytes(r, widthOf(patterns), this.#layout));
    this.#scale = arena.view(fp64, this.#cols) as Float64Array;
    this.#table = arena.view(Int32Array, JOINT_TABLE.length + 2 * parts.length);
    this.#counts = arena.view(Int32Array, COUNTS);
    this.#sums = arena.view(fp64, evenOf(r) + 1) as Float64Array;
    writeColumns(patterns, blockRows, this.#columns);
    const zeros = arena.view(fp64, r * largestOf(patterns)) as Float64Array;
    const addresses = { columns: this.#columns, scale: this.#scale, zeros, counts: this.#counts };
    this.#table.set(JOINT_TABLE.map((name) => addresses[name].byteOffset));
  }

  /**
   * this <- [A_1 A_2 ...] diag(scale), each entry rounded once.
   *
   * @param sources the parts' matrices, all in one format and layout.
   * @param scale length columns; copied.
   * @param events counts what overflows and what is flushed to zero.
   * @throws DimensionError for a scale of another length.
   */
  replaceScaled(sources: readonly PackedBsr[], scale: Float64Array, events: RoundingEvents): void {
    checkLength("replaceScaled: scale", scale.length, this.#cols);
    this.#scale.set(scale);
    const from = sources.map(layoutOf);
    this.#table.set(
      sources.flatMap(({ structure }, k) => [structure.rowPtr.byteOffset, from[k].address]),
      JOINT_TABLE.length,
    );
    const counts = this.#counts;
    let layout = this.#format === fp16 ? SCALED_FP16 : plainLayout(this.#format);
    this.#pack(sources[0].format, from[0].layout, layout);
    if (counts[2] !== 0) {
      layout = plainLayout(this.#format);
      this.#pack(sources[0].format, from[0].layout, layout);
    }
    if (layout !== this.#layout) this.#kernels.clear();
    this.#layout = layout;
    events.overflows += counts[0];
    events.flushed += counts[1];
  }

  #pack(M: AnyPrecision, from: Layout, layout: Layout): void {
    const format = this.#format;
    const blockRows = this.#blockRows;
    const { r } = this.#parts[0].pattern;
    const below = layout === "fp64" ? Infinity : (layout.limit / format.maxFinite) * format.overflowThreshold;
    const kernel = kernels(this.#arena, jointScaleKernel, r, this.#cs, M, from, format, layout, below);
    const rowBytes = this.#rowBytes(layout);
    this.#counts.fill(0);
    for (let row = 0; row < blockRows; row += ROWS_A_CALL) {
      const end = Math.min(row + ROWS_A_CALL, blockRows);
      kernel.scale(this.#table.byteOffset, row, end, this.#values.byteOffset + row * rowBytes);
    }
  }

  #rowBytes(layout: Layout): number {
    const patterns = this.#parts.map(({ pattern }) => pattern);
    return jointRowBytes(patterns[0].r, widthOf(patterns), layout);
  }

  /**
   * The products on vectors of a space of this arena, in the arithmetic: `applyNormal` has the bits of `multiplyNormalReference`, the others' are those of its parts.
   *
   * @param options as `bsrOperator` has them.
   * @throws OptionError for a space of another arena or another format.
   */
  operator<P extends AnyPrecision>(
    space: VectorSpace<P>,
    { operation = "matvec", work }: Omit<BsrOperatorOptions, "arithmetic"> = {},
  ): LinearOperator<P> {
    const arena = this.#arena;
    const { storage: A, arithmetic } = space.format;
    const fits: boolean = A === (fp64 as AnyPrecision) || (A === (fp32 as AnyPrecision) && this.#format !== fp64);
    if (!fits || (arithmetic as AnyPrecision) !== A) {
      throw new OptionError("JointRows: space", {
        expected: `one in fp64${this.#format === fp64 ? "" : " or fp32"}`,
        actual: space.format.name,
      });
    }
    const vectorBytes = A.Storage.BYTES_PER_ELEMENT;
    const { r } = this.#parts[0].pattern;
    const [rows, cols] = [this.#blockRows * r, this.#cols];
    const { bytes } = this;
    const flops = 2 * this.#parts.reduce((sum, { pattern }) => sum + pattern.rowPtr[this.#blockRows] * r * pattern.c, 0);
    const sums = this.#sums;
    const address = (what: string, x: Vec<P>, length: number): number => {
      checkLength(what, (x as Storage).length, length);
      return arena.address(what, x as Storage);
    };
    const done = (y: number, n: number, passes: number): void => {
      space.events.overflows += this.#kernelsIn(A).countInfinite(y, n);
      work?.count(operation, A.name, passes * flops, this.#format.name, bytes);
    };
    return {
      rows,
      cols,
      space,
      storage: this.#format.name,
      multiply: (x, y) => {
        const [xAt, yAt] = [address("multiply: x", x, cols), address("multiply: y", y, rows)];
        const yBytes = r * vectorBytes;
        this.#inCalls(A, (kernel, row, ...span) => kernel.multiply(...span, xAt, yAt + row * yBytes));
        done(yAt, rows, 1);
      },
      multiplyTransposed: (x, y) => {
        const [xAt, yAt] = [address("multiplyTransposed: x", x, rows), address("multiplyTransposed: y", y, cols)];
        const xBytes = r * vectorBytes;
        (y as Storage).fill(0);
        this.#inCalls(A, (kernel, row, ...span) => kernel.multiplyTransposed(...span, xAt + row * xBytes, yAt));
        done(yAt, cols, 1);
      },
      applyNormal: (x, d, w) => {
        const [xAt, wAt] = [address("applyNormal: x", x, cols), address("applyNormal: w", w, cols)];
        sums.fill(0);
        if (d === undefined) (w as Storage).fill(0);
        else this.#kernelsIn(A).damp(address("applyNormal: d", d, cols), xAt, wAt, cols, sums.byteOffset + 8 * evenOf(r));
        this.#inCalls(A, (kernel, _, ...span) => kernel.multiplyNormal(...span, xAt, wAt, sums.byteOffset));
        done(wAt, cols, 2);
        let square = 0;
        for (let a = 0; a < r; a++) square += sums[a];
        return square + sums[evenOf(r)];
      },
    };
  }

  /** Of the values as they are stored now, and of the block columns: what a product reads of A. */
  get bytes(): number {
    return this.#blockRows * (this.#rowBytes(this.#layout) + 4 * this.#parts.length);
  }

  #kernelsIn(arithmetic: AnyPrecision): JointRowsKernel {
    let found = this.#kernels.get(arithmetic);
    if (found === undefined) {
      found = kernels(this.#arena, jointRowsKernel, this.#parts[0].pattern.r, this.#cs, this.#layout, arithmetic);
      this.#kernels.set(arithmetic, found);
    }
    return found;
  }

  /** Some block rows at a time: the engine goes over to optimised code between calls only. */
  #inCalls(
    arithmetic: AnyPrecision,
    call: (kernel: JointRowsKernel, row: number, columns: number, columnsEnd: number, values: number) => void,
  ): void {
    const kernel = this.#kernelsIn(arithmetic);
    const blockRows = this.#blockRows;
    const rowBytes = this.#rowBytes(this.#layout);
    const columnBytes = 4 * this.#parts.length;
    const columns = this.#columns.byteOffset;
    for (let row = 0; row < blockRows; row += ROWS_A_CALL) {
      const end = Math.min(row + ROWS_A_CALL, blockRows);
      call(kernel, row, columns + row * columnBytes, columns + end * columnBytes, this.#values.byteOffset + row * rowBytes);
    }
  }
}

/** Whether the first block rows, by default all, have at most one block of each part, and the parts columns. */
export function isJoint(patterns: readonly BsrPattern[], blockRows: number = patterns[0].blockRows): boolean {
  return patterns.every(({ blockCols, rowPtr }) => {
    if (blockCols === 0) return false;
    for (let i = 0; i < blockRows; i++) if (rowPtr[i + 1] - rowPtr[i] > 1) return false;
    return true;
  });
}

/** What they take in an arena. @param blockRows as `JointRows` has them. */
export function jointRowsBytes(patterns: readonly BsrPattern[], format: AnyPrecision, blockRows: number = patterns[0].blockRows): number {
  const { r } = patterns[0];
  return (
    bytesFor(Int32Array, (blockRows + 1) * patterns.length) +
    bytesFor(Uint8Array, blockRows * jointRowBytes(r, widthOf(patterns), plainLayout(format))) +
    bytesFor(fp64, colsOf(patterns)) +
    bytesFor(Int32Array, JOINT_TABLE.length + 2 * patterns.length) +
    bytesFor(Int32Array, COUNTS) +
    bytesFor(fp64, evenOf(r) + 1) +
    bytesFor(fp64, r * largestOf(patterns))
  );
}

function colsOf(patterns: readonly BsrPattern[]): number {
  return patterns.reduce((sum, { blockCols, c }) => sum + blockCols * c, 0);
}

/** Columns of a block row. */
function widthOf(patterns: readonly BsrPattern[]): number {
  return patterns.reduce((sum, { c }) => sum + c, 0);
}

function evenOf(r: number): number {
  return r + (r & 1);
}

function largestOf(patterns: readonly BsrPattern[]): number {
  return Math.max(...patterns.map(({ c }) => c));
}

/** A part without a block in a row has zeros in its first block column there. */
function writeColumns(patterns: readonly BsrPattern[], blockRows: number, columns: Int32Array): void {
  let start = 0;
  for (const [k, { blockCols, c, rowPtr, colIdx }] of patterns.entries()) {
    for (let i = 0, at = k; i < blockRows; i++, at += patterns.length) {
      const column = rowPtr[i + 1] > rowPtr[i] ? colIdx[rowPtr[i]] : 0;
      columns[at] = start + c * column;
    }
    start += blockCols * c;
  }
}
