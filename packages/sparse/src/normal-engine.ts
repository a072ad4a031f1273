import { type ArenaPool, kernels, nameForModules } from "@slam/wasm";
import type { BsrPattern } from "./bsr-pattern.ts";
import { normalKernel } from "./normal.kernel.ts";

nameForModules("sparse", { normalKernel });

/** Rows that one call of a kernel handles: between calls the engine changes to the code that it has optimised meanwhile. */
const CHUNK = 1024;

/** The lower triangle of A'A by block rows, and `target`, as `NormalSymbolic` has them. */
export interface NormalRows {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly target: Int32Array;
}

/**
 * What `normalSymbolic` finds of the lower triangle, found by kernels.
 *
 * @returns arrays taken from the arenas; undefined for columns out of range: those are not for kernels.
 */
export function normalEngine({ blockRows, blockCols: n, rowPtr, colIdx }: BsrPattern, arenas: ArenaPool): NormalRows | undefined {
  let unequal = 0;
  for (let row = 0; row < blockRows; row++) {
    const blocks = rowPtr[row + 1] - rowPtr[row];
    unequal += (blocks * (blocks - 1)) / 2;
  }
  const pairs = unequal + colIdx.length;
  const given = { rowPtr: blockRows + 1, colIdx: colIdx.length };
  const found = { starts: n + 1, larger: unequal, place: unequal, last: n, rows: n + 1, columns: n + unequal, target: pairs };
  return arenas.lend({ ...given, ...found }, ({ arena, views, at }) => {
    const run = kernels(arena, normalKernel);
    views.rowPtr.set(rowPtr);
    views.colIdx.set(colIdx);
    for (let row = 0; row < blockRows; row += CHUNK) {
      if (run.countPairs(n, at.rowPtr, at.colIdx, at.starts, row, Math.min(row + CHUNK, blockRows)) === 0) return undefined;
    }
    run.endPairs(n, at.starts);
    for (let row = 0, pair = 0; row < blockRows; row += CHUNK) {
      pair = run.sortPairs(at.rowPtr, at.colIdx, at.starts, at.larger, at.place, pair, row, Math.min(row + CHUNK, blockRows));
    }
    views.last.fill(-1);
    for (let j = 0; j < n; j += CHUNK) {
      run.countBlocks(at.starts, at.larger, at.place, at.last, at.rows, at.target, j, Math.min(j + CHUNK, n));
    }
    run.startRows(n, at.rows, at.columns);
    for (let row = 0, pair = 0; row < blockRows; row += CHUNK) {
      pair = run.fillBlocks(at.rowPtr, at.colIdx, at.rows, at.columns, at.target, pair, row, Math.min(row + CHUNK, blockRows));
    }
    const kept = (indices: Int32Array): Int32Array => {
      const copy = arenas.integers(indices.length);
      copy.set(indices);
      return copy;
    };
    return { rows: kept(views.rows), columns: kept(views.columns.subarray(0, views.rows[n])), target: kept(views.target) };
  });
}
