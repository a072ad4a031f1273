import { type AnyPrecision, type FP32, type FP64, fp32, fp64, operationFormat, powerOfTwoBelow, type Storage } from "@slam/float";
import { addSeconds, type LinearOperator, type SpaceCounters, vectorSpace, Work } from "@slam/linop";
import type { Counters, WeighableJacobian } from "@slam/nlls";
import {
  type BsrMatrix,
  type BsrPattern,
  bsrMatrix,
  bsrOperator,
  columnSquares,
  countPass,
  type PackedBsr,
  packedBsr,
  packedBytes,
  packPattern,
} from "@slam/sparse";
import { type Arena, arenaSpace, bytesFor } from "@slam/wasm";

const uncounted: SpaceCounters = { events: { overflows: 0, flushed: 0 }, work: new Work() };
const space64 = vectorSpace(operationFormat(fp64), uncounted);

type ProductCounters = Pick<Counters, "work" | "seconds">;

/** What a part of J multiplies with in fp64, on vectors of its own. */
interface Product {
  readonly operator: LinearOperator<FP64>;
  readonly row: Float64Array;
  readonly column: Float64Array;
  /** column <- the squares of its columns' norms. */
  squares(): void;
}

/** J = [J_1 J_2 ...], a block sparse matrix for each group of unknowns, all of the same rows. */
export class BundleJacobian implements WeighableJacobian {
  readonly parts: readonly BsrMatrix<AnyPrecision>[];
  readonly #products: readonly Product[];
  readonly #counters: ProductCounters | undefined;
  readonly #squares: Float64Array;

  /**
   * @param products in fp64, where an engine has them. Default the references.
   * @param counters count and time the products, where given.
   * @param squares where `columnSquares` puts them. Default a new array.
   */
  constructor(
    parts: readonly BsrMatrix<AnyPrecision>[],
    products: readonly Product[] = parts.map(plainProduct),
    counters?: ProductCounters,
    squares: Float64Array = new Float64Array(colsOf(parts.map(({ pattern }) => pattern))),
  ) {
    this.parts = parts;
    this.#products = products;
    this.#counters = counters;
    this.#squares = squares;
  }

  countedIn(counters: ProductCounters | undefined): BundleJacobian {
    return counters === undefined ? this : new BundleJacobian(this.parts, this.#products, counters, this.#squares);
  }

  multiply(x: Float64Array, y: Float64Array): void {
    this.multiplyParts(0, this.parts.length, x, y);
  }

  /** y <- [J_first ... J_(end - 1)] x */
  multiplyParts(first: number, end: number, x: Float64Array, y: Float64Array): void {
    const began = performance.now();
    let from = 0;
    for (let k = first; k < end; k++) {
      const { operator, row, column } = this.#products[k];
      column.set(x.subarray(from, from + column.length));
      operator.multiply(column, row);
      if (k === first) y.set(row);
      else for (let i = 0; i < y.length; i++) y[i] += row[i];
      from += column.length;
    }
    this.#countProduct(first, end, fp64, began);
  }

  /** g <- [J_first ... J_(end - 1)]'r */
  multiplyTransposedParts(first: number, end: number, r: Float64Array, g: Float64Array): void {
    const began = performance.now();
    let from = 0;
    for (let k = first; k < end; k++) {
      const { operator, row, column } = this.#products[k];
      // Parts in one arena share the vector.
      if (k === first || row !== this.#products[k - 1].row) row.set(r);
      operator.multiplyTransposed(row, column);
      g.set(column, from);
      from += column.length;
    }
    this.#countProduct(first, end, fp64, began);
  }

  #countProduct(first: number, end: number, arithmetic: AnyPrecision, began: number): void {
    if (this.#counters === undefined) return;
    for (let k = first; k < end; k++) countPass(this.parts[k], this.#counters.work, "residual", arithmetic, 2);
    addSeconds(this.#counters.seconds, "residual", began);
  }

  gradient(r: Float64Array, arithmetic: AnyPrecision, g: Float64Array): void {
    const began = performance.now();
    if (arithmetic === fp64) this.multiplyTransposedParts(0, this.parts.length, r, g);
    else {
      narrowGradient(this.parts, r, arithmetic, g);
      this.#countProduct(0, this.parts.length, arithmetic, began);
    }
  }

  columnSquares(): Float64Array {
    const all = this.#squares;
    let from = 0;
    for (const [k, { column, squares }] of this.#products.entries()) {
      squares();
      countPass(this.parts[k], this.#counters?.work, "factorize", fp64, 2);
      all.set(column, from);
      from += column.length;
    }
    return all;
  }

  scaleRows(factors: Float64Array): void {
    for (const part of this.parts) {
      countPass(part, this.#counters?.work, "jacobian", fp64, 1);
      if (part.format === fp64) scaleRowsOf64(part.pattern, part.values as unknown as Float64Array, factors);
      else if (part.format === fp32) scaleRowsOf32(part.pattern, part.values as unknown as Float32Array, factors);
      else scaleRowsOf(part, factors);
    }
  }
}

// The same loop three times: over arrays of several types it takes five times as long.

function scaleRowsOf64({ rowPtr, blockRows, r, c }: BsrPattern, values: Float64Array, factors: Float64Array): void {
  for (let row = 0, at = 0; row < blockRows; row++) {
    for (let k = rowPtr[row]; k < rowPtr[row + 1]; k++) {
      for (let a = row * r; a < (row + 1) * r; a++) for (const end = at + c; at < end; at++) values[at] *= factors[a];
    }
  }
}

function scaleRowsOf32({ rowPtr, blockRows, r, c }: BsrPattern, values: Float32Array, factors: Float64Array): void {
  for (let row = 0, at = 0; row < blockRows; row++) {
    for (let k = rowPtr[row]; k < rowPtr[row + 1]; k++) {
      for (let a = row * r; a < (row + 1) * r; a++) for (const end = at + c; at < end; at++) values[at] *= factors[a];
    }
  }
}

function scaleRowsOf({ pattern, format, values }: BsrMatrix<AnyPrecision>, factors: Float64Array): void {
  const { rowPtr, blockRows, r, c } = pattern;
  const stored = values as Storage;
  for (let row = 0, at = 0; row < blockRows; row++) {
    for (let k = rowPtr[row]; k < rowPtr[row + 1]; k++) {
      for (let a = row * r; a < (row + 1) * r; a++) {
        for (const end = at + c; at < end; at++) format.store(stored, at, factors[a] * format.load(stored, at));
      }
    }
  }
}

function plainProduct(part: BsrMatrix<AnyPrecision>): Product {
  const operator = bsrOperator(part, space64, { arithmetic: fp64 });
  const column = new Float64Array(operator.cols);
  return { operator, row: new Float64Array(operator.rows), column, squares: () => column.set(columnSquares(part)) };
}

/** Zeros on these patterns in an arena, with the engine's products. */
export function jacobianArena(
  patterns: readonly BsrPattern[],
  format: FP64 | FP32,
  arena: Arena,
): { readonly J: BundleJacobian; readonly packed: readonly PackedBsr[] } {
  const space = arenaSpace(arena, operationFormat(fp64), uncounted);
  const row = arena.view(fp64, patterns[0].blockRows * patterns[0].r) as Float64Array;
  const packed = patterns.map((pattern) => packedBsr<AnyPrecision>(packPattern(pattern, arena), format));
  const products = packed.map((part): Product => {
    const column = arena.view(fp64, part.pattern.blockCols * part.pattern.c) as Float64Array;
    return { operator: bsrOperator(part, space), row, column, squares: () => part.columnSquares(column) };
  });
  const parts = packed.map((part) => bsrMatrix<AnyPrecision>(part.pattern, format, part.values));
  const squares = arena.view(fp64, colsOf(patterns)) as Float64Array;
  return { J: new BundleJacobian(parts, products, undefined, squares), packed };
}

/** What that takes in an arena. */
export function jacobianBytes(patterns: readonly BsrPattern[], format: FP64 | FP32): number {
  const rows = patterns[0].blockRows * patterns[0].r;
  const sizes = patterns.map((pattern) => packedBytes(pattern, format) + bytesFor(fp64, pattern.blockCols * pattern.c));
  return bytesFor(fp64, rows) + bytesFor(fp64, colsOf(patterns)) + sizes.reduce((sum, size) => sum + size, 0);
}

function colsOf(patterns: readonly BsrPattern[]): number {
  return patterns.reduce((sum, { blockCols, c }) => sum + blockCols * c, 0);
}

/** A narrow arithmetic is given numbers near 1: scaling by a power of two costs no bit and avoids overflow. */
function narrowGradient(parts: readonly BsrMatrix<AnyPrecision>[], r: Float64Array, arithmetic: AnyPrecision, g: Float64Array): void {
  const scale = powerOfTwoBelow(largest(r));
  const scaled = r.map((x) => x / scale);
  let from = 0;
  for (const part of parts) {
    const J = bsrOperator(part, space64, { arithmetic });
    J.multiplyTransposed(scaled, g.subarray(from, from + J.cols));
    from += J.cols;
  }
  for (let j = 0; j < g.length; j++) g[j] *= scale;
}

function largest(r: Float64Array): number {
  let most = 0;
  for (let i = 0; i < r.length; i++) most = Math.max(most, Math.abs(r[i]));
  return most;
}
