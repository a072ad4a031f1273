/** A lower triangle by block columns: the diagonal block first, rows ascending. */
export interface ColumnPattern {
  readonly colPtr: Int32Array;
  readonly rowIdx: Int32Array;
}

/**
 * Block columns that a factorisation treats as one: first[s] ... first[s + 1] - 1, whose patterns are the first one's without the columns
 * before. The rows of supernode s are those of its first column: itself, then the rows below, ascending.
 */
export interface Supernodes {
  readonly first: Int32Array;
  /** What updates supernode s, ascending: triples updates[3 updatePtr[s]] ... */
  readonly updatePtr: Int32Array;
  /** Of each a source supernode, and from where to where among the source's rows the columns of s lie. */
  readonly updates: Int32Array;
}

/**
 * Columns of a complete factor with the same pattern, as far as they are neighbours; without any entry that is not in L. Otherwise each
 * on its own.
 */
export function supernodes(n: number, L: ColumnPattern, complete: boolean): Supernodes {
  const { colPtr, rowIdx } = L;
  const of = new Int32Array(n);
  const starts = new Int32Array(n + 1);
  let count = 0;
  for (let j = 0; j < n; j++) {
    const joins = complete && j > 0 && colPtr[j] - colPtr[j - 1] === colPtr[j + 1] - colPtr[j] + 1 && rowIdx[colPtr[j - 1] + 1] === j;
    if (!joins) starts[count++] = j;
    of[j] = count - 1;
  }
  starts[count] = n;
  const first = starts.slice(0, count + 1);
  const updatePtr = new Int32Array(count + 1);
  for (let s = 0; s < count; s++) {
    const end = colPtr[first[s] + 1];
    for (let e = colPtr[first[s]] + first[s + 1] - first[s], last = s; e < end; e++) {
      const target = of[rowIdx[e]];
      if (target !== last) updatePtr[target + 1]++;
      last = target;
    }
  }
  for (let s = 0; s < count; s++) updatePtr[s + 1] += updatePtr[s];
  const updates = new Int32Array(3 * updatePtr[count]);
  const next = updatePtr.slice(0, count);
  for (let s = 0; s < count; s++) {
    const start = colPtr[first[s]];
    const end = colPtr[first[s] + 1];
    for (let e = start + first[s + 1] - first[s]; e < end; ) {
      const target = of[rowIdx[e]];
      const at = 3 * next[target]++;
      updates[at] = s;
      updates[at + 1] = e - start;
      while (e < end && of[rowIdx[e]] === target) e++;
      updates[at + 2] = e - start;
    }
  }
  return { first, updatePtr, updates };
}
