import { newArrays, type Scratch } from "@slam/linop";
import { tileShape } from "./block-rows.kernel.ts";
import type { CholeskySymbolic } from "./symbolic.ts";

/** The tiles of a factor: s blocks below the diagonal of a column each, the last tile of a column filled up. */
export interface TileLayout {
  /** Tiles of the columns before. */
  readonly tilePtr: Int32Array;
  /** How many block rows all tiles have: s for each. */
  readonly rows: number;
  /** Columns where parts begin that are packed at once, and the end. */
  readonly parts: readonly number[];
  /** At most these many blocks and tiles in a part. */
  readonly partBlocks: number;
  readonly partTiles: number;
}

/** Blocks of a part: in fp64 with 6 x 6 blocks half a common level-2 cache. */
const PART = 512;

/** @param scratch what its arrays are taken from. Default new ones. */
export function tileLayout({ n, b, L: { colPtr } }: CholeskySymbolic, lanes: 2 | 4, scratch: Scratch = newArrays): TileLayout {
  const { s } = tileShape(b, lanes);
  const tilePtr = scratch.integers(n + 1);
  writeTilePtr(n, colPtr, s, tilePtr);
  const parts = partStarts(n, colPtr);
  return { tilePtr, rows: tilePtr[n] * s, parts, partBlocks: mostInPart(colPtr, parts), partTiles: mostInPart(tilePtr, parts) };
}

// Loops of their own: engines throw away optimised code that leaves a loop for what has never run.

function writeTilePtr(n: number, colPtr: Int32Array, s: number, tilePtr: Int32Array): void {
  for (let j = 0; j < n; j++) tilePtr[j + 1] = tilePtr[j] + Math.ceil((colPtr[j + 1] - colPtr[j] - 1) / s);
}

function partStarts(n: number, colPtr: Int32Array): number[] {
  const parts = [0];
  for (let j = 0, from = 0; j < n; j++) {
    if (colPtr[j + 1] - colPtr[from] < PART && j < n - 1) continue;
    from = j + 1;
    parts.push(from);
  }
  return parts;
}

/** @param ptr where what belongs to each column begins, and the end. */
function mostInPart(ptr: Int32Array, parts: readonly number[]): number {
  let most = 0;
  for (let p = 1; p < parts.length; p++) most = Math.max(most, ptr[parts[p]] - ptr[parts[p - 1]]);
  return most;
}

/** rows <- where the block rows of each tile begin in a vector, in bytes; n block rows after the first where the tile is filled up. Of the layout's length. */
export function writeTileRows(
  { n, b, L: { colPtr, rowIdx } }: CholeskySymbolic,
  lanes: 2 | 4,
  { tilePtr }: Pick<TileLayout, "tilePtr">,
  rows: Int32Array,
): void {
  const { s } = tileShape(b, lanes);
  const segment = (b * 16) / lanes;
  rows.fill(n * segment);
  for (let j = 0; j < n; j++) {
    let at = tilePtr[j] * s;
    const end = colPtr[j + 1];
    for (let e = colPtr[j] + 1; e < end; e++) rows[at++] = rowIdx[e] * segment;
  }
}
