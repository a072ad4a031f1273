import { type AnyPrecision, fp64, operationFormat, powerOfTwoBelow } from "@slam/float";
import { type SpaceCounters, vectorSpace, Work } from "@slam/linop";
import type { Jacobian } from "@slam/nlls";
import { type BsrMatrix, bsrOperator, columnSquares, scaleColumns } from "@slam/sparse";

const uncounted: SpaceCounters = { events: { overflows: 0, flushed: 0 }, work: new Work() };
const space64 = vectorSpace(operationFormat(fp64), uncounted);

/** A block sparse Jacobian as evaluated. */
export class BsrJacobian implements Jacobian {
  readonly matrix: BsrMatrix<AnyPrecision>;
  #wide: BsrMatrix<typeof fp64> | undefined;

  constructor(matrix: BsrMatrix<AnyPrecision>) {
    this.matrix = matrix;
  }

  /** The same values in fp64; exact. */
  get wide(): BsrMatrix<typeof fp64> {
    if (this.#wide === undefined) {
      const { pattern, format } = this.matrix;
      const ones = new Float64Array(pattern.blockCols * pattern.c).fill(1);
      this.#wide =
        format === (fp64 as AnyPrecision)
          ? (this.matrix as BsrMatrix<AnyPrecision> as BsrMatrix<typeof fp64>)
          : scaleColumns(this.matrix, ones, fp64, uncounted.events);
    }
    return this.#wide;
  }

  multiply(x: Float64Array, y: Float64Array): void {
    bsrOperator(this.wide, space64).multiply(x, y);
  }

  gradient(r: Float64Array, arithmetic: AnyPrecision, g: Float64Array): void {
    if (arithmetic === fp64) bsrOperator(this.wide, space64).multiplyTransposed(r, g);
    else narrowGradient(this.matrix, r, arithmetic, g);
  }

  columnSquares(): Float64Array {
    return columnSquares(this.matrix);
  }
}

/** g <- J'r in a narrower arithmetic: r is scaled by a power of two to a largest entry in [1, 2), which costs no bit and avoids overflow. */
function narrowGradient(matrix: BsrMatrix<AnyPrecision>, r: Float64Array, A: AnyPrecision, g: Float64Array): void {
  const scale = powerOfTwoBelow(r.reduce((most, x) => Math.max(most, Math.abs(x)), 0));
  const scaled = r.map((x) => x / scale);
  bsrOperator(matrix, space64, { arithmetic: A }).multiplyTransposed(scaled, g);
  for (let j = 0; j < g.length; j++) g[j] *= scale;
}
