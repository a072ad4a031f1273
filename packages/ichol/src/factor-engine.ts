import type { FP32, FP64, Storage } from "@slam/float";
import { type ArenaArray, type ArenaArrayConstructor, type ArenaPool, kernels, nameForModules } from "@slam/wasm";
import { placeAreas } from "./areas.ts";
import { columnSolveKernel } from "./column-solve.kernel.ts";
import { factorKernel, TABLES } from "./factor.kernel.ts";
import type { CholeskySymbolic } from "./symbolic.ts";

nameForModules("ichol", { factorKernel, columnSolveKernel });

/** Everything that the kernels read and write, in one arena. */
export interface FactorEngine {
  readonly L: Storage;
  readonly floors: Float64Array;
  prepare(values: Storage, shift: number, pivotFloor: number): void;
  factorColumns(): number;
  /** z <- P' L^-T L^-1 P r, in fp64, where `factorColumns` has left L. `z` may be `r`. */
  solve(r: Float64Array, z: Float64Array): void;
}

/**
 * Blocks or block columns that one call of a kernel handles: between calls the engine changes to the code that it has optimised
 * meanwhile.
 */
const CHUNK = 256;
/** As many block columns in `solve`. */
const COLUMNS = 128;
/** Blocks of A that are copied to the arena at once: it need not hold all of them beside L. */
const STAGED = 4096;
/** Blocks, and row indices, that a tile may read beyond the last one; the indices are valid ones, zeros. */
const OVERREAD = 4;

export function factorEngine(symbolic: CholeskySymbolic, format: FP64 | FP32, arenas: ArenaPool): FactorEngine {
  const { n, b, L: pattern, destination, supernodes } = symbolic;
  const Type = format.Storage as ArenaArrayConstructor<ArenaArray>;
  const blockBytes = b * b * Type.BYTES_PER_ELEMENT;
  const staged = Math.min(STAGED, destination.length);
  const { arena, views, at } = placeAreas(arenas, {
    L: [Type, pattern.rowIdx.length * b * b, "uncleared"],
    // In `solve`, what an elimination starts from.
    A: [Type, Math.max(staged * b * b, n * b), "uncleared"],
    dummy: [Type, OVERREAD * b * b],
    floors: [Float64Array, n * b],
    base: [Int32Array, n],
    where: [Int32Array, n],
    colPtr: pattern.colPtr,
    rowIdx: [Int32Array, pattern.rowIdx.length + OVERREAD],
    first: supernodes.first,
    updatePtr: supernodes.updatePtr,
    updates: supernodes.updates,
    destination,
    tables: [Int32Array, TABLES.length],
  });
  const L = views.L as Storage;
  const A = views.A as Storage;
  const where = views.where as Int32Array;
  const tables = views.tables as Int32Array;
  const base = views.base as Int32Array;
  writeBases(base, pattern.colPtr, at.L, blockBytes);
  (views.rowIdx as Int32Array).set(pattern.rowIdx);
  TABLES.forEach((name, k) => {
    tables[k] = at[name];
  });
  const kernel = kernels(arena, factorKernel, b, format.name, symbolic.fill === "complete" ? "complete" : "partial");
  return {
    L,
    floors: views.floors as Float64Array,
    prepare(values, shift, pivotFloor) {
      L.fill(0);
      for (let from = 0; from < destination.length; from += staged) {
        const to = Math.min(from + staged, destination.length);
        A.set(values.subarray(from * b * b, to * b * b) as never);
        for (let k = from; k < to; k += CHUNK) {
          kernel.scatter(at.A, at.L, at.destination + 4 * from, k - from, Math.min(k + CHUNK, to) - from);
        }
      }
      for (let j = 0; j < n; j += CHUNK) kernel.prepareDiagonal(at.L, at.colPtr, at.floors, j, Math.min(j + CHUNK, n), shift, pivotFloor);
    },
    factorColumns() {
      where.fill(0);
      for (let s = 0; s < supernodes.first.length - 1; s++) {
        const bad = kernel.factorSupernode(at.tables, s);
        if (bad >= 0) return bad;
      }
      return -1;
    },
    solve(r, z) {
      const columns = kernels(arena, columnSolveKernel, b);
      // What the factorisation needed besides L is free, and large enough: A has the diagonal's blocks.
      const [order, vector] = [where, A.subarray(0, n * b) as Float64Array];
      order.set(symbolic.order);
      vector.set(r);
      const chunks = Array.from({ length: Math.ceil(n / COLUMNS) }, (_, k) => [k * COLUMNS, Math.min((k + 1) * COLUMNS, n)] as const);
      for (const [from, to] of chunks) columns.gather(at.A, at.where, at.floors, from, to);
      for (const [from, to] of chunks) columns.forward(at.L, at.colPtr, at.rowIdx, at.floors, from, to);
      for (const [from, to] of chunks.toReversed()) columns.backward(at.L, at.colPtr, at.rowIdx, at.floors, from, to);
      for (const [from, to] of chunks) columns.scatter(at.floors, at.where, at.A, from, to);
      z.set(vector);
    },
  };
}

// A loop of its own: an engine that optimises it takes little time for that.

/** base[j] <- where the blocks of column j would begin if it had one for each row above the diagonal, in bytes. */
function writeBases(base: Int32Array, colPtr: Int32Array, L: number, blockBytes: number): void {
  for (let j = 0; j < base.length; j++) base[j] = L + (colPtr[j] - j) * blockBytes;
}
