import { type Expr, type FunctionBuilder, f64, i32, type Local, type ModuleBuilder, select } from "@slam/wasm";
import { type BlockRows, loadRows, storeRows, tileShape } from "./block-rows.kernel.ts";
import { type Lanes, lanes32, lanes64 } from "./lanes.ts";

type Address = Local<"i32">;
type Body = FunctionBuilder<"i32">;

/** Of `factorKernel`: addresses and indices. */
export type FactorKernels = {
  /** Supernode s; returns -1 or the scalar row (in the order of elimination) of the first bad pivot. */
  factorSupernode(tables: number, s: number): number;
  /** Blocks from ... to - 1 of A, by rows, to their places in L. */
  scatter(A: number, L: number, destination: number, from: number, to: number): void;
  /** For the block columns from ... to - 1: floors <- pivotFloor d, d <- d + shift d, d the diagonal. */
  prepareDiagonal(tables: number, from: number, to: number, shift: number, pivotFloor: number): void;
};

/**
 * What factorSupernode reads, as addresses in the order of a table. `base`: for each block column j the address that block (i, j) would
 * have, were i 0: block number p of the rows of its supernode, counted on from the supernode's first column, is p blocks on. `where`: for
 * each block row its p in the supernode at hand, in bytes. `dummy`: where a block goes that L has not.
 */
export const TABLES = ["base", "colPtr", "rowIdx", "first", "updatePtr", "updates", "where", "dummy", "floors"] as const;
type Tables = { readonly [name in (typeof TABLES)[number]]: Address };

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
  m.func("factorSupernode", { tables: "i32", s: "i32" }, "i32", (f, { tables, s }) => {
    const table = readTables(f, tables);
    const begin = f.let(at(table.first, s));
    const end = f.let(at(table.first, i32.add(s, 1)));
    const start = f.let(at(table.colPtr, begin));
    const rows = f.let(i32.sub(at(table.colPtr, i32.add(begin, 1)), start));
    const offset = f.let(i32.mul(begin, blockBytes));
    f.for(start, f.let(i32.add(start, rows)), 1, (e) => {
      f.store(i32.add(table.where, i32.shl(at(table.rowIdx, e), 2)), offset);
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
        finishColumn(f, T, b, table, j, f.let(i32.add(begin, rows)));
        f.set(j, i32.add(j, 1));
      });
    });
    if (!complete) {
      f.for(start, f.let(i32.add(start, rows)), 1, (e) => f.store(i32.add(table.where, i32.shl(at(table.rowIdx, e), 2)), i32.const(0)));
    }
    return -1;
  });

  m.func("scatter", { A: "i32", L: "i32", destination: "i32", from: "i32", to: "i32" }, "void", (f, { A, L, destination, from, to }) => {
    f.for(from, to, 1, (k) => {
      const d = f.let(at(destination, k));
      const target = f.let(i32.add(L, i32.mul(i32.shr_u(d, 1), blockBytes)));
      const source = f.let(i32.add(A, i32.mul(k, blockBytes)));
      const end = f.let(i32.add(source, blockBytes));
      const lines = Array.from({ length: b }, (_, i) => i);
      // By rows is by columns of the transpose.
      const transposed = f.let(i32.and(d, 1));
      f.for(source, end, b * T.bytes, (line) => {
        f.if(
          transposed,
          () => {
            for (const i of lines) f.store(target, T.one.load(line, i * T.bytes), i * T.bytes);
            f.set(target, i32.add(target, b * T.bytes));
          },
          () => {
            for (const i of lines) f.store(target, T.one.load(line, i * T.bytes), i * b * T.bytes);
            f.set(target, i32.add(target, T.bytes));
          },
        );
      });
    });
  });

  m.func(
    "prepareDiagonal",
    { tables: "i32", from: "i32", to: "i32", shift: "f64", pivotFloor: "f64" },
    "void",
    (f, { tables, from, to, shift, pivotFloor }) => {
      const table = readTables(f, tables);
      f.for(from, to, 1, (j) => {
        const diagonal = f.let(blockAt(table, blockBytes, j, j));
        const floor = f.let(i32.add(table.floors, i32.mul(j, 8 * b)));
        const end = f.let(i32.add(diagonal, blockBytes));
        f.for(diagonal, end, (b + 1) * T.bytes, (entry) => {
          const d = f.let(T.wide(T.one.load(entry)));
          f.store(floor, f64.mul(pivotFloor, d));
          f.if(f64.gt(shift, 0), () => f.store(entry, T.narrow(f64.add(d, f64.mul(shift, d)))));
          f.set(floor, i32.add(floor, 8));
        });
      });
    },
  );
}

function readTables<R extends "i32" | "void">(f: FunctionBuilder<R>, tables: Address): Tables {
  return Object.fromEntries(TABLES.map((name, k) => [name, f.let(i32.load(tables, 4 * k))])) as Tables;
}

function at(array: Address, index: Expr<"i32">): Expr<"i32"> {
  return i32.load(i32.add(array, i32.shl(index, 2)));
}

/** The address of the block that is number `row`, counted as in `where`, of column j. */
function blockAt({ base }: Tables, blockBytes: number, j: Expr<"i32">, row: Expr<"i32">): Expr<"i32"> {
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
  table: Tables,
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

/** Column j, all sums subtracted: its diagonal block, then what is below; `lastRow` counts as `where` does. */
function finishColumn<N extends "f64" | "f32">(f: Body, T: Lanes<N>, b: number, table: Tables, j: Address, lastRow: Address): void {
  const blockBytes = b * b * T.bytes;
  const { s } = tileShape(b, T.count);
  const floor = f.let(i32.add(table.floors, i32.mul(j, 8 * b)));
  const diagonal = f.let(blockAt(table, blockBytes, j, j));
  f.for(j, lastRow, s, (p) => {
    const isDiagonal = f.let(i32.eq(p, j));
    const C = blocksOf(s).map((q) => {
      const block = blockAt(table, blockBytes, j, q === 0 ? p : i32.add(p, q));
      return f.let(q === 0 ? block : select(block, table.dummy, i32.lt_u(i32.add(p, q), lastRow)));
    });
    solve(f, T, b, C, diagonal, isDiagonal, floor, (row) => f.return(i32.add(i32.mul(j, b), row)));
  });
}

function blocksOf(s: number): readonly number[] {
  return Array.from({ length: s }, (_, q) => q);
}

/**
 * C_q <- C_q - sum over the columns k of a source of A_qk B_k'. A and B are in its first column; `step` is the way to the second, and a
 * block less from there to the next. 2 b^3 flops and about (s + 1) b^2 numbers read for each k and q, both factors from the nearest
 * cache.
 */
function subtractProducts<N extends "f64" | "f32">(
  f: Body,
  T: Lanes<N>,
  b: number,
  C: readonly Address[],
  A: Address,
  B: Address,
  step: Address,
  columns: Address,
): void {
  const blockBytes = b * b * T.bytes;
  const shape = tileShape(b, T.count);
  const vectors = Array.from({ length: shape.vectors }, (_, v) => v);
  const tile = Array.from({ length: shape.columns }, (_, t) => t);
  const target: BlockRows = { at: (q) => ({ address: C[q], offset: 0 }) };
  const right = f.let(B);
  const subtractTile = (): void => {
    const sums = tile.map((t) => vectors.map((v) => f.let(loadRows(T, b, target, t, v))));
    const a = f.let(A);
    const bb = f.let(right);
    const way = f.let(step);
    const left = f.let(columns);
    const source: BlockRows = { at: (q) => ({ address: a, offset: q * blockBytes }) };
    f.doWhile(() => {
      for (let k = 0; k < b; k++) {
        const factors = vectors.map((v) => f.let(loadRows(T, b, source, k, v)));
        for (const t of tile) {
          const factor = f.let(T.splat(bb, (k * b + t) * T.bytes));
          for (const v of vectors) f.set(sums[t][v], T.subtract(sums[t][v], T.multiply(factors[v], factor)));
        }
      }
      f.set(a, i32.add(a, way));
      f.set(bb, i32.add(bb, way));
      f.set(way, i32.sub(way, blockBytes));
      f.set(left, i32.sub(left, 1));
      return left;
    });
    for (const t of tile) for (const v of vectors) storeRows(f, T, b, target, t, v, sums[t][v]);
  };
  if (shape.columns === b) subtractTile();
  else {
    f.for(0, b / shape.columns, 1, () => {
      subtractTile();
      f.set(right, i32.add(right, shape.columns * T.bytes));
      for (const c of C) f.set(c, i32.add(c, shape.columns * b * T.bytes));
    });
  }
}

/**
 * C_q <- C_q D^-T, D the diagonal block's lower factor; where D is C_0 itself, C_0 <- that factor, zeros above, and `fail` where a pivot
 * is not above its floor or not finite.
 */
function solve<N extends "f64" | "f32">(
  f: Body,
  T: Lanes<N>,
  b: number,
  C: readonly Address[],
  D: Address,
  isDiagonal: Address,
  floor: Address,
  fail: (row: number) => void,
): void {
  const { vectors } = tileShape(b, T.count);
  const target: BlockRows = { at: (q) => ({ address: C[q], offset: 0 }) };
  const solved: Local<"v128">[][] = [];
  const pivot = f.let(T.one.const(0));
  for (let j = 0; j < b; j++) {
    const place = j * (b + 1) * T.bytes;
    const sums = Array.from({ length: vectors }, (_, v) => f.let(loadRows(T, b, target, j, v)));
    for (let u = 0; u < j; u++) {
      const factor = f.let(T.splat(D, (u * b + j) * T.bytes));
      for (const [v, sum] of sums.entries()) f.set(sum, T.subtract(sum, T.multiply(solved[u][v], factor)));
    }
    f.if(
      isDiagonal,
      () => {
        for (const [v, sum] of sums.entries()) storeRows(f, T, b, target, j, v, sum);
        const value = f.let(T.wide(T.one.load(D, place)));
        f.if(i32.eqz(i32.and(f64.gt(value, f64.load(floor, 8 * j)), f64.lt(value, Number.POSITIVE_INFINITY))), () => fail(j));
        f.set(pivot, T.one.sqrt(T.one.load(D, place)) as never);
      },
      () => f.set(pivot, T.one.load(D, place) as never),
    );
    const divisor = f.let(T.spread(pivot as never));
    for (const [v, sum] of sums.entries()) {
      f.set(sum, T.divide(sum, divisor));
      storeRows(f, T, b, target, j, v, sum);
    }
    f.if(isDiagonal, () => {
      for (let i = 0; i < j; i++) f.store(D, T.one.const(0), (j * b + i) * T.bytes);
      f.store(D, pivot, place);
    });
    solved.push(sums);
  }
}
