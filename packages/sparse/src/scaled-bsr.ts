import type { AnyPrecision, RoundingEvents } from "@slam/float";
import type { BsrMatrix } from "./bsr-matrix.ts";
import type { BsrPattern } from "./bsr-pattern.ts";
import { packedValuesBytes } from "./packable.ts";
import { type PackedBsr, packedBsr } from "./packed-bsr.ts";
import type { PackedPattern } from "./packed-pattern.ts";
import { ScaledCopies, scaledCopiesBytes } from "./scaled-copies.ts";

/** A diag(S) in an arena, for one A of a structure and one S after another, in each of some formats: rounded when it is first asked for. */
export class ScaledBsr {
  readonly #source: PackedBsr;
  readonly #copies: ScaledCopies;
  readonly #events: RoundingEvents;

  /**
   * @param source the format of A.
   * @param formats what A diag(S) may be asked for in.
   * @param events counts what overflows and what is flushed to zero, in each format once for each A and S.
   * @throws OptionError for a format that has no kernels; ArenaError where the arena is too small, see `scaledBsrBytes`.
   */
  constructor(structure: PackedPattern, source: AnyPrecision, formats: Iterable<AnyPrecision>, events: RoundingEvents) {
    this.#events = events;
    this.#source = packedBsr(structure, source);
    this.#copies = new ScaledCopies(structure, formats);
  }

  /** A. */
  get source(): PackedBsr {
    return this.#source;
  }

  /** Another A takes the place of the one before; its values are copied. */
  load(A: BsrMatrix<AnyPrecision>): void {
    this.#source.replaceValues(A);
    this.#copies.forget();
  }

  /** Another S takes the place of the one before; copied. */
  scale(S: Float64Array): void {
    this.#copies.scale(S);
  }

  /** A diag(S) in one of the formats; it lies in memory that the next one in that format takes. */
  in(format: AnyPrecision): PackedBsr {
    return this.#copies.in(format, (matrix, S) => matrix.replaceScaled(this.#source, S, this.#events));
  }
}

/** What a `ScaledBsr` takes in an arena, but for its structure. */
export function scaledBsrBytes(pattern: BsrPattern, source: AnyPrecision, formats: Iterable<AnyPrecision>): number {
  return packedValuesBytes(pattern, source) + scaledCopiesBytes(pattern, formats);
}
