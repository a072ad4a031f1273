import type { Storage } from "@slam/float";
import { type ArenaPool, kernels } from "@slam/wasm";
import { placeAreas } from "./areas.ts";
import { INVERSE_TABLES, sparseInverseKernel } from "./sparse-inverse.kernel.ts";
import type { CholeskySymbolic } from "./symbolic.ts";

/** Block columns that one call of a kernel handles: between calls the engine changes to the code that it has optimised meanwhile. */
const CHUNK = 256;

/**
 * The blocks of (L L')^-1 at the places of L, by rows, in an arena.
 * @throws ArenaError where there is no memory for two times L.
 */
export function inverseEngine({ n, b, L: pattern, supernodes }: CholeskySymbolic, L: Storage, arenas: ArenaPool): Float64Array {
  const blockBytes = b * b * 8;
  const { arena, views, at } = placeAreas(arenas, {
    Y: [Float64Array, L.length],
    Z: [Float64Array, L.length],
    base: [Int32Array, n],
    where: [Int32Array, n],
    colPtr: pattern.colPtr,
    rowIdx: pattern.rowIdx,
    first: supernodes.first,
    updatePtr: supernodes.updatePtr,
    updates: supernodes.updates,
    tables: [Int32Array, INVERSE_TABLES.length],
  });
  const base = views.base as Int32Array;
  for (let j = 0; j < n; j++) base[j] = at.Z + (pattern.colPtr[j] - j) * blockBytes;
  (views.tables as Int32Array).set(INVERSE_TABLES.map((name) => at[name]));
  (views.Y as Float64Array).set(L);
  const kernel = kernels(arena, sparseInverseKernel, b);
  for (let j = 0; j < n; j += CHUNK) kernel.divideColumns(at.tables, j, Math.min(j + CHUNK, n));
  for (let s = supernodes.first.length - 2; s >= 0; s--) kernel.invertSupernode(at.tables, s);
  return views.Z as Float64Array;
}
