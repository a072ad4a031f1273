import { at, f64, i32, type ModuleBuilder } from "@slam/wasm";
import type { Lanes } from "./lanes.ts";

/** What every factorisation begins with: addresses and indices. */
export type PrepareKernels = {
  /** Blocks from ... to - 1 of A, by rows, to their places in L. */
  scatter(A: number, L: number, destination: number, from: number, to: number): void;
  /** For the block columns from ... to - 1: floors <- pivotFloor d, d <- d + shift d, d the diagonal. */
  prepareDiagonal(L: number, colPtr: number, floors: number, from: number, to: number, shift: number, pivotFloor: number): void;
};

/** Writes them for blocks of b x b numbers: what prepareReference does once L is zero. */
export function prepareKernels<N extends "f64" | "f32">(m: ModuleBuilder<PrepareKernels>, b: number, T: Lanes<N>): void {
  const blockBytes = b * b * T.bytes;
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
    { L: "i32", colPtr: "i32", floors: "i32", from: "i32", to: "i32", shift: "f64", pivotFloor: "f64" },
    "void",
    (f, { L, colPtr, floors, from, to, shift, pivotFloor }) => {
      f.for(from, to, 1, (j) => {
        const diagonal = f.let(i32.add(L, i32.mul(at(colPtr, j), blockBytes)));
        const floor = f.let(i32.add(floors, i32.mul(j, 8 * b)));
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
