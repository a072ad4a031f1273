import { type Expr, type FunctionBuilder, i32x4, i64x2, type Local } from "@slam/wasm";
import { gather, type Segment } from "./segments.kernel.ts";
import type { StoredLanes, StoredWords } from "./stored-lanes.kernel.ts";

type Address = Local<"i32">;
type Vector = Local<"v128">;

/** Where a block's values are. */
export type Place = Pick<Segment, "address" | "offset">;

/** A row of a block, in one lane: which of the block rows computed together, which row in the block. */
interface Row {
  readonly u: number;
  readonly a: number;
}

/** Rows that fill the lanes of one sum. */
export interface Tile {
  readonly rows: readonly Row[];
  readonly sum: Vector;
}

/** The rows of `count` block rows in the order of y, in sums of 0; the last tile's lanes that are left repeat the last row. */
export function tilesOf(f: FunctionBuilder<"i32">, r: number, lanes: number, count: number): readonly Tile[] {
  return Array.from({ length: Math.ceil((count * r) / lanes) }, (_, t) => ({
    rows: Array.from({ length: lanes }, (_, lane) => {
      const row = Math.min(t * lanes + lane, count * r - 1);
      return { u: Math.floor(row / r), a: row % r };
    }),
    sum: f.let(i32x4.splat(0)),
  }));
}

/** sum_a <- sum_a + v_aj x_j for j = 0 ... c - 1, in this order; the block of block row u is at v[u], its part of x at xk[u]. */
export function addToRows(
  f: FunctionBuilder<"i32">,
  stored: StoredLanes,
  c: number,
  tiles: readonly Tile[],
  v: readonly Place[],
  xk: readonly Address[],
): void {
  if (stored.words === undefined) addProducts(f, stored, c, tiles, v, xk);
  else addDecoded(f, stored, stored.words, c, tiles, v, xk);
}

/** By products along the rows, which are then transposed. */
function addProducts(
  f: FunctionBuilder<"i32">,
  stored: StoredLanes,
  c: number,
  tiles: readonly Tile[],
  v: readonly Place[],
  xk: readonly Address[],
): void {
  const { vectors, bytes } = stored;
  const { lanes } = vectors;
  for (let j = 0; j < c; j += lanes) {
    const width = Math.min(c - j, lanes);
    // Three values are read as four: behind a pack's values there is room for that.
    const count = width === 3 ? 4 : width;
    const rowsInVector = lanes / count;
    const keptX = new Map<string, Vector>();
    const xBeside = (rows: readonly Row[]): Vector =>
      keep(keptX, rows.map(({ u }) => u).join(), () => {
        const segments = rows.map(({ u }) => ({ address: xk[u], offset: vectors.bytes * j, count: width }));
        return f.let(stored.readVector(f, segments));
      });
    for (const { rows, sum } of tiles) {
      const products: Vector[] = [];
      for (let lane = 0; lane < lanes; lane += rowsInVector) {
        const beside = rows.slice(lane, lane + rowsInVector);
        const values = stored.read(
          f,
          beside.map(({ u, a }) => ({ address: v[u].address, offset: v[u].offset + (a * c + j) * bytes, count })),
        );
        products.push(f.let(vectors.mul(f, values, xBeside(beside))));
      }
      for (const column of transpose(f, products, lanes).slice(0, width)) f.set(sum, vectors.add(f, sum, column));
    }
  }
}

/**
 * By words of a few values each, which are transposed before they are decoded: fewer shuffles, of which a processor does fewest at a time, than
 * for values that are widened first.
 */
function addDecoded(
  f: FunctionBuilder<"i32">,
  stored: StoredLanes,
  { parts, decode }: StoredWords,
  c: number,
  tiles: readonly Tile[],
  v: readonly Place[],
  xk: readonly Address[],
): void {
  const { vectors, bytes } = stored;
  const { lanes } = vectors;
  const perRow = Math.ceil(c / parts);
  const kept = new Map<string, Vector>();
  /** x_j of the block rows us, a lane each. */
  const xBeside = (us: readonly number[], j: number): Vector =>
    keep(kept, `${us} ${j}`, () => {
      const [a, b] = [us[0], us[lanes - 1]];
      const isMixed = a !== b && us.every((u) => u === a || u === b);
      if (!isMixed) {
        const segments = us.map((u) => ({ address: xk[u], offset: j * vectors.bytes, count: 1 }));
        return f.let(stored.readVector(f, segments));
      }
      const [xa, xb] = [a, b].map((u) => xBeside(Array<number>(lanes).fill(u), j));
      const chosen = us.map((u, lane) => (u === a ? lane : lanes + lane));
      return f.let(i32x4.shuffle(xa, xb, chosen));
    });
  for (let word = 0; word < perRow; word += lanes) {
    const width = Math.min(perRow - word, lanes);
    // Three words are read as four: behind a pack's values there is room for that.
    const count = width === 3 ? 4 : width;
    for (const { rows, sum } of tiles) {
      const us = rows.map(({ u }) => u);
      const read: Vector[] = [];
      for (let lane = 0; lane < lanes; lane += lanes / count) {
        const beside = rows.slice(lane, lane + lanes / count);
        const segments = beside.map(({ u, a }) => ({ address: v[u].address, offset: v[u].offset + a * c * bytes + 4 * word, count }));
        read.push(f.let(gather(segments, 4)));
      }
      for (const [k, column] of transpose(f, read, lanes).slice(0, width).entries()) {
        const words = f.let(column);
        for (let part = 0, j = (word + k) * parts; part < parts && j < c; part++, j++) {
          f.set(sum, vectors.add(f, sum, vectors.mul(f, decode(f, words, part), xBeside(us, j))));
        }
      }
    }
  }
}

/** The columns of 4 rows in a vector each, of 2 times 2 rows (or 2 times one, in two lanes), or of the one column that is there. */
function transpose(f: FunctionBuilder<"i32">, rows: readonly Vector[], lanes: number): readonly Expr<"v128">[] {
  if (rows.length === 1) return rows;
  const [a, b, c, d] = rows;
  if (lanes === 2) return [i64x2.shuffle(a, b, [0, 2]), i64x2.shuffle(a, b, [1, 3])];
  if (rows.length === 2) return [i32x4.shuffle(a, b, [0, 2, 4, 6]), i32x4.shuffle(a, b, [1, 3, 5, 7])];
  const [ab01, cd01] = [f.let(i32x4.shuffle(a, b, [0, 4, 1, 5])), f.let(i32x4.shuffle(c, d, [0, 4, 1, 5]))];
  const [ab23, cd23] = [f.let(i32x4.shuffle(a, b, [2, 6, 3, 7])), f.let(i32x4.shuffle(c, d, [2, 6, 3, 7]))];
  return [
    i64x2.shuffle(ab01, cd01, [0, 2]),
    i64x2.shuffle(ab01, cd01, [1, 3]),
    i64x2.shuffle(ab23, cd23, [0, 2]),
    i64x2.shuffle(ab23, cd23, [1, 3]),
  ];
}

function keep<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  kept.set(key, made);
  return made;
}
