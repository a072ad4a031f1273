import { rowStructure, type SymbolicCholesky } from "@slam/sparse";

type Columns = Pick<SymbolicCholesky, "colPtr" | "rowIdx">;

/**
 * The blocks of L of level at most `levels`: a block of A has level 0, and fill at (i, j) the least level(i, k) + level(j, k) + 1 over k < j.
 * That is one less than the edges of a shortest path from j to i whose inner nodes all come before j: a breadth-first search from each j finds it, in
 * time that grows with what it visits, without the levels of other blocks.
 *
 * @param lower the lower triangle of A in the order of elimination: diagonal first, rows ascending.
 * @param levels 0: A's own blocks. n - 2 and more: all of L.
 * @returns the pattern in the same form.
 * @see Hysom and Pothen, A scalable parallel algorithm for incomplete factor preconditioning, SIAM J. Sci. Comput. 22, 2001, theorem 1.
 */
export function levelOfFill(lower: Columns, levels: number): Columns {
  const n = lower.colPtr.length - 1;
  const before = rowStructure(n, lower.colPtr, lower.rowIdx);
  const colPtr = new Int32Array(n + 1);
  let rowIdx = new Int32Array(2 * lower.rowIdx.length);
  // seen[v] = j: the search from j has met v.
  const seen = new Int32Array(n).fill(-1);
  const queue = new Int32Array(n);
  for (let j = 0; j < n; j++) {
    const start = colPtr[j];
    if (start + n - j > rowIdx.length) rowIdx = enlarged(rowIdx, start + n - j);
    rowIdx[start] = j;
    let count = start + 1;
    seen[j] = j;
    queue[0] = j;
    let tail = 1;
    for (let head = 0, level = 0; head < tail && level <= levels; level++) {
      for (const end = tail; head < end; head++) {
        const v = queue[head];
        for (let e = lower.colPtr[v] + 1; e < lower.colPtr[v + 1]; e++) {
          const u = lower.rowIdx[e];
          if (seen[u] === j) continue;
          seen[u] = j;
          if (u > j) rowIdx[count++] = u;
          else queue[tail++] = u;
        }
        for (let e = before.rowPtr[v]; e < before.rowPtr[v + 1]; e++) {
          const u = before.colIdx[e];
          if (seen[u] === j) continue;
          seen[u] = j;
          queue[tail++] = u;
        }
      }
    }
    rowIdx.subarray(start, count).sort();
    colPtr[j + 1] = count;
  }
  return { colPtr, rowIdx: rowIdx.slice(0, colPtr[n]) };
}

function enlarged(array: Int32Array, least: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(least, 2 * array.length));
  larger.set(array);
  return larger;
}
