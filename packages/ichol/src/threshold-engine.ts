import type { FP32, FP64, Storage } from "@slam/float";
import { type ArenaArray, type ArenaArrayConstructor, type ArenaPool, kernels } from "@slam/wasm";
import { type Areas, placeAreas } from "./areas.ts";
import type { CholeskySymbolic } from "./symbolic.ts";
import { FULL, TABLES, type ThresholdKernels, thresholdKernel } from "./threshold.kernel.ts";
import type { DropRule, ThresholdBreakdown, ThresholdColumns } from "./threshold.reference.ts";

/** Blocks or block columns that one call of a kernel handles, as in `factorEngine`. */
const CHUNK = 256;
/** Blocks, and row indices, that a tile may read beyond the last one. */
const OVERREAD = 4;

type ThresholdAreas = Areas<(typeof TABLES)[number] | "values" | "destination" | "tables">;

/**
 * Makes the columns of incomplete factors in an arena, and in a larger one from where they find no room: what is made by then is copied.
 *
 * @returns what factorises P (A + shift diag(A)) P' for the values of A; its columns lie in the arena until the next ones are made.
 */
export function thresholdEngine(
  symbolic: CholeskySymbolic,
  format: FP64 | FP32,
  arenas: ArenaPool,
): (values: Storage, shift: number, rule: DropRule) => ThresholdColumns | ThresholdBreakdown {
  const { n, b } = symbolic;
  // With tolerances of 0.01 pose graphs in space have about as many blocks.
  let capacity = 2 * symbolic.L.rowIdx.length;
  let areas = place(symbolic, format, arenas, capacity);
  let kernel = kernels(areas.arena, thresholdKernel, b, format.name);

  function grow(): void {
    const { views } = areas;
    capacity *= 2;
    areas = place(symbolic, format, arenas, capacity);
    kernel = kernels(areas.arena, thresholdKernel, b, format.name);
    for (const name of TABLES) areas.views[name].set(views[name] as never);
  }

  return (values, shift, { dropTolerance, maxPerColumn }) => {
    prepare(symbolic, areas, kernel, values, shift);
    const most = Math.min(maxPerColumn, n);
    for (let j = 0; j < n; ) {
      const result = kernel.factorColumn(areas.at.tables, j, dropTolerance, most, capacity);
      if (result === -1) j++;
      else if (result === FULL) grow();
      else return breakdown(areas, format, b, result);
    }
    const { colPtr, rowIdx, L, updates } = areas.views;
    const end = colPtr[n];
    const pattern = { colPtr: colPtr.slice() as Int32Array, rowIdx: rowIdx.slice(0, end) as Int32Array };
    return { L: pattern, values: L.subarray(0, end * b * b) as Storage, blockUpdates: updates[0] };
  };
}

function place(
  { n, b, L: start, destination }: CholeskySymbolic,
  format: FP64 | FP32,
  arenas: ArenaPool,
  capacity: number,
): ThresholdAreas {
  const Type = format.Storage as ArenaArrayConstructor<ArenaArray>;
  const blocks = (count: number) => [Type, (count + OVERREAD) * b * b] as const;
  const indices = (count: number) => [Int32Array, count] as const;
  const areas = placeAreas(arenas, {
    // First, so that no block of a column has the address 0.
    dummy: blocks(0),
    floors: [Float64Array, n * b],
    A: blocks(start.rowIdx.length),
    aPtr: start.colPtr,
    aRows: start.rowIdx,
    colPtr: indices(n + 1),
    firstInRow: indices(n),
    lastInRow: indices(n),
    where: indices(n),
    work: blocks(n),
    workRows: indices(n),
    norms: [Float64Array, n],
    kept: indices(n),
    updates: [Float64Array, 1],
    L: blocks(capacity),
    rowIdx: indices(capacity + OVERREAD),
    nextInRow: indices(capacity),
    columnOf: indices(capacity),
    values: [Type, destination.length * b * b],
    destination,
    tables: indices(TABLES.length),
  });
  TABLES.forEach((name, k) => {
    areas.views.tables[k] = areas.at[name];
  });
  return areas;
}

/** A <- P (A + shift diag(A)) P', and no column of L. */
function prepare(
  { n, destination }: CholeskySymbolic,
  { views, at }: ThresholdAreas,
  kernel: ThresholdKernels,
  values: Storage,
  shift: number,
): void {
  views.values.set(values as never);
  views.A.fill(0);
  for (let k = 0; k < destination.length; k += CHUNK) {
    kernel.scatter(at.values, at.A, at.destination, k, Math.min(k + CHUNK, destination.length));
  }
  for (let j = 0; j < n; j += CHUNK) kernel.prepareDiagonal(at.A, at.aPtr, at.floors, j, Math.min(j + CHUNK, n), shift, 0);
  views.firstInRow.fill(-1);
  views.updates[0] = 0;
}

function breakdown({ views }: ThresholdAreas, P: FP64 | FP32, b: number, row: number): ThresholdBreakdown {
  const j = Math.floor(row / b);
  const pivot = P.load(views.L as never, views.colPtr[j] * b * b + (row % b) * (b + 1));
  return { row, pivot, blockUpdates: views.updates[0] };
}
