import type { AnyPrecision, OperationFormat } from "@slam/float";
import type { LinearReport, LinearSolver } from "@slam/linop";
import type { LeastSquaresProblem } from "../src/problem.ts";
import type { WeighableJacobian } from "../src/robust.ts";

/** An outside user's problem and solver: dense, a few unknowns, no package of this repository behind them. */

/** J by rows. */
export class DenseJacobian implements WeighableJacobian {
  rows: readonly (readonly number[])[];

  constructor(rows: readonly (readonly number[])[]) {
    this.rows = rows;
  }

  multiply(x: Float64Array, y: Float64Array): void {
    y.set(this.rows.map((row) => row.reduce((sum, a, j) => sum + a * x[j], 0)));
  }

  gradient(r: Float64Array, A: AnyPrecision, g: Float64Array): void {
    g.fill(0);
    this.rows.forEach((row, i) => {
      row.forEach((a, j) => {
        g[j] = A.add(g[j], A.mul(A.round(a), A.round(r[i])));
      });
    });
  }

  scaleRows(factors: Float64Array): void {
    this.rows = this.rows.map((row, i) => row.map((a) => factors[i] * a));
  }

  columnSquares(): Float64Array {
    return Float64Array.from(this.rows[0], (_, j) => this.rows.reduce((sum, row) => sum + row[j] ** 2, 0));
  }
}

/** min |f(x)|^2 over vectors x: f and its derivative as a user writes them, each result rounded to the format. */
export class DenseProblem implements LeastSquaresProblem<Float64Array, DenseJacobian> {
  readonly rows: number;
  readonly cols: number;
  readonly #f: (x: Float64Array) => readonly number[];
  readonly #derivative: (x: Float64Array) => readonly (readonly number[])[];

  constructor(cols: number, f: (x: Float64Array) => readonly number[], derivative: (x: Float64Array) => readonly (readonly number[])[]) {
    this.cols = cols;
    this.rows = f(new Float64Array(cols)).length;
    this.#f = f;
    this.#derivative = derivative;
  }

  residual(x: Float64Array, { arithmetic, storage }: OperationFormat, r: Float64Array): void {
    r.set(this.#f(x).map((ri) => storage.round(arithmetic.round(ri))));
  }

  jacobian(x: Float64Array, { arithmetic, storage }: OperationFormat): DenseJacobian {
    return new DenseJacobian(this.#derivative(x).map((row) => row.map((a) => storage.round(arithmetic.round(a)))));
  }

  retract(x: Float64Array, dx: Float64Array, { arithmetic, storage }: OperationFormat): Float64Array {
    return x.map((xj, j) => storage.round(arithmetic.add(arithmetic.round(xj), arithmetic.round(dx[j]))));
  }
}

/** Cholesky on J'J + D in fp64. */
export class DenseSolver implements LinearSolver<DenseJacobian> {
  readonly name: string = "dense";
  analyses = 0;
  #L: number[][] = [];

  analyze(): void {
    this.analyses++;
  }

  factor(J: DenseJacobian, d: Float64Array | undefined): LinearReport | undefined {
    const n = J.rows[0].length;
    this.#L = Array.from({ length: n }, () => new Array<number>(n).fill(0));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = J.rows.reduce((s, row) => s + row[i] * row[j], i === j && d !== undefined ? d[i] : 0);
        for (let k = 0; k < j; k++) sum -= this.#L[i][k] * this.#L[j][k];
        if (i > j) this.#L[i][j] = sum / this.#L[j][j];
        else if (sum > 0) this.#L[i][i] = Math.sqrt(sum);
        else return { termination: "breakdown", message: `dense: pivot ${sum}`, iterations: 0, relativeResidual: NaN };
      }
    }
    return undefined;
  }

  solve(g: Float64Array, dx: Float64Array, _rtol: number, _warm: boolean): LinearReport {
    dx.set(this.#backward(this.#forward(g)).map((x) => -x));
    return { termination: "verified", message: "dense: solved", iterations: 1, relativeResidual: 0 };
  }

  norm(v: Float64Array): number {
    return Math.hypot(...this.#forward(v));
  }

  #forward(v: Float64Array): Float64Array {
    const y = v.slice();
    this.#L.forEach((row, i) => {
      for (let k = 0; k < i; k++) y[i] -= row[k] * y[k];
      y[i] /= row[i];
    });
    return y;
  }

  #backward(y: Float64Array): Float64Array {
    for (let i = y.length - 1; i >= 0; i--) {
      for (let k = i + 1; k < y.length; k++) y[i] -= this.#L[k][i] * y[k];
      y[i] /= this.#L[i][i];
    }
    return y;
  }
}
