import {
  at,
  type Expr,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  place,
  readTables,
  select,
  type Tables,
} from "@slam/wasm";
import { blocksOf, finishColumn, subtractProducts } from "./block-products.kernel.ts";
import { tileShape } from "./block-rows.kernel.ts";
import { type Lanes, lanes32, lanes64 } from "./lanes.ts";
import { type PrepareKernels, prepareKernels } from "./prepare.kernel.ts";

type Address = Local<"i32">;
type Body = FunctionBuilder<"i32">;

/** Of `factorKernel`: addresses and indices. */
export type FactorKernels = PrepareKernels & {
  /** Supernode s; returns -1 or the scalar row (in the order of elimination) of the first bad pivot. */
  factorSupernode(tables: number, s: number): number;
};

/**
 * What factorSupernode reads, as addresses in the order of a table. `base`: for each block column j the address that block (i, j) would
 * have, were i 0: block number p of the rows of its supernode, counted on from the supernode's first column, is p blocks on. `where`: for
 * each block row its p in the supernode at hand, in bytes. `dummy`: where a block goes that L has not.
 */
export const TABLES = ["base", "colPtr", "rowIdx", "first", "updatePtr", "updates", "where", "dummy", "floors"] as const;
type Table = Tables<(typeof TABLES)[number]>;

/**
 * Left-looking supernodal Cholesky for b x b blocks by columns, in fp64 or fp32: every entry has the operations of factor.reference.ts in
 * the same order. A few blocks of a column at a time are summed in registers over all the columns of a source supernode, straight from
 * and to their places in L.
 *
 * @param fill "complete": every row of a source is one of its target; "partial": those that are not are left out, and supernodes are
 *   single columns.
 */
export function factorKernel(m: ModuleBuilder<FactorKernels>, b: number, name: "fp64" | "fp32", fill: "complete" | "partial"): void {
  if (name === "fp64") emit(m, b, lanes64, fill === "complete");
  else emit(m, b, lanes32, fill === "complete");
}

function emit<N extends "f64" | "f32">(m: ModuleBuilder<FactorKernels>, b: number, T: Lanes<N>, complete: boolean): void {
  const blockBytes = b * b * T.bytes;
  prepareKernels(m, b, T);
  m.func("factorSupernode", { tables: "i32", s: "i32" }, "i32", (f, { tables, s }) => {
    const table = readTables(f, tables, TABLES);
    const begin = f.let(at(table.first, s));
    const end = f.let(at(table.first, i32.add(s, 1)));
    const start = f.let(at(table.colPtr, begin));
    const rows = f.let(i32.sub(at(table.colPtr, i32.add(begin, 1)), start));
    const offset = f.let(i32.mul(begin, blockBytes));
    f.for(start, f.let(i32.add(start, rows)), 1, (e) => {
      f.store(place(table.where, at(table.rowIdx, e)), offset);
      f.set(offset, i32.add(offset, blockBytes));
    });
    const lastUpdate = f.let(i32.add(table.updates, i32.mul(at(table.updatePtr, i32.add(s, 1)), 12)));
    const update = f.let(i32.add(table.updates, i32.mul(at(table.updatePtr, s), 12)));
    const own = f.let(i32.const(0));
    const [source, from, to] = [f.let(i32.const(0)), f.let(i32.const(0)), f.let(i32.const(0))];
    const columns = f.let(i32.const(0));
    const j = f.let(begin);
    // Supernodes before this one, ascending, then for each of its columns those before it, and its end: one piece of code for all sums.
    f.while(i32.lt_u(j, end), () => {
      f.set(own, i32.eq(update, lastUpdate));
      f.if(
        own,
        () => {
          f.set(source, s);
          f.set(columns, i32.sub(j, begin));
          f.set(from, columns);
          f.set(to, i32.add(columns, 1));
        },
        () => {
          f.set(source, i32.load(update));
          f.set(columns, i32.sub(at(table.first, i32.add(source, 1)), at(table.first, source)));
          f.set(from, i32.load(update, 4));
          f.set(to, i32.load(update, 8));
          f.set(update, i32.add(update, 12));
        },
      );
      f.if(columns, () => subtractSource(f, T, b, table, { source, columns, from, to }, complete));
      f.if(own, () => {
        const diagonal = f.let(blockAt(table, blockBytes, j, j));
        const last = f.let(blockAt(table, blockBytes, j, i32.add(begin, rows)));
        finishColumn(f, T, b, { j, diagonal, end: last, dummy: table.dummy, floors: table.floors });
        f.set(j, i32.add(j, 1));
      });
    });
    if (!complete) {
      f.for(start, f.let(i32.add(start, rows)), 1, (e) => f.store(place(table.where, at(table.rowIdx, e)), i32.const(0)));
    }
    return -1;
  });
}

/** The address of the block that is number `row`, counted as in `where`, of column j. */
function blockAt({ base }: Table, blockBytes: number, j: Expr<"i32">, row: Expr<"i32">): Expr<"i32"> {
  return i32.add(at(base, j), i32.mul(row, blockBytes));
}

/** The first columns of a supernode, and from where to where among its rows the columns of the target lie. */
interface Source {
  readonly source: Address;
  readonly columns: Address;
  readonly from: Address;
  readonly to: Address;
}

/** L_ij <- L_ij - L_ik L_jk' for the columns j of the target and those k of the source, ascending. */
function subtractSource<N extends "f64" | "f32">(
  f: Body,
  T: Lanes<N>,
  b: number,
  table: Table,
  { source, columns, from, to }: Source,
  complete: boolean,
): void {
  const blockBytes = b * b * T.bytes;
  const { s } = tileShape(b, T.count);
  const k = f.let(at(table.first, source));
  const start = f.let(at(table.colPtr, k));
  const rows = f.let(i32.sub(at(table.colPtr, i32.add(k, 1)), start));
  const step = f.let(i32.mul(i32.sub(rows, 1), blockBytes));
  const rowIdx = f.let(i32.add(table.rowIdx, i32.shl(start, 2)));
  const firstRow = f.let(blockAt(table, blockBytes, k, k));
  f.for(from, rows, s, (p) => {
    const offsets = blocksOf(s).map((q) => f.let(at(table.where, at(rowIdx, i32.add(p, q)))));
    const A = f.let(i32.add(firstRow, i32.mul(p, blockBytes)));
    const lastColumn = f.let(i32.add(p, s));
    f.set(lastColumn, select(lastColumn, to, i32.lt_u(lastColumn, to)));
    const updateColumns = (): void =>
      f.for(from, lastColumn, 1, (c) => {
        const column = f.let(at(table.base, at(rowIdx, c)));
        const below = f.let(i32.sub(rows, c));
        const C = offsets.map((offset, q) => {
          const target = i32.add(column, offset);
          // Above the diagonal and beyond the last row there is nothing.
          const inside = s === 1 ? undefined : i32.lt_u(i32.sub(i32.add(p, q), c), below);
          const present = complete ? inside : inside === undefined ? offset : i32.and(inside, i32.ne(offset, 0));
          return f.let(present === undefined ? target : select(target, table.dummy, present));
        });
        const B = f.let(i32.add(firstRow, i32.mul(c, blockBytes)));
        subtractProducts(f, T, b, C, A, B, step, columns);
      });
    if (complete) updateColumns();
    else
      f.if(
        offsets.reduce<Expr<"i32">>((some, offset) => i32.or(some, offset), i32.const(0)),
        updateColumns,
      );
  });
}
