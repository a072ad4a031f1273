import { OptionError } from "@slam/errors";
import { type AnyPrecision, f16k, fp64, type LaneCodec } from "@slam/float";
import { bytesFor, laneFormat } from "@slam/wasm";
import { valueCount } from "./bsr-matrix.ts";
import type { BsrPattern } from "./bsr-pattern.ts";
import { packedPatternBytes } from "./packed-pattern.ts";
import type { Layout } from "./stored-lanes.kernel.ts";

/** Kernels are emitted for blocks up to this size in both directions. */
const LARGEST_BLOCK = 9;

/** Values of fp16 below 64, faster to read than all. */
export const SCALED_FP16: LaneCodec = f16k(63) as LaneCodec;

/** The layout that holds every value of a format. */
export function plainLayout(format: AnyPrecision): Layout {
  return format === fp64 ? "fp64" : (format.lanes as LaneCodec);
}

/** Whether there are kernels for a matrix. */
export function isPackable({ r, c }: BsrPattern, format: AnyPrecision): boolean {
  return r <= LARGEST_BLOCK && c <= LARGEST_BLOCK && (format === fp64 || format.lanes?.limit === Infinity);
}

/** @throws OptionError unless there are. */
export function checkPackable(what: string, pattern: BsrPattern, format: AnyPrecision): void {
  if (isPackable(pattern, format)) return;
  throw new OptionError(what, {
    expected: `blocks up to ${LARGEST_BLOCK} x ${LARGEST_BLOCK} in fp64 or a format with lanes`,
    actual: `of ${pattern.r} x ${pattern.c} in ${format.name}`,
  });
}

/** Whether there are kernels for products of a matrix in a format, on vectors in the arithmetic. */
export function isEnginesArithmetic(format: AnyPrecision, arithmetic: AnyPrecision): boolean {
  return laneFormat(arithmetic) !== undefined && (format !== fp64 || arithmetic === fp64);
}

/** What kernels may read beyond the last value: three values, and three words of four codes, are read as four. */
export const VALUES_BEYOND = 7;

/** Values that a matrix has in memory. */
export function storedValues(pattern: BsrPattern): number {
  return valueCount(pattern) + VALUES_BEYOND;
}

/** What a matrix takes in an arena, with its structure. */
export function packedBytes(pattern: BsrPattern, format: AnyPrecision): number {
  return packedPatternBytes(pattern) + packedValuesBytes(pattern, format);
}

/** What a matrix takes on a structure that is there. */
export function packedValuesBytes(pattern: BsrPattern, format: AnyPrecision): number {
  return bytesFor(format, storedValues(pattern));
}
