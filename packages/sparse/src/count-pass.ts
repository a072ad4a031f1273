import type { AnyPrecision } from "@slam/float";
import type { Operation, Work } from "@slam/linop";
import { type BsrMatrix, valueCount } from "./bsr-matrix.ts";

/** Counts a pass over a matrix: so many flops for each scalar, and all scalars and block columns read. */
export function countPass(
  { pattern, format }: Pick<BsrMatrix<AnyPrecision>, "pattern" | "format">,
  work: Work | undefined,
  operation: Operation,
  arithmetic: AnyPrecision,
  flops: number,
): void {
  const values = valueCount(pattern);
  work?.count(
    operation,
    arithmetic.name,
    flops * values,
    format.name,
    values * format.Storage.BYTES_PER_ELEMENT + 4 * pattern.colIdx.length,
  );
}
