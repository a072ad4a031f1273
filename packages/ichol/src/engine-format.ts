import { type AnyPrecision, fp32, fp64, type OperationFormat } from "@slam/float";
import type { Rounding, TileStorage } from "./triangular.kernel.ts";

/** How the engine's kernels store a factor, and round. */
export interface EngineFormat {
  readonly storage: AnyPrecision;
  readonly kind: TileStorage;
  readonly rounding: Rounding;
}

/** undefined where the reference has to do. */
export function engineFormat({ storage, arithmetic }: OperationFormat): EngineFormat | undefined {
  if (storage === arithmetic && storage === fp64) return { storage, kind: "fp64", rounding: "none" };
  if (storage === arithmetic && storage === fp32) return { storage, kind: "fp32", rounding: "none" };
  const kind = storage.lanes;
  if (kind === undefined || storage.significandBits >= fp32.significandBits) return undefined;
  if (arithmetic === fp32) return { storage, kind, rounding: "none" };
  // fp32 lanes round twice without harm where products are exact in them and quotients have 2 p + 2 bits.
  const exact = storage.significandBits <= 11 && storage.minSubnormal ** 2 >= fp32.minNormal;
  return storage === arithmetic && exact ? { storage, kind, rounding: kind } : undefined;
}
