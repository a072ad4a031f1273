import { type Arena, bytesFor } from "@slam/wasm";
import type { BsrPattern } from "./bsr-pattern.ts";

/** Block rows that one call of a kernel computes: the engine goes over to optimised code between calls only. Of 256, calls cost some percent. */
export const ROWS_A_CALL = 4096;
const COUNTS = 3;

/** A structure copied to an arena, once for all matrices that have it. Made by `packPattern`; `packedBsr` adds values. */
export interface PackedPattern {
  readonly pattern: BsrPattern;
  readonly arena: Arena;
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
  /** What kernels count. */
  readonly counts: Int32Array;
}

/** @throws ArenaError where the arena is too small, see `packedPatternBytes`. */
export function packPattern(pattern: BsrPattern, arena: Arena): PackedPattern {
  return {
    pattern,
    arena,
    rowPtr: arena.copy(pattern.rowPtr),
    colIdx: arena.copy(pattern.colIdx),
    counts: arena.view(Int32Array, COUNTS),
  };
}

/** What a structure takes in an arena. */
export function packedPatternBytes({ rowPtr, colIdx }: BsrPattern): number {
  return bytesFor(Int32Array, rowPtr.length) + bytesFor(Int32Array, colIdx.length) + bytesFor(Int32Array, COUNTS);
}
