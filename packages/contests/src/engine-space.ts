import { type AnyPrecision, type FP32, operationFormat } from "@slam/float";
import { type SpaceCounters, type VectorSpace, Work } from "@slam/linop";
import { type Arena, arenaSpace } from "@slam/wasm";

/** The engine's space for fp64 or fp32, in the types of the latter. */
export function engineSpace(arena: Arena, P: AnyPrecision): VectorSpace<FP32> {
  const counters: SpaceCounters = { events: { overflows: 0, flushed: 0 }, work: new Work() };
  return arenaSpace(arena, operationFormat(P as FP32), counters);
}
