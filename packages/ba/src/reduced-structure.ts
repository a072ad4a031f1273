import { newArrays, type Scratch } from "@slam/linop";
import { type BsrPattern, normalSymbolic } from "@slam/sparse";

/**
 * Where the Schur complement of the points has blocks, and what they are summed of. A row is what is eliminated at once: a point with the observations of it; last,
 * one of its own for each observation of a point that is held. All camera side variables, of whatever group, have blocks as wide as the widest.
 */
export interface ReducedStructure {
  /** Columns of a variable of each group but the points', and of the widest. */
  readonly dofs: readonly number[];
  readonly b: number;
  /** Rows of J in an observation. */
  readonly r: number;
  /** Rows that are points: the first. */
  readonly points: number;
  readonly rows: number;
  /** The block columns of each group begin here; one number more than there are groups. */
  readonly starts: readonly number[];
  /** The observations of each row. */
  readonly observationPtr: Int32Array;
  /** Of each of those: its block in the points' part of J; -1 in a row that is no point. */
  readonly pointBlock: Int32Array;
  /** What each of those has on the camera side: the groups' first blocks in a row, and where some have two, second ones; by ascending columns. */
  readonly slots: readonly Slot[];
  /** The entries of each row: the block columns that its observations depend on, ascending. */
  readonly entryPtr: Int32Array;
  readonly entryColumn: Int32Array;
  readonly mostEntries: number;
  /** The lower triangle by block rows, or its diagonal. */
  readonly pattern: BsrPattern;
  /** For each pair of entries of one row, first >= second, in ascending order of rows: the block of the pattern. Empty for the diagonal. */
  readonly target: Int32Array;
}

/** A block of each observation, in the order of `observationPtr`. */
interface Slot {
  readonly group: number;
  /** Which block of the group's part of J it is; -1 where the observation has none. */
  readonly blocks: Int32Array;
  /** And which entry of its row. */
  readonly entries: Int32Array;
}

/** "lower": S, by the lower triangle of its blocks. "diagonal": the blocks on its diagonal alone. */
export type ReducedPart = "lower" | "diagonal";

/**
 * @param patterns of the parts of J, points last; each has at most one block a row, but for groups of cameras, which may have two, and ascending then. In O(pairs of cameras that see one point), for the diagonal in
 *   O(observations).
 * @param scratch what its arrays are taken from. Default new ones.
 */
export function reducedStructure(
  patterns: readonly BsrPattern[],
  part: ReducedPart = "lower",
  scratch: Scratch = newArrays,
): ReducedStructure {
  const groups = patterns.slice(0, -1);
  const dofs = groups.map(({ c }) => c);
  const b = Math.max(...dofs);
  const starts = [0];
  for (const { blockCols } of groups) starts.push(starts[starts.length - 1] + blockCols);
  const { observationPtr, pointBlock, observation } = byPoint(patterns[patterns.length - 1], scratch);
  const places = groups.flatMap(({ rowPtr }, group) => {
    const blocksAt = (place: number): Int32Array => {
      const blocks = scratch.integers(observation.length);
      for (let t = 0; t < blocks.length; t++) {
        const block = rowPtr[observation[t]] + place;
        blocks[t] = rowPtr[observation[t] + 1] > block ? block : -1;
      }
      return blocks;
    };
    const hasSecond = observation.some((i) => rowPtr[i + 1] > rowPtr[i] + 1);
    return [{ group, blocks: blocksAt(0) }, ...(hasSecond ? [{ group, blocks: blocksAt(1) }] : [])];
  });
  const rows = observationPtr.length - 1;
  const blockCols = starts[groups.length];
  const { slots, entryPtr, entryColumn, mostEntries } = entriesOf(groups, starts, observationPtr, places, scratch);
  const { pattern, target } =
    part === "lower"
      ? normalSymbolic({ blockRows: rows, blockCols, r: 1, c: b, rowPtr: entryPtr, colIdx: entryColumn }, "lower", scratch)
      : { pattern: diagonalPattern(blockCols, b, scratch), target: scratch.integers(0) };
  const points = patterns[patterns.length - 1].blockCols;
  const { r } = patterns[0];
  return {
    dofs,
    b,
    r,
    points,
    rows,
    starts,
    observationPtr,
    pointBlock,
    slots,
    entryPtr,
    entryColumn,
    mostEntries,
    pattern,
    target,
  };
}

function diagonalPattern(n: number, b: number, scratch: Scratch): BsrPattern {
  const [rowPtr, colIdx] = [scratch.integers(n + 1), scratch.integers(n)];
  for (let k = 0; k <= n; k++) rowPtr[k] = k;
  colIdx.set(rowPtr.subarray(0, n));
  return { blockRows: n, blockCols: n, r: b, c: b, rowPtr, colIdx };
}

/** The observations of each point, then those of none. */
function byPoint(
  { blockRows: m, blockCols: points, rowPtr, colIdx }: BsrPattern,
  scratch: Scratch,
): {
  readonly observationPtr: Int32Array;
  readonly pointBlock: Int32Array;
  readonly observation: Int32Array;
} {
  const rows = points + m - rowPtr[m];
  const observationPtr = scratch.integers(rows + 1);
  for (const point of colIdx) observationPtr[point + 1]++;
  observationPtr.fill(1, points + 1);
  for (let row = 0; row < rows; row++) observationPtr[row + 1] += observationPtr[row];
  const next = scratch.integers(rows);
  next.set(observationPtr.subarray(0, rows));
  const pointBlock = scratch.integers(m).fill(-1);
  const observation = scratch.integers(m);
  for (let i = 0, alone = points; i < m; i++) {
    const hasPoint = rowPtr[i + 1] > rowPtr[i];
    const at = next[hasPoint ? colIdx[rowPtr[i]] : alone++]++;
    observation[at] = i;
    if (hasPoint) pointBlock[at] = rowPtr[i];
  }
  return { observationPtr, pointBlock, observation };
}

function entriesOf(
  groups: readonly BsrPattern[],
  starts: readonly number[],
  observationPtr: Int32Array,
  places: readonly Omit<Slot, "entries">[],
  scratch: Scratch,
): Pick<ReducedStructure, "slots" | "entryPtr" | "entryColumn" | "mostEntries"> {
  const rows = observationPtr.length - 1;
  const entryPtr = scratch.integers(rows + 1);
  const columns = scratch.integers(groups.reduce((sum, { colIdx }) => sum + colIdx.length, 0));
  const slots = places.map(({ group, blocks }): Slot => ({ group, blocks, entries: scratch.integers(blocks.length).fill(-1) }));
  const seenIn = scratch.integers(starts[groups.length]).fill(-1);
  const place = scratch.integers(starts[groups.length]);
  let mostEntries = 0;
  for (let row = 0, count = 0; row < rows; row++) {
    const first = count;
    for (let k = 0; k < slots.length; k++) {
      const { group, blocks } = slots[k];
      for (let t = observationPtr[row]; t < observationPtr[row + 1]; t++) {
        if (blocks[t] < 0) continue;
        const column = starts[group] + groups[group].colIdx[blocks[t]];
        if (seenIn[column] !== row) columns[count++] = column;
        seenIn[column] = row;
      }
    }
    sort(columns, first, count);
    for (let at = first; at < count; at++) place[columns[at]] = at - first;
    for (let k = 0; k < slots.length; k++) {
      const { group, blocks, entries } = slots[k];
      for (let t = observationPtr[row]; t < observationPtr[row + 1]; t++) {
        if (blocks[t] >= 0) entries[t] = place[starts[group] + groups[group].colIdx[blocks[t]]];
      }
    }
    entryPtr[row + 1] = count;
    mostEntries = Math.max(mostEntries, count - first);
  }
  return { slots, entryPtr, entryColumn: columns.subarray(0, entryPtr[rows]), mostEntries };
}

/** By insertion: most points are seen by few cameras. A typed array's `sort` of so few takes ten times as long, and of many it is the better. */
function sort(columns: Int32Array, first: number, end: number): void {
  if (end - first > 64) {
    columns.subarray(first, end).sort();
    return;
  }
  for (let at = first + 1; at < end; at++) {
    const column = columns[at];
    let to = at;
    for (; to > first && columns[to - 1] > column; to--) columns[to] = columns[to - 1];
    columns[to] = column;
  }
}
