import { type AnyPrecision, fp64 } from "@slam/float";
import { bytesFor } from "@slam/wasm";
import type { BsrPattern } from "./bsr-pattern.ts";
import { packedValuesBytes } from "./packable.ts";
import { type PackedBsr, packedBsr } from "./packed-bsr.ts";
import type { PackedPattern } from "./packed-pattern.ts";

/** A diag(S) in an arena in each of some formats: made when it is first asked for, until A or S is another. */
export class ScaledCopies {
  readonly #S: Float64Array;
  readonly #copies: Map<AnyPrecision, { readonly matrix: PackedBsr; isFresh: boolean }> = new Map();

  /** @throws OptionError for a format that has no kernels; ArenaError where the arena is too small, see `scaledCopiesBytes`. */
  constructor(structure: PackedPattern, formats: Iterable<AnyPrecision>) {
    const { arena, pattern } = structure;
    this.#S = arena.view(fp64, pattern.blockCols * pattern.c);
    for (const format of formats) this.#copies.set(format, { matrix: packedBsr(structure, format), isFresh: false });
  }

  /** Another S; copied. */
  scale(S: Float64Array): void {
    this.#S.set(S);
    this.forget();
  }

  /** Another A. */
  forget(): void {
    for (const copy of this.#copies.values()) copy.isFresh = false;
  }

  /** @param make writes A diag(S). */
  in(format: AnyPrecision, make: (matrix: PackedBsr, S: Float64Array) => void): PackedBsr {
    const copy = this.#copies.get(format)!;
    if (!copy.isFresh) make(copy.matrix, this.#S);
    copy.isFresh = true;
    return copy.matrix;
  }
}

/** What they take in an arena, but for their structure. */
export function scaledCopiesBytes(pattern: BsrPattern, formats: Iterable<AnyPrecision>): number {
  let bytes = bytesFor(fp64, pattern.blockCols * pattern.c);
  for (const format of formats) bytes += packedValuesBytes(pattern, format);
  return bytes;
}
