import { type AnyPrecision, type FP32, type FP64, fp32, fp64, type Storage, zeros } from "@slam/float";
import { ArenaPool } from "@slam/wasm";
import { prepareReference } from "./factor.reference.ts";
import type { CholeskySymbolic } from "./symbolic.ts";
import { type DropRule, type ThresholdBreakdown, type ThresholdColumns, thresholdColumns } from "./threshold.reference.ts";
import { thresholdEngine } from "./threshold-engine.ts";

/** Memory for the incomplete factors of one structure in one format, and what makes them in it. */
export interface ThresholdWorkspace {
  readonly symbolic: CholeskySymbolic;
  readonly format: AnyPrecision;
  /** Factorises P (A + shift diag(A)) P'; `values` are A's. Those of L may lie in the workspace, until it is used again. */
  factorColumns(values: Storage, shift: number, rule: DropRule): ThresholdColumns | ThresholdBreakdown;
}

/**
 * The engine's kernels in fp64 and fp32, the reference in any other format: with the same bits.
 * @param symbolic without fill.
 * @param arenas what the memory is taken from, more of it where a factor has no room. Default a new pool.
 * @throws EngineError of @slam/wasm where the engine cannot run, ArenaError where there is no memory for the factor.
 */
export function thresholdWorkspace(
  symbolic: CholeskySymbolic,
  format: AnyPrecision,
  arenas: ArenaPool = new ArenaPool(),
): ThresholdWorkspace {
  if (format === (fp64 satisfies FP64)) return { symbolic, format, factorColumns: thresholdEngine(symbolic, fp64, arenas) };
  if (format === (fp32 satisfies FP32)) return { symbolic, format, factorColumns: thresholdEngine(symbolic, fp32, arenas) };
  const permuted = zeros(format, symbolic.L.rowIdx.length * symbolic.b ** 2) as Storage;
  const floors = new Float64Array(symbolic.n * symbolic.b);
  return {
    symbolic,
    format,
    factorColumns(values, shift, rule) {
      prepareReference(symbolic, format, values, shift, 0, permuted, floors);
      return thresholdColumns(symbolic, format, permuted, rule);
    },
  };
}
