import { type Expr, type FunctionBuilder, i32, i32x4, i64x2, type Local } from "@slam/wasm";
import type { BsrParameters } from "./bsr-parameters.ts";
import { Infinities } from "./infinities.kernel.ts";
import type { StoredLanes } from "./stored-lanes.kernel.ts";

type Address = Local<"i32">;
type Vector = Local<"v128">;

/** A row of a block, in one lane: which of the block rows computed together, which row in the block. */
interface Row {
  readonly u: number;
  readonly a: number;
}

/** Rows that fill the lanes of one sum. */
interface Tile {
  readonly rows: readonly Row[];
  readonly sum: Vector;
}

/**
 * y <- A x. Lanes are rows: products v_aj x_j are formed along the rows, as the values lie, and transposed in registers, so that each sum
 * takes them column by column. As many block rows as fill all lanes are computed together where they have equally many blocks.
 */
export function multiply(f: FunctionBuilder<"i32">, parameters: BsrParameters, r: number, c: number, stored: StoredLanes): Expr<"i32"> {
  const { rowPtr, colIdx, values, blockRows, x, y } = parameters;
  const { lanes, bytes: elementBytes } = stored.vectors;
  const filling = lanes / gcd(lanes, r);
  // Two sums at once hide the latency of one. With more rows, the reads beyond the last row could leave the arena.
  const together = filling * r === lanes && filling <= 2 ? 2 * filling : filling;
  const infinities = new Infinities(f, stored.vectors);

  /** The rows i ... i + count - 1 of n blocks each. */
  function blockRowsOf(i: Address, first: Address, n: Address, count: number): void {
    const tiles = tilesOf(f, r, lanes, count);
    const yi = f.let(i32.add(y, i32.mul(i, r * elementBytes)));
    const from = f.let(i32.add(colIdx, i32.mul(first, 4)));
    const to = f.let(i32.add(from, i32.mul(n, 4)));
    const v = [f.let(i32.add(values, i32.mul(first, r * c * stored.bytes)))];
    for (let u = 1; u < count; u++) v.push(f.let(i32.add(v[u - 1], i32.mul(n, r * c * stored.bytes))));
    const columns = v.map((_, u) => f.let(i32.mul(n, 4 * u)));
    f.for(from, to, 4, (k) => {
      const xk = columns.map((column) => f.let(i32.add(x, i32.mul(i32.load(i32.add(k, column)), c * elementBytes))));
      addBlocks(f, stored, c, tiles, v, xk);
      for (const address of v) f.set(address, i32.add(address, r * c * stored.bytes));
    });
    tiles.forEach(({ rows, sum }, t) => {
      const inUse = Math.min(rows.length, count * r - t * lanes);
      infinities.add(sum, inUse);
      stored.storeVector(f, [{ address: yi, offset: t * lanes * elementBytes, count: inUse }], sum);
    });
  }

  const i = f.let(i32.const(0));
  f.while(i32.lt_u(i, blockRows), () => {
    const at = f.let(i32.add(rowPtr, i32.mul(i, 4)));
    const first = f.let(i32.load(at));
    const n = f.let(i32.sub(i32.load(at, 4), first));
    const one = (): void => {
      blockRowsOf(i, first, n, 1);
      f.set(i, i32.add(i, 1));
    };
    if (together === 1) return one();
    // Beyond the last row this reads what lies behind, and does not use it.
    const areAlike = f.let(i32.le_u(i32.add(i, together), blockRows));
    for (let u = 1; u < together; u++) {
      f.set(areAlike, i32.and(areAlike, i32.eq(n, i32.sub(i32.load(at, 4 * u + 4), i32.load(at, 4 * u)))));
    }
    f.if(
      areAlike,
      () => {
        blockRowsOf(i, first, n, together);
        f.set(i, i32.add(i, together));
      },
      one,
    );
  });
  return infinities.count();
}

/** The rows of `count` block rows in the order of y, in sums of 0; the last tile's lanes that are left repeat the last row. */
function tilesOf(f: FunctionBuilder<"i32">, r: number, lanes: number, count: number): readonly Tile[] {
  return Array.from({ length: Math.ceil((count * r) / lanes) }, (_, t) => ({
    rows: Array.from({ length: lanes }, (_, lane) => {
      const row = Math.min(t * lanes + lane, count * r - 1);
      return { u: Math.floor(row / r), a: row % r };
    }),
    sum: f.let(i32x4.splat(0)),
  }));
}

/** sum_a <- sum_a + v_aj x_j for j = 0 ... c - 1, in this order; the block of block row u is at v[u], its part of x at xk[u]. */
function addBlocks(
  f: FunctionBuilder<"i32">,
  stored: StoredLanes,
  c: number,
  tiles: readonly Tile[],
  v: readonly Address[],
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
    const xBeside = (rows: readonly Row[]): Vector => {
      const key = rows.map(({ u }) => u).join();
      const kept = keptX.get(key);
      if (kept !== undefined) return kept;
      const segments = rows.map(({ u }) => ({ address: xk[u], offset: vectors.bytes * j, count: width }));
      const xj = f.let(stored.readVector(f, segments));
      keptX.set(key, xj);
      return xj;
    };
    for (const { rows, sum } of tiles) {
      const products: Vector[] = [];
      for (let lane = 0; lane < lanes; lane += rowsInVector) {
        const beside = rows.slice(lane, lane + rowsInVector);
        const values = stored.read(
          f,
          beside.map(({ u, a }) => ({ address: v[u], offset: (a * c + j) * bytes, count })),
        );
        products.push(f.let(vectors.mul(f, values, xBeside(beside))));
      }
      for (const column of transpose(f, products, lanes).slice(0, width)) f.set(sum, vectors.add(f, sum, column));
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

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
