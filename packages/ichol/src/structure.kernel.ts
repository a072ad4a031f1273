import { at, type FunctionBuilder, i32, type Local, type ModuleBuilder, place, select } from "@slam/wasm";
import { type SupernodeKernels, supernodeKernels } from "./supernodes.kernel.ts";

type Address = Local<"i32">;

/** The structure of a complete factor. Addresses of arrays of indices, and which rows. */
export type StructureKernels = SupernodeKernels & {
  /** inverse[order[k]] <- k for all n. */
  invert(n: number, order: number, inverse: number): void;
  /**
   * starts[i + 1] += the entries in row i of the lower triangle of P A P', for all i, that rows from ... to - 1 of A give; returns whether they all are in
   * range, and stops at one that is not.
   */
  countRows(n: number, nnz: number, rowPtr: number, colIdx: number, inverse: number, starts: number, from: number, to: number): number;
  /** starts[i + 1] <- the sum of starts[1] ... starts[i], for n rows. */
  sumCounts(n: number, starts: number): void;
  /**
   * Enters those entries, starts[i + 1] being where row i begins, and afterwards where it ends: 2 column + (1 if the block lands transposed) into `columns`,
   * which entry of A it is into `entries`.
   */
  enterRows(
    rowPtr: number,
    colIdx: number,
    inverse: number,
    starts: number,
    columns: number,
    entries: number,
    from: number,
    to: number,
  ): void;
  /** `walkedTree` for rows from ... to - 1, parent and reached being all -1 at first and counts 1. Returns the steps, and stops behind a row with which they are `most`. */
  walk(starts: number, columns: number, parent: number, counts: number, reached: number, from: number, to: number, most: number): number;
  /** colPtr <- where each of n columns begins, and the end. */
  startColumns(n: number, counts: number, colPtr: number): void;
  /** `rowsOfColumns` for rows from ... to - 1, and the destination of each of their entries: next[k] is where the next row of column k goes, reached all -1 at first. */
  fillColumns(
    starts: number,
    columns: number,
    entries: number,
    parent: number,
    next: number,
    reached: number,
    rowIdx: number,
    destination: number,
    from: number,
    to: number,
  ): void;
};

const a = "i32";
const triangle = { rowPtr: a, colIdx: a, inverse: a, starts: a } as const;
const span = { from: a, to: a } as const;

export function structureKernel(m: ModuleBuilder<StructureKernels>): void {
  permutedRows(m);
  walks(m);
  supernodeKernels(m);
}

function permutedRows(m: ModuleBuilder<StructureKernels>): void {
  m.func("invert", { n: a, order: a, inverse: a }, "void", (f, { n, order, inverse }) => {
    f.for(0, n, 1, (k) => f.store(place(inverse, at(order, k)), k));
  });

  m.func("countRows", { n: a, nnz: a, ...triangle, ...span }, a, (f, { n, nnz, rowPtr, colIdx, inverse, starts, from, to }) => {
    f.for(from, to, 1, (i) => {
      const k = f.let(at(inverse, i));
      const begin = f.let(at(rowPtr, i));
      const end = f.let(at(rowPtr, i32.add(i, 1)));
      f.if(i32.or(i32.gt_u(begin, end), i32.gt_u(end, nnz)), () => f.return(0));
      f.for(begin, end, 1, (p) => {
        const column = f.let(at(colIdx, p));
        f.if(i32.ge_u(column, n), () => f.return(0));
        const l = f.let(at(inverse, column));
        const row = f.let(place(starts, select(k, l, i32.gt_u(k, l))));
        f.store(row, i32.add(i32.load(row, 4), 1), 4);
      });
    });
    return 1;
  });

  m.func("sumCounts", { n: a, starts: a }, "void", (f, { n, starts }) => {
    const end = f.let(i32.const(0));
    f.for(i32.add(starts, 4), f.let(i32.add(place(starts, n), 4)), 4, (row) => {
      const count = f.let(i32.load(row));
      f.store(row, end);
      f.set(end, i32.add(end, count));
    });
  });

  const entered = { ...triangle, columns: a, entries: a, ...span } as const;
  m.func("enterRows", entered, "void", (f, { rowPtr, colIdx, inverse, starts, columns, entries, from, to }) => {
    f.for(from, to, 1, (i) => {
      const k = f.let(at(inverse, i));
      const end = f.let(at(rowPtr, i32.add(i, 1)));
      f.for(at(rowPtr, i), end, 1, (p) => {
        const l = f.let(at(inverse, at(colIdx, p)));
        const isTransposed = f.let(i32.lt_u(k, l));
        const row = f.let(place(starts, select(l, k, isTransposed)));
        const to = f.let(i32.load(row, 4));
        f.store(row, i32.add(to, 1), 4);
        f.store(place(columns, to), i32.add(i32.shl(select(k, l, isTransposed), 1), isTransposed));
        f.store(place(entries, to), p);
      });
    });
  });
}

function walks(m: ModuleBuilder<StructureKernels>): void {
  /** The nodes from k up to the first one that row i has reached. */
  const climb = (f: FunctionBuilder, parent: Address, reached: Address, i: Address, k: Address, visit: () => void): void => {
    f.while(i32.ne(at(reached, k), i), () => {
      f.store(place(reached, k), i);
      visit();
      f.set(k, at(parent, k));
    });
  };

  const walk = { starts: a, columns: a, parent: a, counts: a, reached: a, ...span, most: a } as const;
  m.func("walk", walk, a, (f, { starts, columns, parent, counts, reached, from, to, most }) => {
    const steps = f.let(i32.const(0));
    f.for(from, to, 1, (i) => {
      f.store(place(reached, i), i);
      const end = f.let(at(starts, i32.add(i, 1)));
      f.for(at(starts, i), end, 1, (q) => {
        const k = f.let(i32.shr_u(at(columns, q), 1));
        climb(f, parent, reached, i, k, () => {
          const count = f.let(place(counts, k));
          f.store(count, i32.add(i32.load(count), 1));
          f.set(steps, i32.add(steps, 1));
          const above = f.let(place(parent, k));
          f.if(i32.eq(i32.load(above), -1), () => f.store(above, i));
        });
      });
      f.if(i32.ge_u(steps, most), () => f.return(steps));
    });
    return steps;
  });

  m.func("startColumns", { n: a, counts: a, colPtr: a }, "void", (f, { n, counts, colPtr }) => {
    const end = f.let(i32.const(0));
    f.for(0, n, 1, (k) => {
      f.set(end, i32.add(end, at(counts, k)));
      f.store(place(colPtr, k), end, 4);
    });
  });

  const fill = { starts: a, columns: a, entries: a, parent: a, next: a, reached: a, rowIdx: a, destination: a, ...span } as const;
  m.func("fillColumns", fill, "void", (f, { starts, columns, entries, parent, next, reached, rowIdx, destination, from, to }) => {
    f.for(from, to, 1, (i) => {
      const append = (k: Address): void => {
        const end = f.let(place(next, k));
        const to = f.let(i32.load(end));
        f.store(place(rowIdx, to), i);
        f.store(end, i32.add(to, 1));
      };
      append(i);
      f.store(place(reached, i), i);
      const end = f.let(at(starts, i32.add(i, 1)));
      f.for(at(starts, i), end, 1, (q) => {
        const column = f.let(at(columns, q));
        const k = f.let(i32.shr_u(column, 1));
        const entered = f.let(place(next, k));
        climb(f, parent, reached, i, k, () => append(k));
        // Row i is the last that its columns have so far.
        const landed = i32.add(i32.shl(i32.sub(i32.load(entered), 1), 1), i32.and(column, 1));
        f.store(place(destination, at(entries, q)), landed);
      });
    });
  });
}
