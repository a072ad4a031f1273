import { type AnyPrecision, fp64, type RoundingEvents, type Storage, type Vec } from "@slam/float";
import type { LinearOperator, Scratch, VectorSpace } from "@slam/linop";
import {
  type BsrMatrix,
  type BsrOperatorOptions,
  type BsrPattern,
  bsrMatrix,
  bsrOperator,
  packedPatternBytes,
  packPattern,
  ScaledBsr,
  scaledBsrBytes,
} from "@slam/sparse";
import { type Arena, bytesFor } from "@slam/wasm";
import { piece, pieceKept } from "./side-by-side.ts";

/** How many block rows come before the first that has several blocks of one part. */
export function jointBlockRows(patterns: readonly BsrPattern[]): number {
  const { blockRows } = patterns[0];
  for (let i = 0; i < blockRows; i++) for (const { rowPtr } of patterns) if (rowPtr[i + 1] - rowPtr[i] > 1) return i;
  return blockRows;
}

/** Whether the block rows from there on have blocks of the first part alone. */
export function fitsTail(patterns: readonly BsrPattern[], from: number): boolean {
  return patterns.slice(1).every(({ rowPtr, blockRows }) => rowPtr[blockRows] === rowPtr[from]);
}

export interface JointTailOptions {
  /** Of J as evaluated. */
  readonly jacobian: AnyPrecision;
  /** What A may be asked for in. */
  readonly formats: Iterable<AnyPrecision>;
  /** Of its products' vectors. */
  readonly spaces: readonly VectorSpace<AnyPrecision>[];
  readonly events: RoundingEvents;
}

/** Vectors of a space. */
interface Vectors {
  readonly row: Vec<AnyPrecision>;
  readonly column: Vec<AnyPrecision>;
}

/** The last rows of [A_1 A_2 ...] diag(S), which have blocks of A_1 alone, but any number of them: of a window's J those of its prior. */
export class JointTail {
  readonly #pattern: BsrPattern;
  readonly #first: number;
  readonly #scaled: ScaledBsr;
  readonly #vectors: ReadonlyMap<VectorSpace<AnyPrecision>, Vectors>;

  /**
   * @param tail of A_1's pattern, as `tailOf` has it.
   * @param first its first block in A_1.
   * @throws ArenaError where the arena is too small, see `jointTailBytes`.
   */
  constructor(tail: BsrPattern, first: number, { jacobian, formats, spaces, events }: JointTailOptions, arena: Arena) {
    this.#pattern = tail;
    this.#first = first * tail.r * tail.c;
    this.#scaled = new ScaledBsr(packPattern(tail, arena), jacobian, formats, events);
    this.#vectors = new Map(
      spaces.map((space) => [space, { row: space.zeros(tail.blockRows * tail.r), column: space.zeros(tail.blockCols * tail.c) }]),
    );
  }

  /** Another A_1 and another S take the place of those before; copied. */
  replace({ format, values }: BsrMatrix<AnyPrecision>, S: Float64Array): void {
    const own = (values as Storage).subarray(this.#first) as unknown as Vec<AnyPrecision>;
    this.#scaled.load(bsrMatrix(this.#pattern, format, own));
    this.#scaled.scale(S);
  }

  /** `top` and below it these rows in a format. */
  below(top: LinearOperator<AnyPrecision>, format: AnyPrecision, options: BsrOperatorOptions): LinearOperator<AnyPrecision> {
    return stacked(top, bsrOperator(this.#scaled.in(format), top.space, options), this.#vectors.get(top.space)!);
  }
}

/** What a tail takes in an arena, and its vectors in two spaces. */
export function jointTailBytes(tail: BsrPattern, jacobian: AnyPrecision, formats: Iterable<AnyPrecision>): number {
  const vectors = bytesFor(fp64, tail.blockRows * tail.r) + bytesFor(fp64, tail.blockCols * tail.c);
  return packedPatternBytes(tail) + scaledBsrBytes(tail, jacobian, formats) + 2 * vectors;
}

/** The block rows from there on; `colIdx` is not copied. */
export function tailOf({ blockRows, rowPtr, colIdx, ...rest }: BsrPattern, from: number, scratch: Scratch): BsrPattern {
  const own = scratch.integers(blockRows - from + 1);
  for (let i = 0; i < own.length; i++) own[i] = rowPtr[from + i] - rowPtr[from];
  return { ...rest, blockRows: blockRows - from, rowPtr: own, colIdx: colIdx.subarray(rowPtr[from]) };
}

/** [top; bottom], the bottom of the first columns alone; top has `applyNormal`. */
function stacked(
  top: LinearOperator<AnyPrecision>,
  bottom: LinearOperator<AnyPrecision>,
  { row, column }: Vectors,
): LinearOperator<AnyPrecision> {
  const { space, cols, storage } = top;
  const rows = top.rows + bottom.rows;
  const [above, below] = [[0, top.rows] as const, [top.rows, rows] as const];
  const columns = [0, bottom.cols] as const;
  const [headOfX, headOfW] = [pieceKept(columns), pieceKept(columns)];
  return {
    rows,
    cols,
    space,
    storage,
    multiply(x, y) {
      top.multiply(x, piece(y, above));
      bottom.multiply(piece(x, columns), piece(y, below));
    },
    multiplyTransposed(x, y) {
      top.multiplyTransposed(piece(x, above), y);
      bottom.multiplyTransposed(piece(x, below), column);
      space.axpy(1, column, piece(y, columns));
    },
    applyNormal(x, d, w) {
      const square = top.applyNormal!(x, d, w);
      bottom.multiply(headOfX(x), row);
      bottom.multiplyTransposed(row, column);
      space.axpy(1, column, headOfW(w));
      return square + squareOf(row as Float64Array | Float32Array);
    },
  };
}

/** In fp64, of numbers. */
function squareOf(x: Float64Array | Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i];
  return sum;
}
