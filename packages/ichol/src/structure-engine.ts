import type { BsrPattern } from "@slam/sparse";
import { type ArenaPool, kernels, nameForModules } from "@slam/wasm";
import { structureKernel } from "./structure.kernel.ts";
import type { ColumnPattern, Supernodes } from "./supernodes.ts";

nameForModules("ichol", { structureKernel });

/** Rows that one call of a kernel handles: between calls the engine changes to the code that it has optimised meanwhile. */
const CHUNK = 1024;
/** As `symbolicCholesky` has it: beyond, columns are counted without walking through all entries. */
const MAX_STEPS = 2 ** 26;

/** What `analyzeCholesky` finds once it has an order. */
export interface FactorStructure {
  readonly L: ColumnPattern;
  readonly supernodes: Supernodes;
  /** For each block of A: its block in L, as 2 position + (1 if it lands transposed). */
  readonly destination: Int32Array;
  /** Products L_ik L_jk' of blocks that a factorisation subtracts. */
  readonly blockUpdates: number;
}

/** The lower triangle of P A P' by rows, and the elimination tree. */
interface Rows {
  readonly starts: Int32Array;
  /** As `enterRows` makes them. */
  readonly columns: Int32Array;
  readonly entries: Int32Array;
  readonly parent: Int32Array;
}

/** With all but the updates of supernodes. */
interface Columns extends Pick<FactorStructure, "L" | "destination"> {
  readonly first: Int32Array;
  readonly updatePtr: Int32Array;
}

/**
 * The structure of a complete factor, found by kernels: in one walk up the elimination tree for each row its columns are counted, in a second one they are
 * filled and each block of A finds its place, without P A P' as a pattern of its own.
 *
 * @returns arrays taken from the arenas; undefined where an index is out of range, or L is so large that the first walk takes too many steps: that is not for kernels.
 */
export function structureEngine(A: BsrPattern, order: Int32Array, arenas: ArenaPool): FactorStructure | undefined {
  const n = A.blockRows;
  const found = walkRows(A, order, arenas);
  if (found === undefined) return undefined;
  const { L, first, updatePtr, destination } = found.columns;
  const updates = fillUpdates(n, found.columns, arenas);
  return { L, supernodes: { first, updatePtr, updates }, destination, blockUpdates: found.blockUpdates };
}

/** The rows of P A P', the tree, and with them the columns. */
function walkRows(
  A: BsrPattern,
  order: Int32Array,
  arenas: ArenaPool,
): { readonly columns: Columns; readonly blockUpdates: number } | undefined {
  const n = A.blockRows;
  const nnz = A.colIdx.length;
  const given = { order: n, rowPtr: n + 1, colIdx: nnz, inverse: n };
  const found = { starts: n + 1, columns: nnz, entries: nnz, parent: n, counts: n, reached: n, colPtr: n + 1 };
  return arenas.lend({ ...given, ...found }, ({ arena, views, at }) => {
    const run = kernels(arena, structureKernel);
    views.order.set(order);
    views.rowPtr.set(A.rowPtr);
    views.colIdx.set(A.colIdx);
    run.invert(n, at.order, at.inverse);
    for (let i = 0; i < n; i += CHUNK) {
      const end = Math.min(i + CHUNK, n);
      if (run.countRows(n, nnz, at.rowPtr, at.colIdx, at.inverse, at.starts, i, end) === 0) return undefined;
    }
    run.sumCounts(n, at.starts);
    for (let i = 0; i < n; i += CHUNK) {
      run.enterRows(at.rowPtr, at.colIdx, at.inverse, at.starts, at.columns, at.entries, i, Math.min(i + CHUNK, n));
    }
    views.parent.fill(-1);
    views.counts.fill(1);
    views.reached.fill(-1);
    let steps = 0;
    for (let i = 0; i < n; i += CHUNK) {
      steps += run.walk(at.starts, at.columns, at.parent, at.counts, at.reached, i, Math.min(i + CHUNK, n), MAX_STEPS - steps);
      if (steps >= MAX_STEPS) return undefined;
    }
    run.startColumns(n, at.counts, at.colPtr);
    return { columns: fillColumns(n, views, views.colPtr, arenas), blockUpdates: run.countBlockUpdates(n, at.colPtr) };
  });
}

/** The columns, the places of A's blocks in them, and where supernodes and their updates begin. */
function fillColumns(n: number, rows: Rows, starts: Int32Array, arenas: ArenaPool): Columns {
  const nnz = rows.entries.length;
  const given = { starts: n + 1, columns: nnz, entries: nnz, parent: n };
  const found = { colPtr: n + 1, rowIdx: starts[n], destination: nnz, next: n, reached: n, of: n, first: n + 1, updatePtr: n + 1 };
  return arenas.lend({ ...given, ...found }, ({ arena, views, at }) => {
    const run = kernels(arena, structureKernel);
    views.starts.set(rows.starts);
    views.columns.set(rows.columns);
    views.entries.set(rows.entries);
    views.parent.set(rows.parent);
    views.colPtr.set(starts);
    views.next.set(starts.subarray(0, n));
    views.reached.fill(-1);
    for (let i = 0; i < n; i += CHUNK) {
      const end = Math.min(i + CHUNK, n);
      run.fillColumns(at.starts, at.columns, at.entries, at.parent, at.next, at.reached, at.rowIdx, at.destination, i, end);
    }
    const count = run.markSupernodes(n, at.colPtr, at.parent, at.of, at.first);
    run.countUpdates(count, at.colPtr, at.rowIdx, at.of, at.first, at.updatePtr);
    return {
      L: { colPtr: kept(arenas, views.colPtr), rowIdx: kept(arenas, views.rowIdx) },
      first: kept(arenas, views.first.subarray(0, count + 1)),
      updatePtr: kept(arenas, views.updatePtr.subarray(0, count + 1)),
      destination: kept(arenas, views.destination),
    };
  });
}

function fillUpdates(n: number, { L, first, updatePtr }: Columns, arenas: ArenaPool): Int32Array {
  const count = first.length - 1;
  const given = { colPtr: n + 1, rowIdx: L.rowIdx.length, first: count + 1, next: count + 1 };
  return arenas.lend({ ...given, of: n, updates: 3 * updatePtr[count] }, ({ arena, views, at }) => {
    views.colPtr.set(L.colPtr);
    views.rowIdx.set(L.rowIdx);
    views.first.set(first);
    views.next.set(updatePtr);
    kernels(arena, structureKernel).fillUpdates(count, at.colPtr, at.rowIdx, at.of, at.first, at.next, at.updates);
    return kept(arenas, views.updates);
  });
}

/** A copy that stays when what is lent goes back. */
function kept(arenas: ArenaPool, indices: Int32Array): Int32Array {
  const copy = arenas.integers(indices.length);
  copy.set(indices);
  return copy;
}
