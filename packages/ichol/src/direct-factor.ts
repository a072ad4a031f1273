import { checkLength, OptionError } from "@slam/errors";
import {
  type AnyPrecision,
  type FP64,
  fp32,
  fp64,
  type OperationFormat,
  operationFormat,
  powerOfTwoBelow,
  type RoundingEvents,
} from "@slam/float";
import { type OperationSeconds, type Preconditioner, timedPreconditioner, vectorSpace, type Work } from "@slam/linop";
import type { BsrMatrix } from "@slam/sparse";
import type { ArenaPool } from "@slam/wasm";
import { type BadPivot, factorize, isFactor } from "./factorize.ts";
import type { CholeskySymbolic } from "./symbolic.ts";
import { triangularPreconditioner } from "./triangular.ts";
import { type TriangularWorkspace, triangularWorkspace } from "./triangular-workspace.ts";
import { type CholeskyWorkspace, choleskyWorkspace } from "./workspace.ts";

/** What a direct factor counts into: @slam/nlls' Counters fit. */
export interface DirectFactorCounters {
  readonly events: RoundingEvents & { shifts: number };
  readonly work: Work;
  readonly seconds: OperationSeconds;
}

/** Of a matrix in fp32: the last is 2^-14 of the diagonal. */
const MOST_SHIFTS = 4;

/**
 * z = S (L L')^-1 S r in fp64, close to A^-1 r for S A S = P' L L' P: of one matrix after another of a structure, S powers of two that bring the diagonal of S A S to about 1. L is computed, stored and solved
 * with in fp64 or fp32.
 *
 * In fp64 a pivot that is not positive is returned at once. In fp32 it may be rounding's doing: then a matrix with a slightly larger diagonal is factorised instead, and refinement, whose equations are never
 * shifted, makes up for that too.
 */
export class DirectFactor {
  readonly #symbolic: CholeskySymbolic;
  readonly #format: OperationFormat;
  readonly #counters: DirectFactorCounters;
  readonly #workspace: CholeskyWorkspace;
  readonly #triangular: TriangularWorkspace;
  readonly #scaled: Float64Array;
  #inverse: Preconditioner<FP64> | undefined;
  #scaling: Float64Array = new Float64Array(0);

  /** @param format one that `checkDirectFormat` lets pass. */
  constructor(symbolic: CholeskySymbolic, format: OperationFormat, counters: DirectFactorCounters, arenas: ArenaPool) {
    this.#symbolic = symbolic;
    this.#format = format;
    this.#counters = counters;
    this.#workspace = choleskyWorkspace(symbolic, format.storage, arenas);
    this.#triangular = triangularWorkspace(symbolic, format, arenas, arenas);
    this.#scaled = arenas.numbers(symbolic.n * symbolic.b);
  }

  /** Scalars stored in L. */
  get nonzeros(): number {
    return this.#symbolic.nonzeros;
  }

  /**
   * @param H S A S, in the format.
   * @param scaling S; not copied.
   * @returns undefined, or the pivot that is left.
   */
  factor(H: BsrMatrix<AnyPrecision>, scaling: Float64Array): BadPivot | undefined {
    const { events, work, seconds } = this.#counters;
    const maxShifts = this.#format.storage === (fp64 as AnyPrecision) ? 0 : MOST_SHIFTS;
    const factor = factorize(this.#symbolic, H, { maxShifts, work, workspace: this.#workspace });
    if (!isFactor(factor)) return factor;
    events.shifts += factor.shifts;
    const space = vectorSpace(operationFormat(fp64), this.#counters);
    this.#inverse = timedPreconditioner(triangularPreconditioner(factor, this.#format, space, work, this.#triangular), seconds);
    this.#scaling = scaling;
    return undefined;
  }

  /** z <- S (L L')^-1 S r, once there is a factor. */
  apply(r: Float64Array, z: Float64Array): void {
    const S = this.#scaling;
    const right = this.#scaled;
    checkLength("direct factor: r", r.length, right.length);
    let square = 0;
    for (let j = 0; j < r.length; j++) {
      right[j] = S[j] * r[j];
      square += right[j] * right[j];
    }
    // Near 1, what is solved for leaves fp32's range only where the factor takes it there.
    const scale = powerOfTwoBelow(Math.sqrt(square));
    for (let j = 0; j < r.length; j++) right[j] /= scale;
    this.#inverse!.apply(right, z);
    for (let j = 0; j < r.length; j++) z[j] *= S[j] * scale;
    // Twice the scaling and the power of two, and a dot.
    this.#counters.work.count("vectors", "fp64", 6 * r.length, "fp64", 80 * r.length);
  }
}

/** @throws OptionError unless the format is fp64 or fp32: a factor in less can only precondition. */
export function checkDirectFormat(what: string, { storage, arithmetic, name }: OperationFormat): void {
  if ((storage === (fp64 as AnyPrecision) || storage === (fp32 as AnyPrecision)) && arithmetic === storage) return;
  throw new OptionError(`${what}: the policy's factorize`, {
    expected: "fp64 or fp32; a factor in less can only precondition",
    actual: name,
  });
}
