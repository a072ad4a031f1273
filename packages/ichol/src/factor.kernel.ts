import { type Expr, type FunctionBuilder, f64, i32, type Local, type ModuleBuilder, v128 } from "@slam/wasm";
import { type Lanes, lanes32, lanes64 } from "./lanes.ts";

type Address = Local<"i32">;

/** Of `factorKernel`: all are addresses but n; returns -1 or the scalar row (in the order of elimination) of the first bad pivot. */
export type FactorKernels = {
  factorColumns(
    n: number,
    L: number,
    colPtr: number,
    rowIdx: number,
    rowPtr: number,
    rowColumn: number,
    position: number,
    order: number,
    floors: number,
    where: number,
    scratch: number,
  ): number;
};

/** Numbers of a row of the scratch that holds L_jk': its b columns, repeated so that a vector may start at any of them. */
export function scratchWidth(b: number): number {
  return 2 * b + 4;
}

/**
 * Left-looking block Cholesky of `factorColumns` in factorize.ts, for b x b blocks in fp64 or fp32: the same operations in the same order, with the
 * updates L_ij <- L_ij - L_ik L_jk' in vectors along the rows of L_ij.
 */
export function factorKernel(m: ModuleBuilder<FactorKernels>, b: number, name: "fp64" | "fp32"): void {
  if (name === "fp64") emitFactorization(m, b, lanes64);
  else emitFactorization(m, b, lanes32);
}

function emitFactorization<N extends "f64" | "f32">(m: ModuleBuilder<FactorKernels>, b: number, T: Lanes<N>): void {
  const a = "i32";
  const params = {
    n: a,
    L: a,
    colPtr: a,
    rowIdx: a,
    rowPtr: a,
    rowColumn: a,
    position: a,
    order: a,
    floors: a,
    where: a,
    scratch: a,
  } as const;
  const blockBytes = b * b * T.bytes;
  m.func("factorColumns", params, "i32", (f, { n, L, colPtr, rowIdx, rowPtr, rowColumn, position, order, floors, where, scratch }) => {
    const at = (array: Address, index: Expr<"i32">): Expr<"i32"> => i32.load(i32.add(array, i32.shl(index, 2)));
    const block = (index: Expr<"i32">): Expr<"i32"> => i32.add(L, i32.mul(index, blockBytes));
    f.for(0, n, 1, (j) => {
      const start = f.let(at(colPtr, j));
      const end = f.let(at(colPtr, i32.add(j, 1)));
      // where[i]: the address of block (i, j), 0 where there is none.
      f.for(start, end, 1, (e) => f.store(i32.add(where, i32.shl(at(rowIdx, e), 2)), block(e)));
      const lastUpdate = f.let(at(rowPtr, i32.add(j, 1)));
      f.for(at(rowPtr, j), lastUpdate, 1, (t) => {
        const jk = f.let(at(position, t));
        const last = f.let(at(colPtr, i32.add(at(rowColumn, t), 1)));
        const source = f.let(block(jk));
        transpose(f, T, b, source, scratch);
        f.for(jk, last, 1, (ik) => {
          const target = f.let(at(where, at(rowIdx, ik)));
          f.if(target, () => {
            const factor = f.let(block(ik));
            update(f, T, b, target, factor, scratch);
          });
        });
      });
      const diagonal = f.let(block(start));
      const floor = f.let(i32.add(floors, i32.mul(at(order, j), 8 * b)));
      cholesky(f, T, b, diagonal, floor, (row) => f.return(i32.add(i32.mul(j, b), row)));
      f.for(i32.add(start, 1), end, 1, (e) => {
        const target = f.let(block(e));
        solve(f, T, b, target, diagonal);
      });
      f.for(start, end, 1, (e) => f.store(i32.add(where, i32.shl(at(rowIdx, e), 2)), i32.const(0)));
    });
    return -1;
  });
}

/** Row k of the scratch <- column k of the block, repeated. */
function transpose<N extends "f64" | "f32">(f: FunctionBuilder<"i32">, T: Lanes<N>, b: number, block: Address, scratch: Address): void {
  const width = scratchWidth(b);
  for (let k = 0; k < b; k++) {
    for (let j = 0; j < b; j++) {
      const value = f.let(T.one.load(block, (j * b + k) * T.bytes));
      for (let column = j; column < b + T.count - 1; column += b) f.store(scratch, value, (k * width + column) * T.bytes);
    }
  }
}

/** Vectors whose sums are in registers at once. */
const GROUP = 9;

/** C <- C - A B', B' in the scratch. Entry t of C is (floor(t / b), t mod b); a vector of entries spans two rows at most. */
function update<N extends "f64" | "f32">(
  f: FunctionBuilder<"i32">,
  T: Lanes<N>,
  b: number,
  C: Address,
  A: Address,
  scratch: Address,
): void {
  // Blocks narrower than a vector would span more rows.
  const vectors = b >= T.count - 1 ? Math.floor((b * b) / T.count) : 0;
  for (let first = 0; first < vectors; first += GROUP) {
    const entries = Array.from({ length: Math.min(GROUP, vectors - first) }, (_, v) => (first + v) * T.count);
    const sums = entries.map((t) => f.let(v128.load(C, t * T.bytes)));
    for (let k = 0; k < b; k++) {
      const left = keeping((row) => f.let(T.splat(A, (row * b + k) * T.bytes)));
      const right = keeping((column) => f.let(v128.load(scratch, (k * scratchWidth(b) + column) * T.bytes)));
      entries.forEach((t, v) => {
        const row = Math.floor(t / b);
        const inRow = Math.min(T.count, (row + 1) * b - t);
        const a = inRow === T.count ? left(row) : T.join(left(row), left(row + 1), inRow);
        f.set(sums[v], T.subtract(sums[v], T.multiply(a, right(t % b))));
      });
    }
    entries.forEach((t, v) => {
      f.store(C, sums[v], t * T.bytes);
    });
  }
  for (let t = vectors * T.count; t < b * b; t++) {
    const sum = f.let(T.one.load(C, t * T.bytes));
    const row = Math.floor(t / b);
    for (let k = 0; k < b; k++) {
      const a = T.one.load(A, (row * b + k) * T.bytes);
      f.set(sum, T.one.sub(sum, T.one.mul(a, T.one.load(scratch, (k * scratchWidth(b) + (t % b)) * T.bytes))) as never);
    }
    f.store(C, sum, t * T.bytes);
  }
}

/** The same local for the same key. */
function keeping(make: (key: number) => Local<"v128">): (key: number) => Local<"v128"> {
  const made = new Map<number, Local<"v128">>();
  return (key) => {
    const local = made.get(key) ?? make(key);
    made.set(key, local);
    return local;
  };
}

/** D <- its lower Cholesky factor, zeros above; `fail` where a pivot is not above its floor or not finite. */
function cholesky<N extends "f64" | "f32">(
  f: FunctionBuilder<"i32">,
  T: Lanes<N>,
  b: number,
  D: Address,
  floor: Address,
  fail: (row: number) => void,
): void {
  const { one } = T;
  const entry = (i: number, j: number): number => (i * b + j) * T.bytes;
  for (let i = 0; i < b; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = f.let(one.load(D, entry(i, j)));
      for (let k = 0; k < j; k++) f.set(sum, one.sub(sum, one.mul(one.load(D, entry(i, k)), one.load(D, entry(j, k)))) as never);
      if (j < i) f.store(D, one.div(sum, one.load(D, entry(j, j))), entry(i, j));
      else {
        const value = f.let(T.wide(sum));
        const good = i32.and(f64.gt(value, f64.load(floor, 8 * i)), f64.lt(value, Number.POSITIVE_INFINITY));
        f.if(
          good,
          () => f.store(D, one.sqrt(sum), entry(i, i)),
          () => {
            f.store(D, sum, entry(i, i));
            fail(i);
          },
        );
      }
    }
    for (let j = i + 1; j < b; j++) f.store(D, one.const(0), entry(i, j));
  }
}

/** A <- A D^-T */
function solve<N extends "f64" | "f32">(f: FunctionBuilder<"i32">, T: Lanes<N>, b: number, A: Address, D: Address): void {
  const { one } = T;
  for (let i = 0; i < b; i++) {
    const row: Local<N>[] = [];
    for (let j = 0; j < b; j++) {
      const sum = f.let(one.load(A, (i * b + j) * T.bytes));
      for (let k = 0; k < j; k++) f.set(sum, one.sub(sum, one.mul(row[k], one.load(D, (j * b + k) * T.bytes))) as never);
      f.set(sum, one.div(sum, one.load(D, (j * b + j) * T.bytes)) as never);
      f.store(A, sum, (i * b + j) * T.bytes);
      row.push(sum);
    }
  }
}
