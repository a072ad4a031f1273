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
  for (let j = 0; j < n; j++) tilePtr[j + 1] = tilePtr[j] + Math.ceil((colPtr[j + 1] - colPtr[j] - 1) / s);
  const parts = [0];
  let [partBlocks, partTiles] = [0, 0];
  for (let j = 0, from = 0; j < n; j++) {
    const blocks = colPtr[j + 1] - colPtr[from];
    if (blocks < PART && j < n - 1) continue;
    partBlocks = Math.max(partBlocks, blocks);
    partTiles = Math.max(partTiles, tilePtr[j + 1] - tilePtr[from]);
    from = j + 1;
    parts.push(from);
  }
  return { tilePtr, rows: tilePtr[n] * s, parts, partBlocks, partTiles };
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
