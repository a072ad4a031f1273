import { type Expr, type FunctionBuilder, f64, f64x2, i32, type Local, type ModuleBuilder, v128 } from "@slam/wasm";

type Address = Local<"i32">;
type Body = FunctionBuilder<"void">;

/** Of `columnSolveKernel`: addresses, and the block columns from ... to - 1. */
export type ColumnSolveKernels = {
  /** w <- P r: segment k of w is segment order[k] of r. */
  gather(r: number, order: number, w: number, from: number, to: number): void;
  /** w <- L^-1 w, as far as these columns go; ascending. */
  forward(L: number, colPtr: number, rowIdx: number, w: number, from: number, to: number): void;
  /** w <- L^-T w; descending. */
  backward(L: number, colPtr: number, rowIdx: number, w: number, from: number, to: number): void;
  /** z <- P'w */
  scatter(w: number, order: number, z: number, from: number, to: number): void;
};

const BYTES = 8;

/**
 * Substitution in fp64 with b x b blocks by columns, as they were factorised: y_i = (w_i - sum_{j < i} L_ij y_j) / L_ii, j ascending;
 * x_j = (y_j - sum_{i > j} L_ij x_i) / L_jj, i descending.
 */
export function columnSolveKernel(m: ModuleBuilder<ColumnSolveKernels>, b: number): void {
  const a = "i32";
  const [segment, block] = [b * BYTES, b * b * BYTES];
  const lines = Array.from({ length: b }, (_, line) => line);
  const descending = lines.toReversed();
  const index = (array: Address, i: Expr<"i32">): Expr<"i32"> => i32.load(i32.add(array, i32.shl(i, 2)));
  const segmentOf = (f: Body, w: Address, k: Expr<"i32">): Address => f.let(i32.add(w, i32.mul(k, segment)));
  /** Of the entry (i, j) of a block. */
  const offset = (i: number, j: number): number => (j * b + i) * BYTES;
  const subtract = (f: Body, sum: Local<"f64">, factor: Expr<"f64">, x: Local<"f64">): void => f.set(sum, f64.sub(sum, f64.mul(factor, x)));

  m.func("gather", { r: a, order: a, w: a, from: a, to: a }, "void", (f, { r, order, w, from, to }) => {
    f.for(from, to, 1, (k) => {
      const [source, target] = [segmentOf(f, r, index(order, k)), segmentOf(f, w, k)];
      for (const i of lines) f.store(target, f64.load(source, i * BYTES), i * BYTES);
    });
  });

  m.func("scatter", { w: a, order: a, z: a, from: a, to: a }, "void", (f, { w, order, z, from, to }) => {
    f.for(from, to, 1, (k) => {
      const [source, target] = [segmentOf(f, w, k), segmentOf(f, z, index(order, k))];
      for (const i of lines) f.store(target, f64.load(source, i * BYTES), i * BYTES);
    });
  });

  const parameters = { L: a, colPtr: a, rowIdx: a, w: a, from: a, to: a } as const;

  m.func("forward", parameters, "void", (f, { L, colPtr, rowIdx, w, from, to }) => {
    const e = f.let(index(colPtr, from));
    const at = f.let(i32.add(L, i32.mul(e, block)));
    const own = segmentOf(f, w, from);
    f.for(from, to, 1, (j) => {
      const end = f.let(index(colPtr, i32.add(j, 1)));
      const y = lines.map((i) => f.let(f64.load(own, i * BYTES)));
      for (const i of lines) {
        for (const c of lines.slice(0, i)) subtract(f, y[i], f64.load(at, offset(i, c)), y[c]);
        f.set(y[i], f64.div(y[i], f64.load(at, offset(i, i))));
        f.store(own, y[i], i * BYTES);
      }
      const spread = b === 1 ? [] : y.map((x) => f.let(f64x2.splat(x)));
      // w_i <- w_i - L_ij y_j; a block and a segment of w read, this written
      f.for(i32.add(e, 1), end, 1, (below) => {
        f.set(at, i32.add(at, block));
        const target = segmentOf(f, w, index(rowIdx, below));
        for (let i = 0; i + 1 < b; i += 2) {
          const sum = f.let(v128.load(target, i * BYTES));
          for (const c of lines) f.set(sum, f64x2.sub(sum, f64x2.mul(v128.load(at, offset(i, c)), spread[c])));
          f.store(target, sum, i * BYTES);
        }
        if (b % 2 === 0) return;
        const sum = f.let(f64.load(target, (b - 1) * BYTES));
        for (const c of lines) subtract(f, sum, f64.load(at, offset(b - 1, c)), y[c]);
        f.store(target, sum, (b - 1) * BYTES);
      });
      f.set(at, i32.add(at, block));
      f.set(e, end);
      f.set(own, i32.add(own, segment));
    });
  });

  m.func("backward", parameters, "void", (f, { L, colPtr, rowIdx, w, from, to }) => {
    const j = f.let(i32.sub(to, 1));
    const e = f.let(i32.sub(index(colPtr, to), 1));
    const at = f.let(i32.add(L, i32.mul(e, block)));
    const own = segmentOf(f, w, j);
    f.while(i32.ge_s(j, from), () => {
      const first = f.let(index(colPtr, j));
      const x = lines.map((c) => f.let(f64.load(own, c * BYTES)));
      // x_j <- y_j - sum over i of L_ij' x_i; a block and a segment of w read
      f.while(i32.gt_s(e, first), () => {
        const source = segmentOf(f, w, index(rowIdx, e));
        for (const i of descending) {
          const xi = f.let(f64.load(source, i * BYTES));
          for (const c of lines) subtract(f, x[c], f64.load(at, offset(i, c)), xi);
        }
        f.set(e, i32.sub(e, 1));
        f.set(at, i32.sub(at, block));
      });
      for (const c of descending) {
        for (const i of descending.slice(0, b - 1 - c)) subtract(f, x[c], f64.load(at, offset(i, c)), x[i]);
        f.set(x[c], f64.div(x[c], f64.load(at, offset(c, c))));
        f.store(own, x[c], c * BYTES);
      }
      f.set(e, i32.sub(e, 1));
      f.set(at, i32.sub(at, block));
      f.set(own, i32.sub(own, segment));
      f.set(j, i32.sub(j, 1));
    });
  });
}
