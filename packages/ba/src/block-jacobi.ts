import type { AnyPrecision, OperationFormat } from "@slam/float";
import {
  analyzeCholesky,
  type CholeskySymbolic,
  type CholeskyWorkspace,
  choleskyWorkspace,
  factorize,
  isFactor,
  type TriangularWorkspace,
  triangularPreconditioner,
  triangularWorkspace,
} from "@slam/ichol";
import type { LinearReport, Preconditioner, VectorSpace } from "@slam/linop";
import type { Counters } from "@slam/nlls";
import { addDiagonal, type BsrMatrix, type BsrPattern, type NormalSymbolic, normalProduct, normalSymbolic } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";

export interface BlockJacobiOptions {
  /** What J'J is summed and factorised in. */
  readonly factorize: AnyPrecision;
  /** How the factors are stored and applied. */
  readonly precondition: OperationFormat;
  readonly space: VectorSpace<AnyPrecision>;
  readonly counters: Counters;
  readonly arenas: ArenaPool;
}

/** The diagonal blocks of J'J + diag(d) for one J and d after another, and their inverses. */
export class BlockJacobi {
  readonly #options: BlockJacobiOptions;
  readonly #normal: NormalSymbolic;
  readonly #symbolic: CholeskySymbolic;
  readonly #workspace: CholeskyWorkspace;
  readonly #triangular: TriangularWorkspace;

  constructor(pattern: BsrPattern, options: BlockJacobiOptions) {
    this.#options = options;
    this.#normal = normalSymbolic(pattern, "diagonal");
    this.#symbolic = analyzeCholesky(this.#normal.pattern, { fill: 0, ordering: "natural" });
    this.#workspace = choleskyWorkspace(this.#symbolic, options.factorize, options.arenas);
    this.#triangular = triangularWorkspace(this.#symbolic, options.precondition, options.arenas);
  }

  /** Scalars in the factors. */
  get nonzeros(): number {
    return this.#symbolic.nonzeros;
  }

  /**
   * @param J in the format that is summed in.
   * @returns the inverse, which lies in memory that the next one takes; or why there is none.
   */
  factor(J: BsrMatrix<AnyPrecision>, d: Float64Array | undefined): Preconditioner<AnyPrecision> | LinearReport {
    const { counters, precondition, space } = this.#options;
    const H = normalProduct(this.#normal, J, counters.work);
    if (d !== undefined) addDiagonal(H, d);
    const factor = factorize(this.#symbolic, H, { work: counters.work, workspace: this.#workspace });
    if (!isFactor(factor)) {
      const { row, pivot, shift } = factor;
      const message = `the block diagonal of J'J: pivot ${pivot} in row ${row} after the diagonal was raised by ${shift} of itself`;
      return { termination: "breakdown", message, iterations: 0, relativeResidual: Number.NaN };
    }
    counters.events.shifts += factor.shifts;
    return triangularPreconditioner(factor, precondition, space, counters.work, this.#triangular);
  }
}
