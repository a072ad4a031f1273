import { fp64, tolerance } from "@slam/float";
import { type Expr, f64, i32, type Local, type ModuleBuilder, select } from "@slam/wasm";
import { upperSize } from "./between-formulas.ts";

/** Addresses of numbers in fp64, and how many. */
export interface WhiteningKernels {
  /** W <- L' for so many matrices W = L L', each its upper triangle by rows; returns the first that has none, what it has written there is unspecified, or -1. */
  factorise(W: number, count: number): number;
  /** The largest magnitude of so many numbers and of the one given. NaN counts for nothing. */
  largest(x: number, count: number, before: number): number;
  /** x <- factor x */
  scale(x: number, count: number, factor: number): void;
}

const BYTES = 8;

/** `choleskyUpper` of whitening.ts for matrices of dof rows: the same operations in the same order. */
export function whiteningKernels(m: ModuleBuilder<WhiteningKernels>, dof: number): void {
  const rows = Array.from({ length: dof }, (_, i) => i);
  /** Of the entry (i, j), j >= i. */
  const entry = (i: number, j: number): number => i * dof - (i * (i - 1)) / 2 + (j - i);
  const relativeNoise = tolerance(fp64, dof);

  m.func("factorise", { W: "i32", count: "i32" }, "i32", (f, { W, count }) => {
    const at = f.let(i32.add(W, 0));
    f.for(0, count, 1, (matrix) => {
      const diagonal = rows.map((i) => f.let(f64.load(at, entry(i, i) * BYTES)));
      const root = Array.from({ length: upperSize(dof) }, (_, k) => f.let(f64.load(at, k * BYTES)));
      for (const i of rows) {
        const rest = rows.slice(i);
        const isNoise = f.let<"i32">(i32.const(1));
        for (const j of rest) {
          const s = root[entry(i, j)];
          for (const k of rows.slice(0, i)) f.set(s, f64.sub(s, f64.mul(root[entry(k, i)], root[entry(k, j)])));
          f.if(isNoise, () => {
            const bound = f64.mul(relativeNoise, f64.sqrt(f64.mul(diagonal[i], diagonal[j])));
            f.set(isNoise, f64.le(f64.abs(s), bound));
          });
        }
        f.if(
          isNoise,
          () => {
            for (const j of rest) f.set(root[entry(i, j)], f64.const(0));
          },
          () => {
            const pivot = root[entry(i, i)];
            f.set(pivot, f64.sqrt(pivot));
            f.if(i32.eqz(f64.gt(pivot, 0)), () => f.return(matrix));
            for (const j of rest.slice(1)) f.set(root[entry(i, j)], f64.div(root[entry(i, j)], pivot));
          },
        );
      }
      for (const [k, value] of root.entries()) f.store(at, value, k * BYTES);
      f.set(at, i32.add(at, root.length * BYTES));
    });
    return -1;
  });

  const end = (x: Local<"i32">, count: Local<"i32">): Expr<"i32"> => i32.add(x, i32.mul(count, BYTES));

  m.func("largest", { x: "i32", count: "i32", before: "f64" }, "f64", (f, { x, count, before }) => {
    const most = f.let(f64.mul(before, 1));
    f.for(x, f.let(end(x, count)), BYTES, (at) => {
      const size = f.let(f64.abs(f64.load(at)));
      f.set(most, select(size, most, f64.gt(size, most)));
    });
    return most;
  });

  m.func("scale", { x: "i32", count: "i32", factor: "f64" }, "void", (f, { x, count, factor }) => {
    f.for(x, f.let(end(x, count)), BYTES, (at) => f.store(at, f64.mul(f64.load(at), factor)));
  });
}
