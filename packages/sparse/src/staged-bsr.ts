import { type AnyPrecision, type FP32, type FP64, fp64, type RoundingEvents, type Storage } from "@slam/float";
import { bytesFor } from "@slam/wasm";
import type { BsrMatrix } from "./bsr-matrix.ts";
import type { BsrPattern } from "./bsr-pattern.ts";
import { packedValuesBytes } from "./packable.ts";
import { type PackedBsr, packedBsr, stagedValues } from "./packed-bsr.ts";
import type { PackedPattern } from "./packed-pattern.ts";

/**
 * A diag(S) in an arena in each of some formats, as `ScaledBsr` has it, of an A in fp64 or fp32 that stays where it is: of a large one, a copy here would be a fifth of what a
 * linear solve takes. A format's values are those that A has when they are first asked for.
 */
export class StagedBsr {
  readonly #staged: Storage;
  readonly #S: Float64Array;
  readonly #scaled: Map<AnyPrecision, { readonly matrix: PackedBsr; isFresh: boolean }> = new Map();
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
    this.#S = arena.view(fp64, pattern.blockCols * pattern.c);
    for (const format of formats) this.#scaled.set(format, { matrix: packedBsr(structure, format), isFresh: false });
  }

  /** Another A takes the place of the one before, or the same one has other values; not copied. */
  load(A: BsrMatrix<AnyPrecision>): void {
    this.#A = A;
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

  /** A diag(S) in one of the formats, of an A that was loaded; it lies in memory that the next one in that format takes. */
  in(format: AnyPrecision): PackedBsr {
    const scaled = this.#scaled.get(format)!;
    if (!scaled.isFresh) scaled.matrix.replaceScaledCopy(this.#A!, this.#staged, this.#S, this.#events);
    scaled.isFresh = true;
    return scaled.matrix;
  }
}

/** What a `StagedBsr` takes in an arena, but for its structure. */
export function stagedBsrBytes(pattern: BsrPattern, source: FP64 | FP32, formats: Iterable<AnyPrecision>): number {
  let bytes = bytesFor(source, stagedValues(pattern)) + bytesFor(fp64, pattern.blockCols * pattern.c);
  for (const format of formats) bytes += packedValuesBytes(pattern, format);
  return bytes;
}
