import { at, i32, type Local, type ModuleBuilder, place, select } from "@slam/wasm";

type Address = Local<"i32">;

/** What `countNeighbours` finds in a row. */
export const BELOW = 1;
export const ABOVE = 2;
/** Rows that the other kernels cannot take: not strictly ascending, or out of range. */
const UNFIT = 4;

/** The graph of one triangle of a matrix, as `symmetricGraph` has it. Addresses of arrays, numbers of rows. */
export type SymmetricGraphKernels = {
  /** starts[i + 1] += the neighbours of i that rows from ... to - 1 give, for all i; returns the sum of what it finds, or `UNFIT`. */
  countNeighbours(n: number, nnz: number, rowPtr: number, colIdx: number, starts: number, from: number, to: number): number;
  /** `countsToStarts` for n rows. */
  countsToStarts(n: number, starts: number): number;
  /** Enters the neighbours that rows from ... to - 1 give; starts[i + 1] is where row i begins, then where what it has ends. */
  mirror(rowPtr: number, colIdx: number, starts: number, neighbours: number, from: number, to: number): void;
  /** How many of the n vertices have at most two neighbours; -1 where one has more than `most`. */
  countSmall(n: number, rowPtr: number, most: number): number;
};

const a = "i32";

export function symmetricGraphKernels(m: ModuleBuilder<SymmetricGraphKernels>): void {
  const counted = { n: a, nnz: a, rowPtr: a, colIdx: a, starts: a, from: a, to: a } as const;
  m.func("countNeighbours", counted, a, (f, { n, nnz, rowPtr, colIdx, starts, from, to }) => {
    const addTo = (i: Address, count: Address): void => {
      const place = f.let(i32.add(starts, i32.shl(i, 2)));
      f.store(place, i32.add(i32.load(place, 4), count), 4);
    };
    const found = f.let(i32.const(0));
    const one = f.let(i32.const(1));
    f.for(from, to, 1, (i) => {
      const begin = f.let(at(rowPtr, i));
      const end = f.let(at(rowPtr, i32.add(i, 1)));
      f.if(i32.or(i32.gt_u(begin, end), i32.gt_u(end, nnz)), () => f.return(UNFIT));
      const before = f.let(i32.const(-1));
      const own = f.let(i32.const(0));
      f.for(begin, end, 1, (p) => {
        const j = f.let(at(colIdx, p));
        f.if(i32.or(i32.ge_u(j, n), i32.le_s(j, before)), () => f.return(UNFIT));
        f.set(before, j);
        f.if(i32.ne(j, i), () => {
          f.set(found, i32.or(found, select(i32.const(BELOW), i32.const(ABOVE), i32.lt_u(j, i))));
          f.set(own, i32.add(own, 1));
          addTo(j, one);
        });
      });
      addTo(i, own);
    });
    return found;
  });

  m.func("countsToStarts", { n: a, starts: a }, a, (f, { n, starts }) => {
    const end = f.let(i32.const(0));
    const last = f.let(place(starts, n));
    f.for(i32.add(starts, 4), f.let(i32.add(last, 4)), 4, (row) => {
      const count = f.let(i32.load(row));
      f.store(row, end);
      f.set(end, i32.add(end, count));
    });
    return end;
  });

  const mirrored = { rowPtr: a, colIdx: a, starts: a, neighbours: a, from: a, to: a } as const;
  m.func("mirror", mirrored, "void", (f, { rowPtr, colIdx, starts, neighbours, from, to }) => {
    const append = (i: Address, j: Address): void => {
      const end = f.let(place(starts, i));
      const to = f.let(i32.load(end, 4));
      f.store(place(neighbours, to), j);
      f.store(end, i32.add(to, 1), 4);
    };
    f.for(from, to, 1, (i) => {
      const end = f.let(at(rowPtr, i32.add(i, 1)));
      f.for(at(rowPtr, i), end, 1, (p) => {
        const j = f.let(at(colIdx, p));
        f.if(i32.ne(j, i), () => {
          append(i, j);
          append(j, i);
        });
      });
    });
  });

  m.func("countSmall", { n: a, rowPtr: a, most: a }, a, (f, { n, rowPtr, most }) => {
    const small = f.let(i32.const(0));
    f.for(0, n, 1, (v) => {
      const degree = f.let(i32.sub(at(rowPtr, i32.add(v, 1)), at(rowPtr, v)));
      f.if(i32.gt_s(degree, most), () => f.return(-1));
      f.set(small, i32.add(small, i32.le_s(degree, 2)));
    });
    return small;
  });
}
