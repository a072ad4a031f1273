import { OptionError } from "@slam/errors";
import { type AnyPrecision, type FP32, type FP64, fp32, fp64, type Storage, zeros } from "@slam/float";
import { ArenaPool } from "@slam/wasm";
import { factorColumnsReference, prepareReference } from "./factor.reference.ts";
import { factorEngine } from "./factor-engine.ts";
import type { CholeskySymbolic } from "./symbolic.ts";

/** Memory for the factorisations of one structure in one format, and what factorises in it. */
export interface CholeskyWorkspace {
  readonly symbolic: CholeskySymbolic;
  readonly format: AnyPrecision;
  /** The blocks of L, each by columns: P A P' before it is factorised. */
  readonly L: Storage;
  /** For each scalar row, in the order of elimination, what its pivot must exceed. */
  readonly floors: Float64Array;
  /** L <- P (A + shift diag(A)) P', zeros elsewhere; floors <- pivotFloor diag(P A P'). `values` are A's. */
  prepare(values: Storage, shift: number, pivotFloor: number): void;
  /**
   * Factorises in place; returns -1, or the scalar row (in the order of elimination) of the first bad pivot; then the pivot is there, and
   * what lies behind it unspecified.
   */
  factorColumns(): number;
  /** z <- P' L^-T L^-1 P r with the L that was left; in fp64 alone. */
  readonly solve: ((r: Float64Array, z: Float64Array) => void) | undefined;
}

/**
 * The engine's kernels in fp64 and fp32, the reference in any other format: with the same bits.
 * @param arenas what the memory is taken from. Default a new pool.
 * @throws EngineError of @slam/wasm where the engine cannot run, ArenaError where there is no memory for the factor.
 */
export function choleskyWorkspace(
  symbolic: CholeskySymbolic,
  format: AnyPrecision,
  arenas: ArenaPool = new ArenaPool(),
): CholeskyWorkspace {
  if (format === (fp64 satisfies FP64)) return { symbolic, format, ...factorEngine(symbolic, fp64, arenas) };
  if (format === (fp32 satisfies FP32)) return { symbolic, format, ...factorEngine(symbolic, fp32, arenas), solve: undefined };
  const L = zeros(format, symbolic.L.rowIdx.length * symbolic.b ** 2) as Storage;
  const floors = new Float64Array(symbolic.n * symbolic.b);
  return {
    symbolic,
    format,
    L,
    floors,
    prepare: (values, shift, pivotFloor) => prepareReference(symbolic, format, values, shift, pivotFloor, L, floors),
    factorColumns: () => factorColumnsReference(symbolic, format, L, floors),
    solve: undefined,
  };
}

/** @throws OptionError unless the workspace was made for this structure and format. */
export function checkWorkspace(
  what: string,
  workspace: Pick<CholeskyWorkspace, "symbolic" | "format">,
  symbolic: CholeskySymbolic,
  format: AnyPrecision,
): void {
  if (workspace.symbolic !== symbolic || workspace.format !== format) {
    throw new OptionError(what, {
      expected: `one made for this structure in ${format.name}`,
      actual: `one in ${workspace.format.name}`,
    });
  }
}
