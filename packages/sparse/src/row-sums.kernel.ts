import { type Expr, type FunctionBuilder, i32x4, i64x2, type LaneFormat, type Local } from "@slam/wasm";
import { gather, type Segment } from "./segments.kernel.ts";
import type { StoredLanes, StoredWords } from "./stored-lanes.kernel.ts";

type Body = FunctionBuilder<"i32">;
type Vector = Local<"v128">;
type V = Expr<"v128">;

/** Where a block's values are. */
type Place = Pick<Segment, "address" | "offset">;

/** A row of a block: which of the block rows computed together, which row in the block. */
export interface Row {
  readonly u: number;
  readonly a: number;
}

/** A block of each block row, and of x what it is multiplied with. */
interface BlockColumn {
  readonly v: readonly Place[];
  readonly x: PartsOfX;
}

/**
 * As many rows as there are lanes. A row's sum is (s_0 + s_2) + (s_1 + s_3), and s_i that of its columns i, i + 4, ...: p_j is the sum of column j over the blocks.
 */
export interface RowSums {
  /** Of the vectors of p_j. */
  readonly count: number;
  /** What one block of each row adds to them. */
  products(block: BlockColumn): readonly (() => V)[];
  /** The rows' sums, one in each lane, from these vectors; may use them up. */
  total(sums: readonly Vector[]): V;
}

export function rowSums(f: Body, stored: StoredLanes, c: number, rows: readonly Row[]): RowSums {
  if (stored.words !== undefined) return decodedColumns(f, stored, stored.words, c, rows);
  return stored.vectors.lanes === 4 && c % 4 === 2 ? pairsOfRows(f, stored, c, rows) : alongRows(f, stored, c, rows);
}

/** Parts of x in vectors. */
export class PartsOfX {
  readonly #f: Body;
  readonly #stored: StoredLanes;
  readonly #xk: readonly Local<"i32">[];
  readonly #kept: Map<string, Vector> = new Map();

  /** @param xk where x of each block row's block is. */
  constructor(f: Body, stored: StoredLanes, xk: readonly Local<"i32">[]) {
    this.#f = f;
    this.#stored = stored;
    this.#xk = xk;
  }

  /** x_j of these columns, one after the other; read once. */
  beside(columns: readonly Columns[]): Vector {
    const key = columns.map(({ row: { u }, j, count }) => `${u} ${j} ${count}`).join();
    return this.#keep(key, () => this.#read(columns));
  }

  /** x_4, x_5, x_0, x_1 of a row's block: between two rows of 6. */
  turned(row: Row): Vector {
    return this.#keep(`turned ${row.u}`, () => {
      const [low, high] = [0, 2].map((j) => this.beside([{ row, j, count: 4 }]));
      return i32x4.shuffle(high, low, [2, 3, 4, 5]);
    });
  }

  /** x_j of each row's block, j < c; of one block read each time, which takes no longer than what has left the registers. */
  inLanes(rows: readonly Row[], j: number, c: number): V {
    const [a, b] = [rows[0], rows[rows.length - 1]];
    const isMixed = a.u !== b.u && rows.every(({ u }) => u === a.u || u === b.u);
    if (!isMixed) return this.#read(rows.map((row) => ({ row, j, count: 1 })));
    const first = j - (j % 2);
    const count = Math.min(2, c - first);
    const pairs = this.beside([a, b].map((row) => ({ row, j: first, count })));
    const places = rows.map(({ u }) => (u === a.u ? 0 : count) + j - first);
    return i32x4.shuffle(pairs, pairs, places);
  }

  #keep(key: string, make: () => V): Vector {
    const vector = this.#kept.get(key) ?? this.#f.let(make());
    this.#kept.set(key, vector);
    return vector;
  }

  #read(columns: readonly Columns[]): V {
    const { bytes } = this.#stored.vectors;
    const segments = columns.map(({ row: { u }, j, count }) => ({ address: this.#xk[u], offset: bytes * j, count }));
    return this.#stored.readFactor(this.#f, segments);
  }
}

/** Neighbouring columns of a row. */
interface Columns {
  readonly row: Row;
  readonly j: number;
  readonly count: number;
}

/** The products with these columns' values, in lanes; what is in lanes behind them is unspecified. */
function products(
  f: FunctionBuilder,
  { vectors, bytes }: StoredLanes,
  read: StoredLanes["read"],
  c: number,
  columns: readonly Columns[],
  { v, x }: BlockColumn,
  xOf: Vector = x.beside(columns),
): V {
  const segments: Segment[] = [];
  for (const { row, j, count } of columns) {
    const { address, offset } = v[row.u];
    const at = offset + (row.a * c + j) * bytes;
    const last = segments.at(-1);
    if (last?.address === address && last.offset + last.count * bytes === at)
      segments[segments.length - 1] = { ...last, count: last.count + count };
    // Three values are read as four: behind a pack's values there is room for that.
    else segments.push({ address, offset: at, count: count === 3 ? 4 : count });
  }
  return vectors.mul(f, read(f, segments), xOf);
}

/** A vector after the other along each row; single columns that are left, in the lanes of their rows. */
function alongRows(f: Body, stored: StoredLanes, c: number, rows: readonly Row[]): RowSums {
  const { vectors } = stored;
  const { lanes } = vectors;
  const isOneLeft = c % lanes === 1;
  const perRow = isOneLeft ? (c - 1) / lanes : Math.ceil(c / lanes);
  const read: Columns[][] = rows.flatMap((row) =>
    Array.from({ length: perRow }, (_, t) => [{ row, j: t * lanes, count: Math.min(lanes, c - t * lanes) }]),
  );
  if (isOneLeft) read.push(rows.map((row) => ({ row, j: c - 1, count: 1 })));
  return {
    count: read.length,
    products: (block) => {
      const values = stored.readTogether();
      return read.map((columns) => () => products(f, stored, values, c, columns, block));
    },
    total: (sums) => {
      if (lanes === 2 && c % 2 === 0) {
        // s_0 + s_2 and s_1 + s_3 before the rows' lanes are exchanged.
        const [a, b] = rows.map((_, k) => {
          const ofRow = sums.slice(k * perRow, (k + 1) * perRow);
          return f.let(
            sumOfFour(
              f,
              vectors,
              ofRow.flatMap((sum) => [sum, undefined]),
            ),
          );
        });
        return vectors.add(f, i64x2.shuffle(a, b, [0, 2]), i64x2.shuffle(a, b, [1, 3]));
      }
      const columns = Array.from({ length: perRow }, (_, t) => {
        const ofRows = rows.map((_, k) => sums[k * perRow + t]);
        return transpose(f, ofRows, lanes, Math.min(lanes, c - t * lanes));
      });
      return sumOfFour(f, vectors, [...columns.flat(), ...sums.slice(rows.length * perRow)]);
    },
  };
}

/**
 * Two rows of 2 or 6 columns, where lanes are four, one after the other: the vector between them is half of each. The second row's lanes are turned by two, which
 * leaves s_0 + s_2 and s_1 + s_3 as they are.
 */
function pairsOfRows(f: Body, stored: StoredLanes, c: number, rows: readonly Row[]): RowSums {
  const { vectors } = stored;
  const read = [rows.slice(0, 2), rows.slice(2)].flatMap(([a, b]) => {
    const middle = [
      { row: a, j: c - 2, count: 2 },
      { row: b, j: 0, count: 2 },
    ];
    return c === 2 ? [middle] : [[{ row: a, j: 0, count: 4 }], middle, [{ row: b, j: 2, count: 4 }]];
  });
  return {
    count: read.length,
    products: (block) => {
      const values = stored.readTogether();
      const xOf = ([a, b]: readonly Columns[]): Vector | undefined => (c === 6 && b?.row.u === a.row.u ? block.x.turned(a.row) : undefined);
      return read.map((columns) => () => products(f, stored, values, c, columns, block, xOf(columns)));
    },
    total: (sums) => {
      const halves = (pair: readonly Vector[]): Vector => {
        if (c === 2) return pair[0];
        const [ofA, between, ofB] = pair;
        const ends = vectors.add(f, i32x4.shuffle(ofA, ofB, [0, 1, 6, 7]), between);
        return f.let(vectors.add(f, ends, i32x4.shuffle(ofA, ofB, [2, 3, 4, 5])));
      };
      const [ab, cd] = [sums.slice(0, read.length / 2), sums.slice(read.length / 2)].map(halves);
      return vectors.add(f, i32x4.shuffle(ab, cd, [0, 2, 4, 6]), i32x4.shuffle(ab, cd, [1, 3, 5, 7]));
    },
  };
}

/**
 * Columns in vectors, by words of a few values each, which are transposed before they are decoded: fewer shuffles, of which a processor does fewest at a
 * time, than for values that are widened first.
 */
function decodedColumns(
  f: Body,
  { vectors, bytes }: StoredLanes,
  { parts, decode }: StoredWords,
  c: number,
  rows: readonly Row[],
): RowSums {
  const { lanes } = vectors;
  const perRow = Math.ceil(c / parts);
  return {
    count: c,
    products: ({ v, x }) => {
      const found: (() => V)[] = [];
      for (let word = 0; word < perRow; word += lanes) {
        const width = Math.min(perRow - word, lanes);
        // Three words are read as four: behind a pack's values there is room for that.
        const count = width === 3 ? 4 : width;
        const read: Vector[] = [];
        for (let lane = 0; lane < lanes; lane += lanes / count) {
          const beside = rows.slice(lane, lane + lanes / count);
          const segments = beside.map(({ u, a }) => ({ address: v[u].address, offset: v[u].offset + a * c * bytes + 4 * word, count }));
          read.push(f.let(gather(segments, 4)));
        }
        for (const [k, column] of transpose(f, read, lanes, width).entries()) {
          const words = f.let(column);
          for (let part = 0, j = (word + k) * parts; part < parts && j < c; part++, j++) {
            found.push(() => vectors.mul(f, decode(f, words, part), x.inLanes(rows, j, c)));
          }
        }
      }
      return found;
    },
    total: (sums) => sumOfFour(f, vectors, sums),
  };
}

/** (s_0 + s_2) + (s_1 + s_3), where s_i is the sum of columns i, i + 4, ...; what is not there is left out. */
function sumOfFour(f: Body, vectors: LaneFormat, columns: readonly (V | undefined)[]): V {
  const add = (a: V | undefined, b: V | undefined): V | undefined => (a && b ? vectors.add(f, a, b) : (a ?? b));
  const [s0, s1, s2, s3] = [0, 1, 2, 3].map((i) => columns.filter((_, j) => j % 4 === i).reduce(add, undefined));
  return add(add(s0, s2), add(s1, s3)) as V;
}

/** The first columns of 4 rows in a vector each, of 2 times 2 rows (or 2 times one, in two lanes), or the one column that is there. */
function transpose(f: Body, rows: readonly Vector[], lanes: number, count: number): readonly V[] {
  if (rows.length === 1) return rows;
  const [a, b, c, d] = rows;
  if (lanes === 2) return [i64x2.shuffle(a, b, [0, 2]), i64x2.shuffle(a, b, [1, 3])].slice(0, count);
  if (rows.length === 2) return [i32x4.shuffle(a, b, [0, 2, 4, 6]), i32x4.shuffle(a, b, [1, 3, 5, 7])];
  const pairs = (places: readonly [number, number, number, number]): readonly V[] => {
    const [ab, cd] = [f.let(i32x4.shuffle(a, b, places)), f.let(i32x4.shuffle(c, d, places))];
    return [i64x2.shuffle(ab, cd, [0, 2]), i64x2.shuffle(ab, cd, [1, 3])];
  };
  return [...pairs([0, 4, 1, 5]), ...pairs([2, 6, 3, 7])].slice(0, count);
}
