import { amd, symbolicCholesky } from "@slam/sparse";

/** Poses 0 ... n - 1 of a part of the graph, in the order of their elimination, in groups that are eliminated together. */
export interface EliminationPlan {
  /** order[k] is the k-th to go. */
  readonly order: Int32Array;
  /** Group g is order[groupStart[g]] ... order[groupStart[g + 1] - 1]. */
  readonly groupStart: Int32Array;
  /** The group that a group's first separator pose is in; -1 where it has none. */
  readonly parent: Int32Array;
  /** Of each group what its poses leave connected: places in `order`, ascending. */
  readonly separators: readonly Int32Array[];
  /** Of each pose its place in `order`. */
  readonly place: Int32Array;
  /** Of each pose its group. */
  readonly group: Int32Array;
}

/**
 * An order of little fill in which the given pose is last: the poses a robot will connect next are then near the root, and little of the factor above them.
 *
 * @param ends pairs of connected poses, 2 x `pairs`; repeats do not matter.
 */
export function planElimination(n: number, ends: Int32Array, pairs: number, last: number): EliminationPlan {
  const graph = pairRows(n, ends, pairs, undefined);
  const order = amd(n, graph.rowPtr, graph.colIdx);
  const at = order.indexOf(last);
  order.copyWithin(at, at + 1);
  order[n - 1] = last;
  const place = new Int32Array(n);
  for (let k = 0; k < n; k++) place[order[k]] = k;
  const ordered = pairRows(n, ends, pairs, place);
  const { parent, colPtr, rowIdx } = symbolicCholesky(n, ordered.rowPtr, ordered.colIdx);
  const groupStart = groupStarts(n, parent, colPtr);
  const groups = groupStart.length - 1;
  const groupAt = new Int32Array(n);
  for (let g = 0; g < groups; g++) groupAt.fill(g, groupStart[g], groupStart[g + 1]);
  const separators: Int32Array[] = [];
  const groupParent = new Int32Array(groups);
  for (let g = 0; g < groups; g++) {
    const k = groupStart[g + 1] - 1;
    separators.push(rowIdx.subarray(colPtr[k] + 1, colPtr[k + 1]));
    groupParent[g] = parent[k] < 0 ? -1 : groupAt[parent[k]];
  }
  return { order, groupStart, parent: groupParent, separators, place, group: place.map((k) => groupAt[k]) };
}

/**
 * Columns that follow each other with one structure go together, and, since a small front costs more in calls than in flops, those that nearly do: where
 * few of a group's entries would be zeros.
 */
function groupStarts(n: number, parent: Int32Array, colPtr: Int32Array): Int32Array {
  const starts = new Int32Array(n + 1);
  let groups = 0;
  let zeros = 0;
  for (let k = 0; k < n; k++) {
    const height = colPtr[k + 1] - colPtr[k];
    if (k > 0 && parent[k - 1] === k) {
      const columns = k - starts[groups - 1];
      const more = columns * (height + 1 - (colPtr[k] - colPtr[k - 1]));
      const entries = ((columns + 1) * (columns + 2)) / 2 + (columns + 1) * (height - 1);
      if (zeros + more <= mostZeros(columns + 1) * entries) {
        zeros += more;
        continue;
      }
    }
    starts[groups++] = k;
    zeros = 0;
  }
  starts[groups] = n;
  return starts.subarray(0, groups + 1);
}

/** As a share of a group of so many poses. */
function mostZeros(poses: number): number {
  return poses <= 6 ? 0.5 : 0.05;
}

/** CSR rows of the pairs, each in the row of its later pose, renamed where `place` says how. */
function pairRows(
  n: number,
  ends: Int32Array,
  pairs: number,
  place: Int32Array | undefined,
): { readonly rowPtr: Int32Array; readonly colIdx: Int32Array } {
  const rowPtr = new Int32Array(n + 1);
  const colIdx = new Int32Array(pairs);
  const rows = new Int32Array(pairs);
  const cols = new Int32Array(pairs);
  for (let p = 0; p < pairs; p++) {
    const a = place === undefined ? ends[2 * p] : place[ends[2 * p]];
    const b = place === undefined ? ends[2 * p + 1] : place[ends[2 * p + 1]];
    rows[p] = Math.max(a, b);
    cols[p] = Math.min(a, b);
    rowPtr[rows[p] + 1]++;
  }
  for (let i = 0; i < n; i++) rowPtr[i + 1] += rowPtr[i];
  const next = rowPtr.slice(0, n);
  for (let p = 0; p < pairs; p++) colIdx[next[rows[p]]++] = cols[p];
  return { rowPtr, colIdx };
}
