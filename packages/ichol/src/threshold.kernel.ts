import {
  at,
  type Expr,
  type FunctionBuilder,
  f64,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  place,
  readTables,
  select,
  type Tables,
  v128,
} from "@slam/wasm";
import { blocksOf, finishColumn, subtractProducts } from "./block-products.kernel.ts";
import { tileShape } from "./block-rows.kernel.ts";
import { type Lanes, lanes32, lanes64 } from "./lanes.ts";
import { type PrepareKernels, prepareKernels } from "./prepare.kernel.ts";
import { sortIndices } from "./sort.kernel.ts";

type Address = Local<"i32">;
type Body = FunctionBuilder<"i32">;

/** Of `thresholdKernel`: addresses and indices. */
export type ThresholdKernels = PrepareKernels & {
  /**
   * Block column j of L, those before it made; of the blocks below its diagonal that are large enough the largest `most`. Returns -1, or `FULL` where L
   * has no room for it among `capacity` blocks, and nothing is changed, or the scalar row of its bad pivot.
   */
  factorColumn(tables: number, j: number, dropTolerance: number, most: number, capacity: number): number;
};

/** What is no row and no success. */
export const FULL = -2;

/**
 * What factorColumn reads and writes, as addresses in the order of a table. `A` at `aPtr`, `aRows`; `L` at `colPtr`, `rowIdx`, by rows the lists that
 * threshold.reference.ts describes. `work`: the column at hand in the order in which its blocks appear, with its rows, norms and those to keep; `where`:
 * for each block row the address of its block there, 0 without one. `updates`: products subtracted so far, one fp64 number.
 */
export const TABLES = [
  "dummy",
  "floors",
  "A",
  "aPtr",
  "aRows",
  "colPtr",
  "firstInRow",
  "lastInRow",
  "where",
  "work",
  "workRows",
  "norms",
  "kept",
  "updates",
  "L",
  "rowIdx",
  "nextInRow",
  "columnOf",
] as const;
type Table = Tables<(typeof TABLES)[number]>;

/** The columns of an incomplete factor one by one, in fp64 or fp32, with the operations of threshold.reference.ts in the same order. */
export function thresholdKernel(m: ModuleBuilder<ThresholdKernels>, b: number, name: "fp64" | "fp32"): void {
  if (name === "fp64") emit(m, b, lanes64);
  else emit(m, b, lanes32);
}

function emit<N extends "f64" | "f32">(m: ModuleBuilder<ThresholdKernels>, b: number, T: Lanes<N>): void {
  prepareKernels(m, b, T);
  const blockBytes = b * b * T.bytes;
  m.func(
    "factorColumn",
    { tables: "i32", j: "i32", dropTolerance: "f64", most: "i32", capacity: "i32" },
    "i32",
    (f, { tables, j, dropTolerance, most, capacity }) => {
      const table = readTables(f, tables, TABLES);
      const column: WorkColumn = { rows: f.let(i32.const(0)), free: f.let(table.work) };
      const norm = f.let(f64.const(0));
      startColumn(f, b, T, table, column, j, norm);
      const limit = f.let(f64.mul(dropTolerance, norm));
      const updates = f.let(i32.const(0));
      subtractSources(f, b, T, table, column, j, updates);
      const count = chooseBlocks(f, b, T, table, column, limit, norm, most);
      const begin = f.let(at(table.colPtr, j));
      f.if(i32.gt_u(i32.add(begin, count), i32.sub(capacity, 1)), () => f.return(FULL));
      f.store(table.updates, f64.add(f64.load(table.updates), f64.convert_i32_u(updates)));
      const diagonal = f.let(i32.add(table.L, i32.mul(begin, blockBytes)));
      const end = storeColumn(f, blockBytes, table, j, begin, count, diagonal);
      finishColumn(f, T, b, { j, diagonal, end, dummy: table.dummy, floors: table.floors });
      return -1;
    },
  );
}

/** Of the column at hand: how many rows it has so far, and the address behind its last block. */
interface WorkColumn {
  readonly rows: Address;
  readonly free: Address;
}

/** The column <- that of A; norm <- its norm. */
function startColumn<N extends "f64" | "f32">(
  f: Body,
  b: number,
  T: Lanes<N>,
  table: Table,
  column: WorkColumn,
  j: Address,
  norm: Local<"f64">,
): void {
  const blockBytes = b * b * T.bytes;
  const from = f.let(at(table.aPtr, j));
  const to = f.let(at(table.aPtr, i32.add(j, 1)));
  f.for(from, to, 1, (e) => appendRow(f, blockBytes, table, column, f.let(at(table.aRows, e))));
  const source = f.let(i32.add(table.A, i32.mul(from, blockBytes)));
  const end = f.let(i32.add(table.A, i32.mul(to, blockBytes)));
  setNorm(f, b, T, norm, source, end);
  const target = f.let(i32.sub(table.work, source));
  // What is copied beyond the last block is overwritten.
  f.for(source, end, 16, (p) => f.store(i32.add(p, target), v128.load(p)));
}

function appendRow(f: Body, blockBytes: number, table: Table, { rows, free }: WorkColumn, row: Address): void {
  f.store(place(table.where, row), free);
  f.store(place(table.workRows, rows), row);
  f.set(rows, i32.add(rows, 1));
  f.set(free, i32.add(free, blockBytes));
}

/** norm <- the Frobenius norm of numbers side by side, in fp64. */
function setNorm<N extends "f64" | "f32">(f: Body, b: number, T: Lanes<N>, norm: Local<"f64">, from: Address, end: Address): void {
  f.set(norm, 0);
  f.for(from, end, b * T.bytes, (line) => {
    for (let i = 0; i < b; i++) {
      const x = f.let(T.wide(T.one.load(line, i * T.bytes)));
      f.set(norm, f64.add(norm, f64.mul(x, x)));
    }
  });
  f.set(norm, f64.sqrt(norm));
}

/** L_ij <- L_ij - L_ik L_jk' for the columns k that have row j, ascending; updates <- their number. */
function subtractSources<N extends "f64" | "f32">(
  f: Body,
  b: number,
  T: Lanes<N>,
  table: Table,
  column: WorkColumn,
  j: Address,
  updates: Address,
): void {
  const blockBytes = b * b * T.bytes;
  const { s } = tileShape(b, T.count);
  const one = f.let(i32.const(1));
  const jk = f.let(at(table.firstInRow, j));
  f.while(i32.ge_s(jk, 0), () => {
    const end = f.let(at(table.colPtr, i32.add(at(table.columnOf, jk), 1)));
    f.for(jk, end, 1, (ik) => {
      const row = f.let(at(table.rowIdx, ik));
      f.if(i32.eqz(at(table.where, row)), () => {
        // What is cleared beyond the block belongs to none yet.
        for (let offset = 0; offset < blockBytes; offset += 16) f.store(column.free, i32x4.splat(0), offset);
        appendRow(f, blockBytes, table, column, row);
      });
    });
    const B = f.let(i32.add(table.L, i32.mul(jk, blockBytes)));
    f.for(jk, end, s, (ik) => {
      const A = f.let(i32.add(table.L, i32.mul(ik, blockBytes)));
      const C = blocksOf(s).map((q) => {
        const block = at(table.where, at(table.rowIdx, q === 0 ? ik : i32.add(ik, q)));
        return f.let(q === 0 ? block : select(block, table.dummy, i32.lt_u(i32.add(ik, q), end)));
      });
      subtractProducts(f, T, b, C, A, B, one, one);
    });
    f.set(updates, i32.add(updates, i32.sub(end, jk)));
    f.set(jk, at(table.nextInRow, jk));
  });
}

/** kept <- which blocks of the column stay beside its first, by ascending row; returns their number. `where` is as before the column. */
function chooseBlocks<N extends "f64" | "f32">(
  f: Body,
  b: number,
  T: Lanes<N>,
  table: Table,
  { rows }: WorkColumn,
  limit: Local<"f64">,
  norm: Local<"f64">,
  most: Address,
): Address {
  const blockBytes = b * b * T.bytes;
  const row = (k: Address): Expr<"i32"> => at(table.workRows, k);
  f.for(0, rows, 1, (k) => f.store(place(table.where, row(k)), i32.const(0)));
  const count = f.let(i32.const(0));
  const block = f.let(i32.add(table.work, blockBytes));
  f.for(1, rows, 1, (k) => {
    const next = f.let(i32.add(block, blockBytes));
    setNorm(f, b, T, norm, block, next);
    f.set(block, next);
    // Of those that are no number, as of infinite ones, the upper counts as the larger.
    f.store(normPlace(table, k), select(norm, f64.const(Number.POSITIVE_INFINITY), f64.ge(norm, 0)));
    f.if(i32.eqz(f64.lt(norm, limit)), () => {
      f.store(place(table.kept, count), k);
      f.set(count, i32.add(count, 1));
    });
  });
  f.if(i32.gt_u(count, most), () => {
    const normOf = (k: Address): Expr<"f64"> => f64.load(normPlace(table, k));
    sortIndices(f, table.kept, count, (k, l) =>
      i32.or(f64.gt(normOf(k), normOf(l)), i32.and(f64.eq(normOf(k), normOf(l)), i32.lt_u(row(k), row(l)))),
    );
    f.set(count, most);
  });
  sortIndices(f, table.kept, count, (k, l) => i32.lt_u(row(k), row(l)));
  return count;
}

function normPlace(table: Table, k: Address): Expr<"i32"> {
  return i32.add(table.norms, i32.shl(k, 3));
}

/** The column at hand, as far as it is kept, behind the others in L and in the lists of its rows; returns the address behind it. */
function storeColumn(f: Body, blockBytes: number, table: Table, j: Address, begin: Address, count: Address, diagonal: Address): Address {
  const target = f.let(diagonal);
  const copyBlock = (k: Address | number): void => {
    const source = f.let(typeof k === "number" ? i32.add(table.work, k) : i32.add(table.work, i32.mul(k, blockBytes)));
    // What is copied beyond the last block is overwritten.
    for (let offset = 0; offset < blockBytes; offset += 16) f.store(target, v128.load(source, offset), offset);
    f.set(target, i32.add(target, blockBytes));
  };
  f.store(place(table.rowIdx, begin), j);
  copyBlock(0);
  const e = f.let(i32.add(begin, 1));
  f.for(0, count, 1, (t) => {
    const k = f.let(at(table.kept, t));
    copyBlock(k);
    const row = f.let(at(table.workRows, k));
    f.store(place(table.rowIdx, e), row);
    f.store(place(table.columnOf, e), j);
    f.store(place(table.nextInRow, e), i32.const(-1));
    f.if(
      i32.lt_s(at(table.firstInRow, row), 0),
      () => f.store(place(table.firstInRow, row), e),
      () => f.store(place(table.nextInRow, at(table.lastInRow, row)), e),
    );
    f.store(place(table.lastInRow, row), e);
    f.set(e, i32.add(e, 1));
  });
  f.store(place(table.colPtr, j), e, 4);
  return target;
}
