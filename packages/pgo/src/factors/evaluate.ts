import { upperSize } from "../between-formulas.ts";
import { variableShape } from "./sets.ts";
import type { FactorTerms } from "./terms.ts";

/** A factor's functions at one measurement after another, in fp64 and in arrays of its own: what it returns lasts until it is called again. */
export class FactorEvaluation {
  readonly #terms: FactorTerms;
  readonly #x: readonly Float64Array[];
  readonly #z: Float64Array;
  readonly #e: Float64Array;
  readonly #J: readonly Float64Array[];

  constructor(terms: FactorTerms) {
    const { dimension, variables, rows } = terms.factor;
    this.#terms = terms;
    this.#x = variables.map((kind) => new Float64Array(variableShape(dimension, kind).size));
    this.#z = new Float64Array(terms.zSize);
    this.#e = new Float64Array(rows);
    this.#J = variables.map((kind) => new Float64Array(rows * variableShape(dimension, kind).dof));
  }

  /** W e of the k-th at a point. */
  residual(point: Float64Array, k: number): Float64Array {
    this.#read(point, k);
    this.#terms.factor.error(this.#x, this.#z, this.#e);
    this.#whiten(k, this.#e);
    return this.#e;
  }

  /** W de/dxi of the k-th for each of its variables, rows x dof, row-major. */
  jacobians(point: Float64Array, k: number): readonly Float64Array[] {
    this.#read(point, k);
    for (const J of this.#J) J.fill(0);
    this.#terms.factor.jacobians(this.#x, this.#z, this.#J);
    for (const J of this.#J) this.#whiten(k, J);
    return this.#J;
  }

  #read(point: Float64Array, k: number): void {
    const { offsets, z, zSize } = this.#terms;
    const each = this.#x.length;
    for (let v = 0; v < each; v++) {
      const at = offsets[k * each + v];
      this.#x[v].set(point.subarray(at, at + this.#x[v].length));
    }
    this.#z.set(z.subarray(k * zSize, (k + 1) * zSize));
  }

  /** X <- W X, row by row from the first on, which needs those below it as they were. Sums start from 0 and ascend. */
  #whiten(k: number, X: Float64Array): void {
    const { whitening } = this.#terms;
    const rows = this.#e.length;
    const columns = X.length / rows;
    for (let a = 0, at = k * upperSize(rows); a < rows; at += rows - a, a++) {
      for (let b = 0; b < columns; b++) {
        let sum = 0;
        for (let i = a; i < rows; i++) sum += whitening[at + i - a] * X[i * columns + b];
        X[a * columns + b] = sum;
      }
    }
  }
}
