import { at, type Expr, type FunctionBuilder, f64, i32, type Local, type ModuleBuilder, place } from "@slam/wasm";

type Address = Local<"i32">;

/** `supernodes` of a complete factor, and what its columns update. Addresses of arrays of indices. */
export type SupernodeKernels = {
  /** Products of blocks that a factorisation of n columns subtracts: each column updates every pair of the rows below it. */
  countBlockUpdates(n: number, colPtr: number): number;
  /** first <- the first columns of supernodes and n, of <- which one each column is of; returns how many there are. */
  markSupernodes(n: number, colPtr: number, parent: number, of: number, first: number): number;
  /** updatePtr <- where the updates of each of `count` supernodes begin, and the end; zeros at first. */
  countUpdates(count: number, colPtr: number, rowIdx: number, of: number, first: number, updatePtr: number): void;
  /** next[s] is where the next update of s goes; sets `of` anew. */
  fillUpdates(count: number, colPtr: number, rowIdx: number, of: number, first: number, next: number, updates: number): void;
};

const a = "i32";
const factor = { colPtr: a, rowIdx: a, of: a, first: a } as const;

export function supernodeKernels(m: ModuleBuilder<SupernodeKernels>): void {
  m.func("countBlockUpdates", { n: a, colPtr: a }, "f64", (f, { n, colPtr }) => {
    const updates = f.let(f64.const(0));
    f.for(0, n, 1, (k) => {
      const below = f.let(f64.convert_i32_s(i32.sub(columnLength(colPtr, k), 1)));
      f.set(updates, f64.add(updates, f64.mul(f64.mul(below, f64.add(below, 1)), 0.5)));
    });
    return updates;
  });

  m.func("markSupernodes", { n: a, colPtr: a, parent: a, of: a, first: a }, a, (f, { n, colPtr, parent, of, first }) => {
    const count = f.let(i32.const(0));
    const before = f.let(i32.const(0));
    const child = f.let(i32.const(-1));
    f.for(0, n, 1, (j) => {
      const length = f.let(columnLength(colPtr, j));
      // The parent is the first row below the diagonal.
      const joins = f.let(i32.const(0));
      f.if(j, () => f.set(joins, i32.and(i32.eq(before, i32.add(length, 1)), i32.eq(at(parent, child), j))));
      f.if(i32.eqz(joins), () => {
        f.store(place(first, count), j);
        f.set(count, i32.add(count, 1));
      });
      f.store(place(of, j), i32.sub(count, 1));
      f.set(before, length);
      f.set(child, j);
    });
    f.store(place(first, count), n);
    return count;
  });

  m.func("countUpdates", { count: a, ...factor, updatePtr: a }, "void", (f, { count, colPtr, rowIdx, of, first, updatePtr }) => {
    f.for(0, count, 1, (s) => {
      const last = f.let(s);
      const { below, end } = rowsOf(f, colPtr, first, s);
      f.for(below, end, 1, (e) => {
        const target = f.let(at(of, at(rowIdx, e)));
        f.if(i32.ne(target, last), () => {
          const updates = f.let(place(updatePtr, target));
          f.store(updates, i32.add(i32.load(updates, 4), 1), 4);
        });
        f.set(last, target);
      });
    });
    const sum = f.let(i32.const(0));
    f.for(0, count, 1, (s) => {
      const end = f.let(place(updatePtr, s));
      f.set(sum, i32.add(sum, i32.load(end, 4)));
      f.store(end, sum, 4);
    });
  });

  m.func("fillUpdates", { count: a, ...factor, next: a, updates: a }, "void", (f, { count, colPtr, rowIdx, of, first, next, updates }) => {
    f.for(0, count, 1, (s) => {
      const end = f.let(i32.load(place(first, s), 4));
      f.for(at(first, s), end, 1, (j) => f.store(place(of, j), s));
    });
    f.for(0, count, 1, (s) => {
      const { start, below, end } = rowsOf(f, colPtr, first, s);
      f.while(i32.lt_u(below, end), () => {
        const target = f.let(at(of, at(rowIdx, below)));
        const slot = f.let(place(next, target));
        const update = f.let(i32.add(updates, i32.mul(i32.load(slot), 12)));
        f.store(slot, i32.add(i32.load(slot), 1));
        f.store(update, s);
        f.store(update, i32.sub(below, start), 4);
        const same = f.let(i32.const(1));
        f.while(same, () => {
          f.set(below, i32.add(below, 1));
          f.set(same, i32.lt_u(below, end));
          f.if(same, () => f.set(same, i32.eq(at(of, at(rowIdx, below)), target)));
        });
        f.store(update, i32.sub(below, start), 8);
      });
    });
  });
}

function columnLength(colPtr: Address, j: Address): Expr<"i32"> {
  return i32.sub(i32.load(place(colPtr, j), 4), at(colPtr, j));
}

/** Where the rows of supernode s begin, those below its columns, and the end. */
function rowsOf(
  f: FunctionBuilder,
  colPtr: Address,
  first: Address,
  s: Address,
): { readonly [name in "start" | "below" | "end"]: Address } {
  const column = f.let(at(first, s));
  const start = f.let(at(colPtr, column));
  const width = i32.sub(i32.load(place(first, s), 4), column);
  return { start, below: f.let(i32.add(start, width)), end: f.let(i32.load(place(colPtr, column), 4)) };
}
