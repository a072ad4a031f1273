import type { AnyPrecision, Vec } from "@slam/float";
import { type LinearReport, newArrays, type Preconditioner, type Scratch } from "@slam/linop";
import { type BsrMatrix, bsrMatrix, normalSymbolic, type PackedBsr, valueCount } from "@slam/sparse";
import { BlockJacobi, type BlockJacobiOptions } from "./block-jacobi.ts";
import type { BundleJacobian } from "./jacobian.ts";
import type { ReducedStructure } from "./reduced-structure.ts";
import { ReducedSystem } from "./reduced-system.ts";

/** The inverses of the blocks on the diagonal of the Schur complement, which are formed without the others: of one J and D after another. */
export class SchurJacobi {
  readonly #system: ReducedSystem;
  readonly #blocks: readonly BlockJacobi[];
  readonly #H: readonly BsrMatrix<AnyPrecision>[];
  /** In the place of each group's S, where J diag(S) is read. */
  readonly #ones: readonly Float64Array[] | undefined;

  /**
   * @param structure of J's patterns, where something else has it.
   * @param beside the parts of J diag(S) in an arena with room for `eliminatorBytes`, which are then read in place of J: S is of powers of two.
   */
  constructor(J: BundleJacobian, options: BlockJacobiOptions, structure?: ReducedStructure, beside?: readonly PackedBsr[]) {
    const { counters, arenas, factorize, scratch = newArrays } = options;
    const patterns = J.parts.map(({ pattern }) => pattern);
    this.#system = new ReducedSystem(patterns, {
      part: "diagonal",
      jacobian: J.parts[0].format,
      structure,
      beside,
      counters,
      arenas,
      scratch,
    });
    const diagonals = patterns.slice(0, -1).map((pattern) => normalSymbolic(pattern, "diagonal", scratch).pattern);
    this.#blocks = diagonals.map((pattern) => new BlockJacobi(pattern, options));
    this.#H = diagonals.map((pattern) => bsrMatrix(pattern, factorize, zerosIn(scratch, factorize, valueCount(pattern))));
    this.#ones = beside && diagonals.map(({ blockCols, c }) => scratch.numbers(blockCols * c).fill(1));
  }

  /**
   * @param d D, length columns of J, or of J diag(S) where that is read; undefined for none.
   * @param S for each group what scales its columns.
   * @returns the inverse for each group, or why there is none.
   */
  factor(
    J: BundleJacobian,
    d: Float64Array | undefined,
    S: readonly Float64Array[],
  ): readonly Preconditioner<AnyPrecision>[] | LinearReport {
    const bad = this.#system.assemble(J, d);
    if (bad >= 0) {
      const message = `Schur-Jacobi: the block of point ${bad} is not positive definite`;
      return { termination: "breakdown", message, iterations: 0, relativeResidual: Number.NaN };
    }
    const inverses: Preconditioner<AnyPrecision>[] = [];
    for (const [k, block] of this.#blocks.entries()) {
      this.#system.scaledDiagonalInto(this.#H[k], k, this.#ones?.[k] ?? S[k]);
      const inverse = block.factor(this.#H[k], undefined);
      if (!("apply" in inverse)) return inverse;
      inverses.push(inverse);
    }
    return inverses;
  }
}

/** n zeros in a format, where numbers in fp64 are taken from. */
function zerosIn(scratch: Scratch, P: AnyPrecision, n: number): Vec<AnyPrecision> {
  const { buffer, byteOffset } = scratch.numbers(Math.ceil((n * P.Storage.BYTES_PER_ELEMENT) / Float64Array.BYTES_PER_ELEMENT));
  return new P.Storage(buffer, byteOffset, n) as unknown as Vec<AnyPrecision>;
}
