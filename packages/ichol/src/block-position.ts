import type { ColumnPattern } from "./supernodes.ts";

/** Where block (i, j), i >= j, is in the pattern; -1 where there is none. O(log of the column's blocks). */
export function blockPosition({ colPtr, rowIdx }: ColumnPattern, i: number, j: number): number {
  let low = colPtr[j];
  let high = colPtr[j + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rowIdx[middle] < i) low = middle + 1;
    else high = middle;
  }
  return low < colPtr[j + 1] && rowIdx[low] === i ? low : -1;
}
