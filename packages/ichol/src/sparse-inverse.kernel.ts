import {
  at,
  type Expr,
  type FunctionBuilder,
  f64,
  f64x2,
  i32,
  type Local,
  type ModuleBuilder,
  place,
  readTables,
  type Tables,
  v128,
} from "@slam/wasm";

type Address = Local<"i32">;
type Body = FunctionBuilder<"void">;
type Vector = Local<"v128">;

/** Of `sparseInverseKernel`: addresses and indices. */
export type SparseInverseKernels = {
  /** Block columns from ... to - 1 of L, which lies where Y does: Y <- L D^-1, D^-1 on the diagonal. */
  divideColumns(tables: number, from: number, to: number): void;
  /** Finishes the columns of supernode s of Z, to which those above have been added, and adds them to the columns below. */
  invertSupernode(tables: number, s: number): void;
};

/**
 * What the kernels read, as addresses in the order of a table. `base`: for each block column j the address in Z that block (i, j) would have, were i 0:
 * block number p of the rows of its supernode, counted on from the supernode's first column, is p blocks on. `where`: for each block row its p in the
 * supernode at hand, in bytes.
 */
export const INVERSE_TABLES = ["Y", "Z", "base", "colPtr", "rowIdx", "first", "updatePtr", "updates", "where"] as const;
type Table = Tables<(typeof INVERSE_TABLES)[number]>;

/**
 * The blocks of (L L')^-1 in fp64: every entry has the operations of sparse-inverse.reference.ts in the same order. A supernode is finished and then, by
 * the lists that the factorisation reads, added to the columns of those that it was updated by: only there are its rows looked up.
 */
export function sparseInverseKernel(m: ModuleBuilder<SparseInverseKernels>, b: number): void {
  const blockBytes = b * b * 8;
  m.func("divideColumns", { tables: "i32", from: "i32", to: "i32" }, "void", (f, { tables, from, to }) => {
    const table = readTables(f, tables, INVERSE_TABLES);
    f.for(from, to, 1, (j) => {
      const diagonal = f.let(i32.add(table.Y, i32.mul(at(table.colPtr, j), blockBytes)));
      const end = f.let(i32.add(table.Y, i32.mul(at(table.colPtr, i32.add(j, 1)), blockBytes)));
      const D = squareOf(b, (r, c) => (r >= c ? f.let(f64.load(diagonal, (c * b + r) * 8)) : undefined));
      f.for(i32.add(diagonal, blockBytes), end, blockBytes, (block) => {
        const X = squareOf(b, (r, c) => f.let(f64.load(block, (c * b + r) * 8)));
        divideRows(f, b, X, D);
        for (const [r, row] of X.entries()) for (const [c, x] of row.entries()) f.store(block, x as Local<"f64">, (r * b + c) * 8);
      });
      const X = squareOf(b, (r, c) => (c > r ? undefined : f.let(f64.const(r === c ? 1 : 0))));
      divideRows(f, b, X, D);
      for (const [r, row] of X.entries()) for (const [c, x] of row.entries()) f.store(diagonal, x ?? f64.const(0), (r * b + c) * 8);
    });
  });

  m.func("invertSupernode", { tables: "i32", s: "i32" }, "void", (f, { tables, s }) => {
    const table = readTables(f, tables, INVERSE_TABLES);
    const begin = f.let(at(table.first, s));
    const end = f.let(at(table.first, i32.add(s, 1)));
    const start = f.let(at(table.colPtr, begin));
    const lastEntry = f.let(at(table.colPtr, i32.add(begin, 1)));
    const offset = f.let(i32.mul(begin, blockBytes));
    f.for(start, lastEntry, 1, (e) => {
      f.store(place(table.where, at(table.rowIdx, e)), offset);
      f.set(offset, i32.add(offset, blockBytes));
    });
    const update = f.let(i32.add(table.updates, i32.mul(at(table.updatePtr, s), 12)));
    const lastUpdate = f.let(i32.add(table.updates, i32.mul(at(table.updatePtr, i32.add(s, 1)), 12)));
    const own = f.let(end);
    const [target, from, to] = [f.let(s), f.let(i32.const(0)), f.let(i32.const(0))];
    const [j, lastColumn] = [f.let(i32.const(0)), f.let(i32.const(0))];
    // The supernode's own columns, descending, each after those behind it, then the supernodes below: one piece of code for all sums.
    f.while(i32.or(i32.gt_u(own, begin), i32.ne(update, lastUpdate)), () => {
      const isOwn = f.let(i32.gt_u(own, begin));
      f.if(
        isOwn,
        () => {
          f.set(lastColumn, own);
          f.set(own, i32.sub(own, 1));
          f.set(j, own);
          f.set(from, i32.sub(lastColumn, begin));
          f.set(to, i32.sub(end, begin));
        },
        () => {
          f.set(target, i32.load(update));
          f.set(from, i32.load(update, 4));
          f.set(to, i32.load(update, 8));
          f.set(j, at(table.first, target));
          f.set(lastColumn, at(table.first, i32.add(target, 1)));
          f.set(update, i32.add(update, 12));
        },
      );
      f.while(i32.lt_u(j, lastColumn), () => {
        addColumns(f, b, table, { target, from, to }, j);
        f.if(isOwn, () => finishColumn(f, b, table, j, begin));
        f.set(j, i32.add(j, 1));
      });
    });
  });
}

function squareOf<T>(b: number, entry: (r: number, c: number) => T): T[][] {
  return Array.from({ length: b }, (_, r) => Array.from({ length: b }, (_, c) => entry(r, c)));
}

/** X <- X D^-1 for a lower triangle D, columns descending; entries of X left out are zeros. */
function divideRows(f: Body, b: number, X: readonly (Local<"f64"> | undefined)[][], D: readonly (Local<"f64"> | undefined)[][]): void {
  for (const row of X) {
    for (let c = b - 1; c >= 0; c--) {
      const x = row[c];
      if (x === undefined) continue;
      f.set(x, f64.div(x, D[c][c] as Local<"f64">));
      for (let k = 0; k < c; k++) {
        const left = row[k] as Local<"f64">;
        f.set(left, f64.sub(left, f64.mul(x, D[c][k] as Local<"f64">)));
      }
    }
  }
}

/** Vectors of a block's row that are summed at once: their sums and the numbers of Y that they need fit registers where b is small. */
interface Tile {
  readonly vectors: readonly number[];
  load(address: Address, row: number, vector: number): Expr<"v128">;
  store(address: Address, row: number, vector: number, v: Vector): void;
}

const SUMS = 6;

function tilesOf(f: Body, b: number): readonly Tile[] {
  const count = Math.ceil(b / 2);
  const width = Math.max(1, Math.min(count, Math.floor(SUMS / b)));
  const isHalf = (vector: number): boolean => 2 * vector + 1 === b;
  const byteOf = (row: number, vector: number): number => (row * b + 2 * vector) * 8;
  return Array.from({ length: Math.ceil(count / width) }, (_, t) => ({
    vectors: Array.from({ length: Math.min(width, count - t * width) }, (_, k) => t * width + k),
    load: (address, row, vector) =>
      isHalf(vector) ? v128.load64_zero(address, byteOf(row, vector)) : v128.load(address, byteOf(row, vector)),
    store(address, row, vector, v) {
      if (isHalf(vector)) f.storeLane(64, address, v, 0, byteOf(row, vector));
      else f.store(address, v, byteOf(row, vector));
    },
  }));
}

/** A supernode whose columns are summed, and from where to where among its rows the columns at hand, which are finished, lie. */
interface Target {
  readonly target: Address;
  readonly from: Address;
  readonly to: Address;
}

/**
 * Z_pj <- Z_pj - Z_pc Y_cj and Z_cj <- Z_cj - Z_pc' Y_pj for the finished columns c, descending, and the rows p of column j below each, descending; the
 * diagonal's between the columns after c and those before. 4 b^3 flops and some 6 b^2 numbers read or written for each p and c.
 */
function addColumns(f: Body, b: number, table: Table, { target, from, to }: Target, j: Address): void {
  const blockBytes = b * b * 8;
  const first = f.let(at(table.first, target));
  const start = f.let(at(table.colPtr, first));
  const rows = f.let(i32.sub(at(table.colPtr, i32.add(first, 1)), start));
  const rowIdx = f.let(i32.add(table.rowIdx, i32.shl(start, 2)));
  const toY = f.let(i32.sub(table.Y, table.Z));
  const column = f.let(i32.add(at(table.base, j), i32.mul(first, blockBytes)));
  const c = f.let(to);
  f.while(i32.gt_u(c, from), () => {
    f.set(c, i32.sub(c, 1));
    const k = f.let(at(rowIdx, c));
    const finished = f.let(at(table.base, k));
    const Zcj = f.let(i32.add(column, i32.mul(c, blockBytes)));
    const Ycj = f.let(i32.add(Zcj, toY));
    const Zcc = f.let(i32.add(finished, i32.mul(k, blockBytes)));
    for (const tile of tilesOf(f, b)) {
      const right = rowsOf(f, b, tile, Ycj);
      const sums = rowsOf(f, b, tile, Zcj);
      const p = f.let(i32.sub(rows, 1));
      const Zpj = f.let(i32.add(column, i32.mul(p, blockBytes)));
      f.while(i32.gt_u(p, c), () => {
        const Zpc = f.let(i32.add(finished, at(table.where, at(rowIdx, p))));
        const Ypj = f.let(i32.add(Zpj, toY));
        for (let r = b - 1; r >= 0; r--) {
          const below = tile.vectors.map((v) => f.let(tile.load(Zpj, r, v)));
          const left = tile.vectors.map((v) => f.let(tile.load(Ypj, r, v)));
          for (let q = b - 1; q >= 0; q--) {
            const z = f.let(v128.load64_splat(Zpc, (r * b + q) * 8));
            subtractProducts(f, sums[q], z, left);
            subtractProducts(f, below, z, right[q]);
          }
          for (const [t, v] of tile.vectors.entries()) tile.store(Zpj, r, v, below[t]);
        }
        f.set(Zpj, i32.sub(Zpj, blockBytes));
        f.set(p, i32.sub(p, 1));
      });
      for (let q = b - 1; q >= 0; q--) {
        for (let r = 0; r < b; r++) subtractProducts(f, sums[r], f.let(v128.load64_splat(Zcc, (r * b + q) * 8)), right[q]);
      }
      for (let r = 0; r < b; r++) for (const [t, v] of tile.vectors.entries()) tile.store(Zcj, r, v, sums[r][t]);
    }
  });
}

/** Z_jj <- Y_jj' Y_jj - sum over the rows p below of Y_pj' Z_pj, descending; `begin` is the first column of its supernode. */
function finishColumn(f: Body, b: number, table: Table, j: Address, begin: Address): void {
  const blockBytes = b * b * 8;
  const rows = f.let(i32.sub(at(table.colPtr, i32.add(begin, 1)), at(table.colPtr, begin)));
  const toY = f.let(i32.sub(table.Y, table.Z));
  const column = f.let(at(table.base, j));
  const Zjj = f.let(i32.add(column, i32.mul(j, blockBytes)));
  const Yjj = f.let(i32.add(Zjj, toY));
  const last = f.let(i32.add(column, i32.mul(i32.sub(i32.add(begin, rows), 1), blockBytes)));
  for (const tile of tilesOf(f, b)) {
    const sums = squareOf(b, () => undefined).map(() => tile.vectors.map(() => f.let(f64x2.splat(0))));
    for (let r = b - 1; r >= 0; r--) {
      const row = tile.vectors.map((v) => f.let(tile.load(Yjj, r, v)));
      for (let q = 0; q <= r; q++) {
        const y = f.let(v128.load64_splat(Yjj, (r * b + q) * 8));
        for (const [t, sum] of sums[q].entries()) f.set(sum, f64x2.add(sum, f64x2.mul(y, row[t])));
      }
    }
    const Zpj = f.let(last);
    f.while(i32.ne(Zpj, Zjj), () => {
      const Ypj = f.let(i32.add(Zpj, toY));
      for (let r = b - 1; r >= 0; r--) {
        const row = tile.vectors.map((v) => f.let(tile.load(Zpj, r, v)));
        for (let q = 0; q < b; q++) subtractProducts(f, sums[q], f.let(v128.load64_splat(Ypj, (r * b + q) * 8)), row);
      }
      f.set(Zpj, i32.sub(Zpj, blockBytes));
    });
    for (let q = 0; q < b; q++) for (const [t, v] of tile.vectors.entries()) tile.store(Zjj, q, v, sums[q][t]);
  }
  for (let r = 0; r < b; r++) for (let c = 0; c < r; c++) f.store(Zjj, f64.load(Zjj, (r * b + c) * 8), (c * b + r) * 8);
}

function rowsOf(f: Body, b: number, tile: Tile, address: Address): readonly (readonly Vector[])[] {
  return Array.from({ length: b }, (_, r) => tile.vectors.map((v) => f.let(tile.load(address, r, v))));
}

/** sums <- sums - x y */
function subtractProducts(f: Body, sums: readonly Vector[], x: Vector, y: readonly Vector[]): void {
  for (const [t, sum] of sums.entries()) f.set(sum, f64x2.sub(sum, f64x2.mul(x, y[t])));
}
