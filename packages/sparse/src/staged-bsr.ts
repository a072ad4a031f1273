import type { AnyPrecision, FP32, FP64, RoundingEvents, Storage } from "@slam/float";
import { bytesFor } from "@slam/wasm";
import type { BsrMatrix } from "./bsr-matrix.ts";
import type { BsrPattern } from "./bsr-pattern.ts";
import { type PackedBsr, stagedValues } from "./packed-bsr.ts";
import type { PackedPattern } from "./packed-pattern.ts";
import { ScaledCopies, scaledCopiesBytes } from "./scaled-copies.ts";

/**
 * A diag(S) in an arena in each of some formats, as `ScaledBsr` has it, of an A in fp64 or fp32 that stays where it is: of a large one, a copy here would be a fifth of what a
 * linear solve takes. A format's values are those that A has when they are first asked for.
 */
export class StagedBsr {
  readonly #staged: Storage;
  readonly #copies: ScaledCopies;
  readonly #events: RoundingEvents;
  #A: BsrMatrix<AnyPrecision> | undefined;

  /**
   * @param source the format of A.
   * @param formats, events, throws as of `ScaledBsr`; see `stagedBsrBytes`.
   */
  constructor(structure: PackedPattern, source: FP64 | FP32, formats: Iterable<AnyPrecision>, events: RoundingEvents) {
    const { arena, pattern } = structure;
    this.#events = events;
    this.#staged = arena.view(source as AnyPrecision, stagedValues(pattern)) as Storage;
    this.#copies = new ScaledCopies(structure, formats);
  }

  /** Another A takes the place of the one before, or the same one has other values; not copied. */
  load(A: BsrMatrix<AnyPrecision>): void {
    this.#A = A;
    this.#copies.forget();
  }

  /** Another S takes the place of the one before; copied. */
  scale(S: Float64Array): void {
    this.#copies.scale(S);
  }

  /** A diag(S) in one of the formats, of an A that was loaded; it lies in memory that the next one in that format takes. */
  in(format: AnyPrecision): PackedBsr {
    return this.#copies.in(format, (matrix, S) => matrix.replaceScaledCopy(this.#A!, this.#staged, S, this.#events));
  }
}

/** What a `StagedBsr` takes in an arena, but for its structure. */
export function stagedBsrBytes(pattern: BsrPattern, source: FP64 | FP32, formats: Iterable<AnyPrecision>): number {
  return bytesFor(source, stagedValues(pattern)) + scaledCopiesBytes(pattern, formats);
}
