import { fp32 } from "./formats.ts";
import type { AnyPrecision } from "./precision.ts";

/** How one operation runs: what its numbers are stored as, and the format that every addition and product in it rounds to. */
export interface OperationFormat<P extends AnyPrecision = AnyPrecision> {
  /** As written in a policy: "fp16" for fp16 stored and fp32 arithmetic, "fp16/fp16" where every operation is rounded. */
  readonly name: string;
  readonly storage: P;
  readonly arithmetic: AnyPrecision;
}

/** Storage in P; arithmetic in the given format, by default the wider of P and fp32. */
export function operationFormat<P extends AnyPrecision>(storage: P, arithmetic: AnyPrecision = wider(storage, fp32)): OperationFormat<P> {
  const name = arithmetic === wider(storage, fp32) ? storage.name : `${storage.name}/${arithmetic.name}`;
  return { name, storage, arithmetic };
}

/** The format with more significand bits; the first of two equals. */
export function wider(a: AnyPrecision, b: AnyPrecision): AnyPrecision {
  return b.significandBits > a.significandBits ? b : a;
}
