import { OptionError } from "@slam/errors";
import type { OperationFormat } from "@slam/float";
import { newArrays, type Scratch } from "@slam/linop";
import { ArenaPool } from "@slam/wasm";
import { engineFormat } from "./engine-format.ts";
import type { CholeskySymbolic } from "./symbolic.ts";
import { type TriangularEngine, triangularEngine } from "./triangular-engine.ts";

/** Memory for a preconditioner: one after the other may lie in it. */
export interface TriangularWorkspace {
  readonly symbolic: CholeskySymbolic;
  readonly format: OperationFormat;
  /** Where the engine has kernels for the format; the reference needs no memory of its own. */
  readonly engine: TriangularEngine | undefined;
}

/**
 * Kernels where L is stored in fp64 or fp32 and applied in the same, or in a format with a lane codec and applied in fp32 or, where it
 * has few enough bits for fp32 lanes to round as it does, in itself; otherwise the reference.
 * @param arenas what the memory is taken from. Default a new pool.
 * @param scratch what arrays are taken from that are copied there. Default new ones.
 * @throws EngineError of @slam/wasm where the engine cannot run, ArenaError where there is no memory for the factor.
 */
export function triangularWorkspace(
  symbolic: CholeskySymbolic,
  format: OperationFormat,
  arenas: ArenaPool = new ArenaPool(),
  scratch: Scratch = newArrays,
): TriangularWorkspace {
  const how = engineFormat(format);
  return { symbolic, format, engine: how && triangularEngine(symbolic, how, arenas, scratch) };
}

/** @throws OptionError unless the workspace was made for this structure and format. */
export function checkTriangularWorkspace(
  { symbolic, format }: TriangularWorkspace,
  expected: CholeskySymbolic,
  wanted: OperationFormat,
): void {
  if (symbolic !== expected || format.storage !== wanted.storage || format.arithmetic !== wanted.arithmetic) {
    throw new OptionError("triangularPreconditioner: workspace", {
      expected: `one made for this structure in ${wanted.name}`,
      actual: `one in ${format.name}`,
    });
  }
}
