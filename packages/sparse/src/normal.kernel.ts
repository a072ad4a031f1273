import { at, type FunctionBuilder, i32, type Local, type ModuleBuilder, place } from "@slam/wasm";

type Address = Local<"i32">;

/** `normalSymbolic` of the lower triangle: addresses of arrays of indices, and which rows of A or columns. */
export type NormalKernels = {
  /** starts[j] += the pairs (i, j), i > j, of rows from ... to - 1, for all j; returns whether columns are in range, and stops at one that is not. */
  countPairs(n: number, rowPtr: number, colIdx: number, starts: number, from: number, to: number): number;
  /** starts[j + 1] <- the sum of starts[0] ... starts[j + 1], for n columns. */
  endPairs(n: number, starts: number): void;
  /** The pairs into `larger` and `place`, from the ends on: starts[j] is where those of j begin afterwards. `pair` counts those of the rows before; returns it behind them. */
  sortPairs(rowPtr: number, colIdx: number, starts: number, larger: number, place: number, pair: number, from: number, to: number): number;
  /** target <- place in row i of A'A for the pairs of columns from ... to - 1, rows[i + 1] <- how many there are; `last` is all -1 at first. */
  countBlocks(starts: number, larger: number, place: number, last: number, rows: number, target: number, from: number, to: number): void;
  /** rows <- where each row begins, and the end; the diagonal last in each. */
  startRows(n: number, rows: number, columns: number): void;
  /** target <- the blocks, and their columns, for the pairs of rows from ... to - 1; `pair` as above. */
  fillBlocks(rowPtr: number, colIdx: number, rows: number, columns: number, target: number, pair: number, from: number, to: number): number;
};

const a = "i32";

export function normalKernel(m: ModuleBuilder<NormalKernels>): void {
  const span = { from: a, to: a } as const;
  m.func("countPairs", { n: a, rowPtr: a, colIdx: a, starts: a, ...span }, a, (f, { n, rowPtr, colIdx, starts, from, to }) => {
    f.for(from, to, 1, (row) => {
      const end = f.let(at(rowPtr, i32.add(row, 1)));
      f.for(at(rowPtr, row), end, 1, (l) => {
        const j = f.let(at(colIdx, l));
        f.if(i32.ge_u(j, n), () => f.return(0));
        add(f, f.let(place(starts, j)), i32.sub(i32.sub(end, 1), l));
      });
    });
    return 1;
  });

  m.func("endPairs", { n: a, starts: a }, "void", (f, { n, starts }) => {
    const sum = f.let(i32.const(0));
    f.for(starts, f.let(i32.add(place(starts, n), 4)), 4, (end) => {
      f.set(sum, i32.add(sum, i32.load(end)));
      f.store(end, sum);
    });
  });

  const sorted = { rowPtr: a, colIdx: a, starts: a, larger: a, place: a, pair: a, ...span } as const;
  m.func("sortPairs", sorted, a, (f, { rowPtr, colIdx, starts, larger, place: places, pair, from, to }) => {
    f.for(from, to, 1, (row) => {
      const begin = f.let(at(rowPtr, row));
      const end = f.let(at(rowPtr, i32.add(row, 1)));
      f.for(begin, end, 1, (k) => {
        const i = f.let(at(colIdx, k));
        f.for(begin, k, 1, (l) => {
          const start = f.let(place(starts, at(colIdx, l)));
          const to = f.let(i32.sub(i32.load(start), 1));
          f.store(start, to);
          f.store(place(larger, to), i);
          f.store(place(places, to), pair);
          f.set(pair, i32.add(pair, 1));
        });
        f.set(pair, i32.add(pair, 1));
      });
    });
    return pair;
  });

  const counted = { starts: a, larger: a, place: a, last: a, rows: a, target: a, ...span } as const;
  m.func("countBlocks", counted, "void", (f, { starts, larger, place: places, last, rows, target, from, to }) => {
    f.for(from, to, 1, (j) => {
      const end = f.let(at(starts, i32.add(j, 1)));
      f.for(at(starts, j), end, 1, (p) => {
        const i = f.let(at(larger, p));
        const known = f.let(place(last, i));
        const row = f.let(place(rows, i));
        const count = f.let(i32.load(row, 4));
        f.if(i32.ne(i32.load(known), j), () => {
          f.store(known, j);
          f.set(count, i32.add(count, 1));
          f.store(row, count, 4);
        });
        f.store(place(target, at(places, p)), i32.sub(count, 1));
      });
    });
  });

  m.func("startRows", { n: a, rows: a, columns: a }, "void", (f, { n, rows, columns }) => {
    const end = f.let(i32.const(0));
    f.for(0, n, 1, (i) => {
      const row = f.let(place(rows, i));
      f.set(end, i32.add(end, i32.load(row, 4)));
      f.store(place(columns, end), i);
      f.set(end, i32.add(end, 1));
      f.store(row, end, 4);
    });
  });

  const filled = { rowPtr: a, colIdx: a, rows: a, columns: a, target: a, pair: a, ...span } as const;
  m.func("fillBlocks", filled, a, (f, { rowPtr, colIdx, rows, columns, target, pair, from, to }) => {
    const slot = f.let(place(target, pair));
    f.for(from, to, 1, (row) => {
      const begin = f.let(at(rowPtr, row));
      const end = f.let(at(rowPtr, i32.add(row, 1)));
      f.for(begin, end, 1, (k) => {
        const ends = f.let(place(rows, at(colIdx, k)));
        const start = f.let(i32.load(ends));
        f.for(begin, k, 1, (l) => {
          const block = f.let(i32.add(start, i32.load(slot)));
          f.store(place(columns, block), at(colIdx, l));
          f.store(slot, block);
          f.set(slot, i32.add(slot, 4));
        });
        f.store(slot, i32.sub(i32.load(ends, 4), 1));
        f.set(slot, i32.add(slot, 4));
      });
    });
    return i32.shr_u(i32.sub(slot, target), 2);
  });
}

function add(f: FunctionBuilder, address: Address, count: ReturnType<typeof at>): void {
  f.store(address, i32.add(i32.load(address), count));
}
