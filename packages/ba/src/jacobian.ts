import { type AnyPrecision, fp64, operationFormat, powerOfTwoBelow, type Storage } from "@slam/float";
import { type LinearOperator, type SpaceCounters, vectorSpace, Work } from "@slam/linop";
import type { WeighableJacobian } from "@slam/nlls";
import { type BsrMatrix, bsrOperator, columnSquares } from "@slam/sparse";

const uncounted: SpaceCounters = { events: { overflows: 0, flushed: 0 }, work: new Work() };
const space64 = vectorSpace(operationFormat(fp64), uncounted);

/** J = [J_1 J_2 ...], a block sparse matrix for each group of unknowns, all of the same rows. */
export class BundleJacobian implements WeighableJacobian {
  readonly parts: readonly BsrMatrix<AnyPrecision>[];
  readonly #products: readonly LinearOperator<typeof fp64>[];
  readonly #row: Float64Array;

  constructor(parts: readonly BsrMatrix<AnyPrecision>[]) {
    this.parts = parts;
    this.#products = parts.map((part) => bsrOperator(part, space64, { arithmetic: fp64 }));
    this.#row = new Float64Array(this.#products[0].rows);
  }

  multiply(x: Float64Array, y: Float64Array): void {
    y.fill(0);
    let from = 0;
    for (const J of this.#products) {
      J.multiply(x.subarray(from, from + J.cols), this.#row);
      for (let i = 0; i < y.length; i++) y[i] += this.#row[i];
      from += J.cols;
    }
  }

  gradient(r: Float64Array, arithmetic: AnyPrecision, g: Float64Array): void {
    // A narrow arithmetic is given numbers near 1: scaling by a power of two costs no bit and avoids overflow.
    const scale = arithmetic === fp64 ? 1 : powerOfTwoBelow(largest(r));
    const scaled = arithmetic === fp64 ? r : r.map((x) => x / scale);
    let from = 0;
    for (const [k, part] of this.parts.entries()) {
      const J = arithmetic === fp64 ? this.#products[k] : bsrOperator(part, space64, { arithmetic });
      J.multiplyTransposed(scaled, g.subarray(from, from + J.cols));
      from += J.cols;
    }
    if (scale !== 1) for (let j = 0; j < g.length; j++) g[j] *= scale;
  }

  columnSquares(): Float64Array {
    const squares = this.parts.map((part) => columnSquares(part));
    const all = new Float64Array(squares.reduce((sum, part) => sum + part.length, 0));
    let from = 0;
    for (const part of squares) {
      all.set(part, from);
      from += part.length;
    }
    return all;
  }

  scaleRows(factors: Float64Array): void {
    for (const { pattern, format, values } of this.parts) {
      const { rowPtr, blockRows, r, c } = pattern;
      const stored = values as Storage;
      for (let row = 0; row < blockRows; row++) {
        for (let at = rowPtr[row] * r * c, a = 0; at < rowPtr[row + 1] * r * c; a = (a + 1) % r) {
          for (const end = at + c; at < end; at++) format.store(stored, at, factors[row * r + a] * format.load(stored, at));
        }
      }
    }
  }
}

function largest(r: Float64Array): number {
  let most = 0;
  for (let i = 0; i < r.length; i++) most = Math.max(most, Math.abs(r[i]));
  return most;
}
