import type { LaneCodec } from "./lanes.ts";

/** The typed arrays a format may be stored in. Formats of 16 bits and fewer store codes. */
export type Storage = Float64Array | Float32Array | Uint16Array | Uint8Array;

export interface StorageConstructor<S extends Storage> {
  new (n: number): S;
  new (buffer: ArrayBufferLike, byteOffset: number, n: number): S;
  readonly BYTES_PER_ELEMENT: number;
}

/**
 * A binary floating-point format: how a number is stored and rounded. A value, and a type parameter: `Vec<FP16>`.
 *
 * Every operation rounds its exact result once, to nearest, ties to even. `number` carries the values of every format exactly.
 */
export interface Precision<Name extends string = string, S extends Storage = Storage> {
  /** As shown and as written in a policy: "fp16". */
  readonly name: Name;
  /** p, the hidden bit included: 11 for fp16. */
  readonly significandBits: number;
  /** u = 2^-p: the largest relative error of one rounding. Every tolerance is a multiple of it. */
  readonly unitRoundoff: number;
  readonly maxFinite: number;
  /** The least magnitude whose rounding leaves the finite range (or clamps to maxFinite). */
  readonly overflowThreshold: number;
  readonly minNormal: number;
  readonly minSubnormal: number;
  readonly Storage: StorageConstructor<S>;
  /** The value of element i; exact. */
  load(s: S, i: number): number;
  /** s[i] <- x, rounded once. */
  store(s: S, i: number, x: number): void;
  round(x: number): number;
  /** The operands of the arithmetic are values of the format. */
  add(a: number, b: number): number;
  sub(a: number, b: number): number;
  mul(a: number, b: number): number;
  div(a: number, b: number): number;
  sqrt(a: number): number;
  /** a b + c, rounded once. */
  fma(a: number, b: number, c: number): number;
  /** How an engine's kernels read and write the format; without it only the reference, which is slow, computes in it. */
  readonly lanes?: LaneCodec | undefined;
}

export type AnyPrecision = Precision<string, Storage>;
