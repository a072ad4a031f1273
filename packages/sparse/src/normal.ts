import { checkChoice } from "@slam/errors";
import { newArrays, type Scratch } from "@slam/linop";
import type { ArenaPool } from "@slam/wasm";
import type { BsrPattern } from "./bsr-pattern.ts";
import { type NormalRows, normalEngine } from "./normal-engine.ts";

/** Where A'A has blocks, and which pairs of blocks of A they sum. Made once per structure of A. */
export interface NormalSymbolic {
  readonly A: BsrPattern;
  /** The lower triangle of A'A by block rows, the diagonal included, c x c blocks. */
  readonly pattern: BsrPattern;
  /** For each pair of blocks of one block row of A, first >= second, in ascending order of rows: the block of A'A it adds to, or -1. */
  readonly target: Int32Array;
}

/**
 * The structure of the lower triangle of A'A, or of its block diagonal alone, in O(pairs). Every diagonal block is present.
 *
 * @param scratch what its arrays are taken from. Default new ones.
 * @param arenas where kernels find the lower triangle, and what its arrays are taken from then. Default none: JavaScript does.
 */
export function normalSymbolic(
  A: BsrPattern,
  part: "lower" | "diagonal" = "lower",
  scratch: Scratch = newArrays,
  arenas?: ArenaPool,
): NormalSymbolic {
  checkChoice("normalSymbolic: part", part, ["lower", "diagonal"]);
  if (part === "diagonal") return blockDiagonal(A, scratch);
  const { rows, columns, target } = (arenas && normalEngine(A, arenas)) ?? lowerTriangle(A, scratch);
  return { A, pattern: squarePattern(A, rows, columns), target };
}

/** The pairs of blocks (i, j), i > j, of the rows of A, sorted by j: those of j begin at starts[j]. */
interface SortedPairs {
  readonly starts: Int32Array;
  /** Their i. */
  readonly larger: Int32Array;
  /** Their places in `target`. */
  readonly place: Int32Array;
  /** Pairs of A, those with i = j included. */
  readonly pairs: number;
}

/** Rows of two blocks, in pose graphs nearly all, go without inner loops, here and below: 1.4 times as fast. */
function sortPairs({ blockRows, blockCols: n, rowPtr, colIdx }: BsrPattern, scratch: Scratch): SortedPairs {
  const starts = scratch.integers(n + 1);
  let pairs = 0;
  for (let row = 0; row < blockRows; row++) {
    const begin = rowPtr[row];
    const end = rowPtr[row + 1];
    if (end - begin === 2) {
      starts[colIdx[begin]]++;
      pairs += 3;
      continue;
    }
    pairs += ((end - begin) * (end - begin + 1)) / 2;
    for (let l = begin; l < end; l++) starts[colIdx[l]] += end - 1 - l;
  }
  for (let j = 0; j < n; j++) starts[j + 1] += starts[j];
  const larger = scratch.integers(starts[n]);
  const place = scratch.integers(starts[n]);
  for (let row = 0, pair = 0; row < blockRows; row++) {
    const begin = rowPtr[row];
    const end = rowPtr[row + 1];
    if (end - begin === 2) {
      const at = --starts[colIdx[begin]];
      larger[at] = colIdx[begin + 1];
      place[at] = pair + 1;
      pair += 3;
      continue;
    }
    for (let k = begin; k < end; k++, pair++) {
      const i = colIdx[k];
      for (let l = begin; l < k; l++) {
        const at = --starts[colIdx[l]];
        larger[at] = i;
        place[at] = pair++;
      }
    }
  }
  return { starts, larger, place, pairs };
}

/** What `normalEngine` finds, in JavaScript. */
export function lowerTriangle(A: BsrPattern, scratch: Scratch): NormalRows {
  const { blockRows, blockCols: n, rowPtr, colIdx } = A;
  const { starts, larger, place, pairs } = sortPairs(A, scratch);
  // j ascending, so that each row's blocks come in order: target <- place in row i, rows[i + 1] <- how many.
  const target = scratch.integers(pairs);
  const rows = scratch.integers(n + 1);
  const last = scratch.integers(n).fill(-1);
  for (let j = 0; j < n; j++) {
    const end = starts[j + 1];
    for (let p = starts[j]; p < end; p++) {
      const i = larger[p];
      if (last[i] !== j) {
        last[i] = j;
        rows[i + 1]++;
      }
      target[place[p]] = rows[i + 1] - 1;
    }
  }
  for (let i = 0; i < n; i++) rows[i + 1] += rows[i] + 1;
  const columns = scratch.integers(rows[n]);
  for (let i = 0; i < n; i++) columns[rows[i + 1] - 1] = i;
  for (let row = 0, pair = 0; row < blockRows; row++) {
    const begin = rowPtr[row];
    const end = rowPtr[row + 1];
    if (end - begin === 2) {
      const j = colIdx[begin];
      const i = colIdx[begin + 1];
      const block = rows[i] + target[pair + 1];
      columns[block] = j;
      target[pair++] = rows[j + 1] - 1;
      target[pair++] = block;
      target[pair++] = rows[i + 1] - 1;
      continue;
    }
    for (let k = begin; k < end; k++) {
      const i = colIdx[k];
      const start = rows[i];
      for (let l = begin; l < k; l++) {
        const block = start + target[pair];
        columns[block] = colIdx[l];
        target[pair++] = block;
      }
      target[pair++] = rows[i + 1] - 1;
    }
  }
  return { rows, columns, target };
}

function blockDiagonal(A: BsrPattern, scratch: Scratch): NormalSymbolic {
  const { blockRows, blockCols: n, rowPtr, colIdx } = A;
  const rows = scratch.integers(n + 1);
  const columns = scratch.integers(n);
  for (let i = 0; i < n; i++) {
    columns[i] = i;
    rows[i + 1] = i + 1;
  }
  let pairs = 0;
  for (let row = 0; row < blockRows; row++) pairs += ((rowPtr[row + 1] - rowPtr[row]) * (rowPtr[row + 1] - rowPtr[row] + 1)) / 2;
  const target = scratch.integers(pairs).fill(-1);
  for (let row = 0, before = 0; row < blockRows; row++) {
    for (let k = rowPtr[row]; k < rowPtr[row + 1]; k++) {
      before += k - rowPtr[row] + 1;
      target[before - 1] = colIdx[k];
    }
  }
  return { A, pattern: squarePattern(A, rows, columns), target };
}

function squarePattern({ blockCols, c }: BsrPattern, rowPtr: Int32Array, colIdx: Int32Array): BsrPattern {
  return { blockRows: blockCols, blockCols, r: c, c, rowPtr, colIdx };
}
