import { newArrays, type Scratch } from "@slam/linop";
import { tileShape } from "./block-rows.kernel.ts";
import type { CholeskySymbolic } from "./symbolic.ts";

/** The tiles of a factor: s blocks below the diagonal of a column each, the last tile of a column filled up. */
export interface TileLayout {
  /** Tiles of the columns before. */
  readonly tilePtr: Int32Array;
  /** s for each tile: where the block row begins in a vector, in bytes; n block rows after the first where the tile is filled up. */
  readonly rows: Int32Array;
  /** Columns where parts begin that are packed at once, and the end. */
  readonly parts: readonly number[];
  /** At most these many blocks and tiles in a part. */
  readonly partBlocks: number;
  readonly partTiles: number;
}

/** Blocks of a part: in fp64 with 6 x 6 blocks half a common level-2 cache. */
const PART = 512;

/** @param scratch what its arrays are taken from. Default new ones. */
export function tileLayout({ n, b, L: { colPtr, rowIdx } }: CholeskySymbolic, lanes: 2 | 4, scratch: Scratch = newArrays): TileLayout {
  const { s } = tileShape(b, lanes);
  const segment = (b * 16) / lanes;
  const tilePtr = scratch.integers(n + 1);
  for (let j = 0; j < n; j++) tilePtr[j + 1] = tilePtr[j] + Math.ceil((colPtr[j + 1] - colPtr[j] - 1) / s);
  const rows = scratch.integers(tilePtr[n] * s).fill(n * segment);
  const parts = [0];
  let [partBlocks, partTiles] = [0, 0];
  for (let j = 0, from = 0; j < n; j++) {
    let at = tilePtr[j] * s;
    for (let e = colPtr[j] + 1; e < colPtr[j + 1]; e++) rows[at++] = rowIdx[e] * segment;
    const blocks = colPtr[j + 1] - colPtr[from];
    if (blocks < PART && j < n - 1) continue;
    partBlocks = Math.max(partBlocks, blocks);
    partTiles = Math.max(partTiles, tilePtr[j + 1] - tilePtr[from]);
    from = j + 1;
    parts.push(from);
  }
  return { tilePtr, rows, parts, partBlocks, partTiles };
}
