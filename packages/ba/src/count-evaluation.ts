import type { OperationFormat } from "@slam/float";
import type { Counters } from "@slam/nlls";

/** Nominal flops, and scalars written, for each of so many items: observations, or variables. */
export function countEvaluation(
  counters: Counters | undefined,
  operation: "residual" | "jacobian" | "update",
  format: OperationFormat,
  items: number,
  flops: number,
  scalars: number,
): void {
  const bytes = items * scalars * format.storage.Storage.BYTES_PER_ELEMENT;
  counters?.work.count(operation, format.arithmetic.name, items * flops, format.storage.name, bytes);
}
