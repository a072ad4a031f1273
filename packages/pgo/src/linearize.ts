import { type AnyPrecision, fp32, fp64, type OperationFormat } from "@slam/float";
import type { ArenaPool } from "@slam/wasm";
import type { EdgeTerms, Linearization } from "./linearization.ts";
import { linearizeReference } from "./linearize.reference.ts";
import { linearizeEngine } from "./linearize-engine.ts";
import { linearizePlain } from "./linearize-plain.ts";

/**
 * Where storage and arithmetic are both fp64 or both fp32, the engine's kernels or, of a factor without formulas, plain loops; the reference otherwise: with the
 * same bits.
 *
 * @throws EngineError of @slam/wasm where the engine cannot run, ArenaError where there is no memory.
 */
export function linearize(terms: EdgeTerms, format: OperationFormat, arenas: ArenaPool): Linearization {
  const storage: AnyPrecision = format.storage;
  if (storage !== format.arithmetic || (storage !== fp64 && storage !== fp32)) return linearizeReference(terms, format);
  if (terms.factor.formulas === undefined) return linearizePlain(terms, storage === fp64 ? fp64 : fp32);
  return linearizeEngine(terms, storage === fp64 ? fp64 : fp32, arenas);
}
