import { newArrays, type Scratch } from "@slam/linop";
import type { BsrPattern } from "@slam/sparse";
import type { PoseGraph } from "./graph.ts";

/** The block pattern of something with one block row per edge and a block for each of its ends that is free. */
export interface EdgeBlocks {
  readonly pattern: BsrPattern;
  /** The block of edge e at its first and its second pose, -1 where that pose is held. */
  readonly ofFrom: Int32Array;
  readonly ofTo: Int32Array;
}

/**
 * @param column the block column of each pose, -1 for those held; r x c the size of a block.
 * @param scratch what its arrays are taken from. Default new ones.
 */
export function edgeBlocks({ from, to }: PoseGraph, column: Int32Array, r: number, c: number, scratch: Scratch = newArrays): EdgeBlocks {
  const edges = from.length;
  const rowPtr = scratch.integers(edges + 1);
  const colIdx = scratch.integers(2 * edges);
  const ofFrom = scratch.integers(edges);
  const ofTo = scratch.integers(edges);
  const blocks = place(from, to, column, rowPtr, colIdx, ofFrom, ofTo);
  const blockCols = lastColumn(column) + 1;
  return { pattern: { blockRows: edges, blockCols, r, c, rowPtr, colIdx: colIdx.subarray(0, blocks) }, ofFrom, ofTo };
}

/** Blocks of a row in ascending order of columns; returns how many there are. */
function place(
  from: Int32Array,
  to: Int32Array,
  column: Int32Array,
  rowPtr: Int32Array,
  colIdx: Int32Array,
  ofFrom: Int32Array,
  ofTo: Int32Array,
): number {
  let block = 0;
  for (let e = 0; e < from.length; e++) {
    const i = column[from[e]];
    const j = column[to[e]];
    const jFirst = j >= 0 && j < i;
    if (jFirst) colIdx[block] = j;
    ofTo[e] = jFirst ? block++ : -1;
    if (i >= 0) colIdx[block] = i;
    ofFrom[e] = i >= 0 ? block++ : -1;
    if (j >= 0 && !jFirst) {
      colIdx[block] = j;
      ofTo[e] = block++;
    }
    rowPtr[e + 1] = block;
  }
  return block;
}

function lastColumn(column: Int32Array): number {
  let last = -1;
  for (let k = 0; k < column.length; k++) if (column[k] > last) last = column[k];
  return last;
}
