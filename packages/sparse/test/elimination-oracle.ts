import fc from "fast-check";

/** Graphs as lists of pairs, and elimination carried out on sets, as the definition says. */

export type Edges = readonly (readonly [number, number])[];

export interface Pattern {
  readonly n: number;
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
}

/** CSR with the entries (i, j) as given: duplicates, diagonal and order are kept. */
export function csr(n: number, entries: Edges): Pattern {
  const rows = Array.from({ length: n }, (): number[] => []);
  for (const [i, j] of entries) rows[i].push(j);
  const rowPtr = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) rowPtr[i + 1] = rowPtr[i] + rows[i].length;
  return { n, rowPtr, colIdx: Int32Array.from(rows.flat()) };
}

/** Any entries: either triangle, the diagonal, duplicates. */
export const anyEntries: fc.Arbitrary<{ readonly n: number; readonly entries: Edges }> = fc.integer({ min: 1, max: 40 }).chain((n) => {
  const index = fc.integer({ min: 0, max: n - 1 });
  return fc.record({ n: fc.constant(n), entries: fc.array(fc.tuple(index, index), { maxLength: 3 * n }) });
});

export function neighbourSets(n: number, edges: Edges): Set<number>[] {
  const sets = Array.from({ length: n }, () => new Set<number>());
  for (const [i, j] of edges) {
    if (i === j) continue;
    sets[i].add(j);
    sets[j].add(i);
  }
  return sets;
}

/** Joins the neighbours of i to each other and removes i; returns them. */
export function eliminateNode(sets: Set<number>[], i: number): number[] {
  const clique = [...sets[i]];
  for (const j of clique) {
    for (const k of clique) if (k !== j) sets[j].add(k);
    sets[j].delete(i);
  }
  return clique;
}

/** Rows of each column of L, the diagonal first, ascending, for pivots 0, 1, ... */
export function factorColumns(n: number, edges: Edges): number[][] {
  const sets = neighbourSets(n, edges);
  return sets.map((_, k) => [k, ...eliminateNode(sets, k).sort((a, b) => a - b)]);
}

/** nnz(L) when a node of least degree, the first in case of ties, is always eliminated next. */
export function minimumDegreeFill(n: number, edges: Edges): number {
  const sets = neighbourSets(n, edges);
  const left = new Set(sets.keys());
  let nnz = n;
  while (left.size > 0) {
    let least = -1;
    for (const i of left) if (least === -1 || sets[i].size < sets[least].size) least = i;
    nnz += eliminateNode(sets, least).length;
    left.delete(least);
  }
  return nnz;
}

export function path(n: number): Edges {
  return Array.from({ length: Math.max(0, n - 1) }, (_, i) => [i, i + 1] as const);
}

export function star(n: number, hub = 0): Edges {
  return Array.from({ length: n }, (_, i) => [hub, i] as const).filter(([, i]) => i !== hub);
}

export function complete(n: number): Edges {
  return Array.from({ length: n * n }, (_, p) => [Math.floor(p / n), p % n] as const);
}

export function grid(side: number): Edges {
  const edges: (readonly [number, number])[] = [];
  for (let i = 0; i < side * side; i++) {
    if ((i + 1) % side !== 0) edges.push([i, i + 1]);
    if (i + side < side * side) edges.push([i, i + side]);
  }
  return edges;
}

/** n points in the unit square, joined when nearer than `radius`. */
export function geometricGraph(n: number, radius: number, seed: number): Edges {
  const random = lehmer(seed);
  const points = Array.from({ length: n }, () => [random(), random()] as const);
  const edges: (readonly [number, number])[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      if (Math.hypot(points[i][0] - points[j][0], points[i][1] - points[j][1]) < radius) edges.push([i, j]);
    }
  }
  return edges;
}

/** Uniform in (0, 1): x <- 48271 x mod 2^31 - 1. Park, Miller, Comm. ACM 36 (1993). */
export function lehmer(seed: number): () => number {
  const modulus = 2 ** 31 - 1;
  let x = seed;
  return () => {
    x = (48271 * x) % modulus;
    return x / modulus;
  };
}
