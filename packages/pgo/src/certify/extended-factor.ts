import { type FP64, fp64 } from "@slam/float";
import {
  analyzeCholesky,
  type BadPivot,
  type CholeskyFactor,
  type CholeskySymbolic,
  type CholeskyWorkspace,
  choleskyWorkspace,
  factorize,
  type TriangularWorkspace,
  triangularWorkspace,
} from "@slam/ichol";
import { type BsrMatrix, bsrMatrix, type NormalSymbolic } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";
import type { ChordalForm } from "./chordal-form.ts";
import { EXACT, exactInverse, type Inverse } from "./exact-inverse.ts";
import { formMatrix, formStructure } from "./form-matrix.ts";

/** What is factorised: T'(M - blockdiag(Lambda) + shift on the rows of rotations)T, less `margins`, each on its own row. */
export interface Extended {
  readonly shift: number;
  /** (d + 1) n numbers. Absent: zeros. */
  readonly margins?: Float64Array;
}

/**
 * Cholesky factors of the certificate matrix in a sparse form, which keeps the positions: eliminating them from M - blockdiag(Lambda) + shift gives S + shift I.
 *
 * The position of the first pose is held, which fixes their gauge and changes no such Schur complement. No more does it that positions are counted from where the first
 * pose sees them at the point (T of `formMatrix`): the null vectors of S there, the rows of Y, have then no positions at all. Otherwise theirs, as large as the world, multiply the
 * rounding of a factor; kitti_00 can then be certified to 1e-2 only.
 */
export class ExtendedFactor {
  readonly form: ChordalForm;
  readonly symbolic: CholeskySymbolic;
  /** Edges that sum up to each pose's rows: all for the first. */
  readonly degrees: Int32Array;
  /** What is factorised, once it is set. */
  readonly A: BsrMatrix<FP64>;
  readonly #structure: NormalSymbolic;
  readonly #factors: CholeskyWorkspace;
  readonly #triangles: TriangularWorkspace;
  #base: BsrMatrix<FP64> | undefined;
  #anchored: Float64Array | undefined;
  #Lambda: Float64Array | undefined;
  #inverse: Inverse | undefined;

  /** @param order of elimination for M. */
  constructor(form: ChordalForm, order: Int32Array, arenas: ArenaPool) {
    this.form = form;
    this.#structure = formStructure(form, true);
    this.degrees = degreesOf(form);
    const { pattern } = this.#structure;
    this.A = bsrMatrix(pattern, fp64);
    // The first pose, which meets all others, last.
    this.symbolic = analyzeCholesky(pattern, { ordering: Int32Array.of(...order.filter((k) => k > 0), 0) });
    this.#factors = choleskyWorkspace(this.symbolic, fp64, arenas);
    this.#triangles = triangularWorkspace(this.symbolic, EXACT, arenas);
  }

  /** T'MT, the first position held. */
  get base(): BsrMatrix<FP64> {
    if (this.#base === undefined) throw new Error("bug: no point is set");
    return this.#base;
  }

  /** S is that of this point, of rank r, from now on. @param Lambda n x d x d, symmetric. */
  place(X: Float64Array, r: number, Lambda: Float64Array): void {
    this.#anchored = anchoredPositions(this.form, X, r);
    this.#base = formMatrix(this.form, this.#structure, this.#anchored);
    this.#Lambda = Lambda;
    holdFirstPosition(this.#base);
  }

  /**
   * For each turn l of the first pose sum tau (|c_j - c_i|_l + |t|_l)^2 over the edges that begin there: what cancels in the diagonal of T'MT, where the others have
   * the sums of squares of what they are made of.
   */
  cancelled(): Float64Array {
    const { d, from, to, tau, translations } = this.form;
    const c = this.#anchored as Float64Array;
    const sums = new Float64Array(d);
    for (let e = 0; e < from.length; e++) {
      if (from[e] !== 0) continue;
      for (let l = 0; l < d; l++) sums[l] += tau[e] * (Math.abs(c[to[e] * d + l] - c[l]) + Math.abs(translations[e * d + l])) ** 2;
    }
    return sums;
  }

  /** The factor lies in this object's memory until the next. */
  factor({ shift, margins }: Extended): CholeskyFactor<FP64> | BadPivot {
    const { d, n } = this.form;
    const b = d + 1;
    const Lambda = this.#Lambda as Float64Array;
    const { pattern, values } = this.A;
    values.set(this.base.values);
    for (let k = 0; k < n; k++) {
      const at = (pattern.rowPtr[k + 1] - 1) * b * b;
      for (let l = 0; l < d; l++) {
        values[at + l * (b + 1)] += shift;
        for (let c = 0; c < d; c++) values[at + l * b + c] -= Lambda[(k * d + l) * d + c];
      }
      if (margins !== undefined) for (let l = 0; l < b; l++) values[at + l * (b + 1)] -= margins[k * b + l];
    }
    this.#inverse = undefined;
    return factorize(this.symbolic, this.A, { maxShifts: 0, workspace: this.#factors });
  }

  /** Makes `solve` use this factor from now on. */
  load(factor: CholeskyFactor<FP64>): void {
    this.#inverse = exactInverse(factor, this.#triangles);
  }

  /** Z <- (the loaded factor's matrix)^-1 R for the columns of two (d + 1) n x r matrices; R has zeros for positions, and Z too: (S + shift I)^-1 R. */
  solve(R: Float64Array, r: number, Z: Float64Array): void {
    const inverse = this.#inverse;
    if (inverse === undefined) throw new Error("bug: no factor is loaded");
    const { d, n } = this.form;
    const rows = (d + 1) * n;
    const column = new Float64Array(rows);
    for (let a = 0; a < r; a++) {
      for (let k = 0; k < rows; k++) column[k] = R[k * r + a];
      inverse(column, column);
      for (let k = 0, row = 0; k < rows; k++, row = row === d ? 0 : row + 1) Z[k * r + a] = row < d ? column[k] : 0;
    }
  }
}

/** n x d: c_k = Y_0'(p_k - p_0). */
function anchoredPositions({ d, n }: ChordalForm, X: Float64Array, r: number): Float64Array {
  const c = new Float64Array(n * d);
  const width = (d + 1) * r;
  for (let k = 0; k < n; k++) {
    for (let l = 0; l < d; l++) {
      for (let a = 0; a < r; a++) c[k * d + l] += X[l * r + a] * (X[k * width + d * r + a] - X[d * r + a]);
    }
  }
  return c;
}

/** Its row and column become those of the diagonal alone. */
function holdFirstPosition({ pattern, values }: BsrMatrix<FP64>): void {
  const { r: b, rowPtr, colIdx } = pattern;
  const d = b - 1;
  for (let k = 0; k < colIdx.length; k++) {
    if (colIdx[k] !== 0) continue;
    for (let l = 0; l < b; l++) if (k >= rowPtr[1] || l < d) values[k * b * b + l * b + d] = 0;
  }
  for (let c = 0; c < d; c++) values[d * b + c] = 0;
}

function degreesOf({ n, from, to }: ChordalForm): Int32Array {
  const degrees = new Int32Array(n);
  for (const ends of [from, to]) for (const k of ends) degrees[k]++;
  degrees[0] = from.length;
  return degrees;
}
