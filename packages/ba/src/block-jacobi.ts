import type { AnyPrecision, OperationFormat } from "@slam/float";
import {
  analyzeDiagonal,
  type CholeskyFactor,
  type CholeskySymbolic,
  type CholeskyWorkspace,
  choleskyWorkspace,
  factorize,
  isFactor,
  type TriangularWorkspace,
  triangularPreconditioner,
  triangularWorkspace,
} from "@slam/ichol";
import { type LinearReport, type Preconditioner, type Scratch, timedPreconditioner, type VectorSpace } from "@slam/linop";
import type { Counters } from "@slam/nlls";
import { addDiagonal, type BsrMatrix, type BsrPattern } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";

export interface BlockJacobiOptions {
  readonly factorize: AnyPrecision;
  /** How the factors are stored and applied. */
  readonly precondition: OperationFormat;
  readonly space: VectorSpace<AnyPrecision>;
  readonly counters: Counters;
  readonly arenas: ArenaPool;
  /** What structures are taken from. Default new arrays. */
  readonly scratch?: Scratch | undefined;
}

/** The inverses of one block diagonal matrix after another, all of one pattern. */
export class BlockJacobi {
  readonly #options: BlockJacobiOptions;
  readonly #symbolic: CholeskySymbolic;
  readonly #workspace: CholeskyWorkspace;
  readonly #triangular: TriangularWorkspace;
  #factor: CholeskyFactor<AnyPrecision> | undefined;

  constructor(pattern: BsrPattern, options: BlockJacobiOptions) {
    this.#options = options;
    this.#symbolic = analyzeDiagonal(pattern, options.scratch);
    this.#workspace = choleskyWorkspace(this.#symbolic, options.factorize, options.arenas);
    this.#triangular = triangularWorkspace(this.#symbolic, options.precondition, options.arenas, options.scratch);
  }

  /** Scalars in the factors. */
  get nonzeros(): number {
    return this.#symbolic.nonzeros;
  }

  /**
   * H <- H + diag(d), and its inverse, which lies in memory that the next one takes.
   *
   * @returns the inverse, or why there is none.
   */
  factor(H: BsrMatrix<AnyPrecision>, d: Float64Array | undefined): Preconditioner<AnyPrecision> | LinearReport {
    const { counters, precondition, space } = this.#options;
    if (d !== undefined) addDiagonal(H, d);
    const factor = factorize(this.#symbolic, H, { work: counters.work, workspace: this.#workspace });
    if (!isFactor(factor)) {
      const { row, pivot, shift } = factor;
      const message = `the block diagonal of J'J: pivot ${pivot} in row ${row} after the diagonal was raised by ${shift} of itself`;
      return { termination: "breakdown", message, iterations: 0, relativeResidual: Number.NaN };
    }
    counters.events.shifts += factor.shifts;
    this.#factor = factor;
    return timedPreconditioner(triangularPreconditioner(factor, precondition, space, counters.work, this.#triangular), counters.seconds);
  }

  /** The inverse that was made last, on vectors of another space. */
  on(space: VectorSpace<AnyPrecision>): Preconditioner<AnyPrecision> {
    const { counters, precondition } = this.#options;
    const inverse = triangularPreconditioner(this.#factor!, precondition, space, counters.work, this.#triangular);
    return timedPreconditioner(inverse, counters.seconds);
  }
}
