import type { FP32, FP64, Storage } from "@slam/float";
import { Arena, bytesFor, kernels } from "@slam/wasm";
import { factorKernel, scratchWidth } from "./factor.kernel.ts";
import type { CholeskySymbolic } from "./symbolic.ts";

/** Everything that the kernel reads and writes, in one arena. */
export interface FactorEngine {
  readonly L: Storage;
  readonly floors: Float64Array;
  factorColumns(): number;
}

export function factorEngine(symbolic: CholeskySymbolic, format: FP64 | FP32): FactorEngine {
  const { n, b, L: pattern, rows, order } = symbolic;
  const entries = pattern.rowIdx.length * b * b;
  const scratchEntries = b * scratchWidth(b);
  const indices = [pattern.colPtr, pattern.rowIdx, rows.rowPtr, rows.colIdx, rows.position, order];
  const indexBytes = indices.reduce((sum, array) => sum + bytesFor(Int32Array, array.length), bytesFor(Int32Array, n));
  const arena = new Arena(bytesFor(format, entries) + bytesFor(format, scratchEntries) + bytesFor(Float64Array, n * b) + indexBytes);
  const L = arena.view(format, entries) as unknown as Storage;
  const floors = arena.view(Float64Array, n * b);
  const scratch = arena.view(format, scratchEntries) as unknown as Storage;
  const where = arena.view(Int32Array, n);
  const addresses = indices.map((array) => {
    const copy = arena.view(Int32Array, array.length);
    copy.set(array);
    return arena.address("index", copy);
  });
  const [colPtr, rowIdx, rowPtr, rowColumn, position, orderAt] = addresses;
  const kernel = kernels(arena, factorKernel, b, format.name);
  const at = (array: Storage | Int32Array): number => arena.address("factor", array);
  return {
    L,
    floors,
    factorColumns() {
      where.fill(0);
      return kernel.factorColumns(n, at(L), colPtr, rowIdx, rowPtr, rowColumn, position, orderAt, at(floors), at(where), at(scratch));
    },
  };
}
