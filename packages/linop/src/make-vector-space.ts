import { type AnyPrecision, fp32, fp64, type OperationFormat } from "@slam/float";
import { fp32Space } from "./vector-space.fp32.ts";
import { fp64Space } from "./vector-space.fp64.ts";
import { referenceSpace } from "./vector-space.reference.ts";
import type { SpaceCounters, VectorSpace } from "./vector-space.ts";

/**
 * The space with the fastest kernels there are for a format: plain loops for fp64 and fp32, otherwise the reference. All have the same
 * bits.
 */
export function vectorSpace<P extends AnyPrecision>(format: OperationFormat<P>, counters: SpaceCounters): VectorSpace<P> {
  const { storage, arithmetic } = format as OperationFormat;
  if (storage === fp64 && arithmetic === fp64) return fp64Space(counters) as unknown as VectorSpace<P>;
  if (storage === fp32 && arithmetic === fp32) return fp32Space(counters) as unknown as VectorSpace<P>;
  return referenceSpace(format, counters);
}
