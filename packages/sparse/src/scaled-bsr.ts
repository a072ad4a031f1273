import { type AnyPrecision, fp64, type RoundingEvents } from "@slam/float";
import { bytesFor } from "@slam/wasm";
import type { BsrMatrix } from "./bsr-matrix.ts";
import type { BsrPattern } from "./bsr-pattern.ts";
import { packedValuesBytes } from "./packable.ts";
import { type PackedBsr, packedBsr } from "./packed-bsr.ts";
import type { PackedPattern } from "./packed-pattern.ts";

/** A diag(S) in an arena, for one A of a structure and one S after another, in each of some formats: rounded when it is first asked for. */
export class ScaledBsr {
  readonly #source: PackedBsr;
  readonly #S: Float64Array;
  readonly #scaled: Map<AnyPrecision, { readonly matrix: PackedBsr; isFresh: boolean }> = new Map();
  readonly #events: RoundingEvents;

  /**
   * @param source the format of A.
   * @param formats what A diag(S) may be asked for in.
   * @param events counts what overflows and what is flushed to zero, in each format once for each A and S.
   * @throws OptionError for a format that has no kernels; ArenaError where the arena is too small, see `scaledBsrBytes`.
   */
  constructor(structure: PackedPattern, source: AnyPrecision, formats: Iterable<AnyPrecision>, events: RoundingEvents) {
    const { arena, pattern } = structure;
    this.#events = events;
    this.#source = packedBsr(structure, source);
    this.#S = arena.view(fp64, pattern.blockCols * pattern.c);
    for (const format of formats) this.#scaled.set(format, { matrix: packedBsr(structure, format), isFresh: false });
  }

  /** A. */
  get source(): PackedBsr {
    return this.#source;
  }

  /** Another A takes the place of the one before; its values are copied. */
  load(A: BsrMatrix<AnyPrecision>): void {
    this.#source.replaceValues(A);
    this.#forget();
  }

  /** Another S takes the place of the one before; copied. */
  scale(S: Float64Array): void {
    this.#S.set(S);
    this.#forget();
  }

  #forget(): void {
    for (const scaled of this.#scaled.values()) scaled.isFresh = false;
  }

  /** A diag(S) in one of the formats; it lies in memory that the next one in that format takes. */
  in(format: AnyPrecision): PackedBsr {
    const scaled = this.#scaled.get(format)!;
    if (!scaled.isFresh) scaled.matrix.replaceScaled(this.#source, this.#S, this.#events);
    scaled.isFresh = true;
    return scaled.matrix;
  }
}

/** What a `ScaledBsr` takes in an arena, but for its structure. */
export function scaledBsrBytes(pattern: BsrPattern, source: AnyPrecision, formats: Iterable<AnyPrecision>): number {
  let bytes = packedValuesBytes(pattern, source) + bytesFor(fp64, pattern.blockCols * pattern.c);
  for (const format of formats) bytes += packedValuesBytes(pattern, format);
  return bytes;
}
