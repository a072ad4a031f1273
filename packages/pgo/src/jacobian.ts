import { type AnyPrecision, fp32, fp64, operationFormat, powerOfTwoBelow, type Storage } from "@slam/float";
import { addSeconds, type SpaceCounters, vectorSpace, Work } from "@slam/linop";
import type { Counters, Jacobian, WeighableJacobian } from "@slam/nlls";
import { type BsrMatrix, bsrOperator, columnSquares, countPass, type PackedBsr } from "@slam/sparse";
import { arenaSpace } from "@slam/wasm";

const uncounted: SpaceCounters = { events: { overflows: 0, flushed: 0 }, work: new Work() };
const space64 = vectorSpace(operationFormat(fp64), uncounted);

type ProductCounters = Pick<Counters, "work" | "seconds">;

/** Products in fp64 with the values as they are stored. */
type Products = Pick<Jacobian, "multiply"> & { multiplyTransposed(r: Float64Array, g: Float64Array): void; columnSquares(): Float64Array };

/** A block sparse Jacobian as evaluated. One that lies in an arena is overwritten by the next one there. */
export class BsrJacobian implements WeighableJacobian {
  readonly matrix: BsrMatrix<AnyPrecision>;
  /**
   * 1 for columns that no variable has, 0 for the others: all variables have blocks as wide as a pose's, and a landmark's ends in columns of zeros.
   * Absent where there are none.
   */
  readonly padding: Float64Array | undefined;
  readonly #products: Products;
  readonly #counters: ProductCounters | undefined;

  /** @param counters count and time the products, where given. */
  constructor(
    matrix: BsrMatrix<AnyPrecision>,
    products: Products = plainProducts(matrix),
    padding?: Float64Array,
    counters?: ProductCounters,
  ) {
    this.matrix = matrix;
    this.padding = padding;
    this.#products = products;
    this.#counters = counters;
  }

  withPadding(padding: Float64Array | undefined): BsrJacobian {
    return padding === undefined ? this : new BsrJacobian(this.matrix, this.#products, padding, this.#counters);
  }

  countedIn(counters: ProductCounters | undefined): BsrJacobian {
    return counters === undefined ? this : new BsrJacobian(this.matrix, this.#products, this.padding, counters);
  }

  multiply(x: Float64Array, y: Float64Array): void {
    const began = performance.now();
    this.#products.multiply(x, y);
    this.#countProduct(fp64, began);
  }

  gradient(r: Float64Array, arithmetic: AnyPrecision, g: Float64Array): void {
    const began = performance.now();
    if (arithmetic === fp64) this.#products.multiplyTransposed(r, g);
    else narrowGradient(this.matrix, r, arithmetic, g);
    this.#countProduct(arithmetic, began);
  }

  #countProduct(arithmetic: AnyPrecision, began: number): void {
    if (this.#counters === undefined) return;
    countPass(this.matrix, this.#counters.work, "residual", arithmetic, 2);
    addSeconds(this.#counters.seconds, "residual", began);
  }

  columnSquares(): Float64Array {
    countPass(this.matrix, this.#counters?.work, "factorize", fp64, 2);
    return this.#products.columnSquares();
  }

  scaleRows(factors: Float64Array): void {
    countPass(this.matrix, this.#counters?.work, "jacobian", fp64, 1);
    const { pattern, format } = this.matrix;
    const values = this.matrix.values as Storage;
    const { rowPtr, r, c } = pattern;
    const isWide = format === fp64 || format === fp32;
    for (let row = 0, at = 0; row < pattern.blockRows; row++) {
      for (let block = rowPtr[row]; block < rowPtr[row + 1]; block++) {
        for (let i = row * r; i < (row + 1) * r; i++) {
          const factor = factors[i];
          for (let end = at + c; at < end; at++) {
            if (isWide) values[at] *= factor;
            else format.store(values, at, factor * format.load(values, at));
          }
        }
      }
    }
  }
}

function plainProducts(matrix: BsrMatrix<AnyPrecision>): Products {
  const J = bsrOperator(matrix, space64, { arithmetic: fp64 });
  return {
    multiply: (x, y) => J.multiply(x, y),
    multiplyTransposed: (r, g) => J.multiplyTransposed(r, g),
    columnSquares: () => columnSquares(matrix),
  };
}

/** The products of a packed matrix, on vectors in its arena; `row`, and `column` and `squares`, are of the lengths of its rows and its columns. */
export function packedProducts(packed: PackedBsr, row: Float64Array, column: Float64Array, squares: Float64Array): Products {
  const J = bsrOperator(packed, arenaSpace(packed.arena, operationFormat(fp64), uncounted));
  return {
    multiply(x, y) {
      column.set(x);
      J.multiply(column, row);
      y.set(row);
    },
    multiplyTransposed(r, g) {
      row.set(r);
      J.multiplyTransposed(row, column);
      g.set(column);
    },
    columnSquares() {
      packed.columnSquares(squares);
      return squares;
    },
  };
}

/** g <- J'r in a narrower arithmetic: r is scaled by a power of two to a largest entry in [1, 2), which costs no bit and avoids overflow. */
function narrowGradient(matrix: BsrMatrix<AnyPrecision>, r: Float64Array, A: AnyPrecision, g: Float64Array): void {
  let largest = 0;
  for (let i = 0; i < r.length; i++) largest = Math.max(largest, Math.abs(r[i]));
  const scale = powerOfTwoBelow(largest);
  const scaled = r.map((x) => x / scale);
  bsrOperator(matrix, space64, { arithmetic: A }).multiplyTransposed(scaled, g);
  for (let j = 0; j < g.length; j++) g[j] *= scale;
}
