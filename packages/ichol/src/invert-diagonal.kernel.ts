import { type Expr, type Local, laneEmitter, type ModuleBuilder } from "@slam/wasm";
import { type Lanes, lanes32, lanes64 } from "./lanes.ts";
import { packedIndex, type Rounding } from "./triangular.kernel.ts";

/** Of `invertDiagonalKernel`: addresses. */
export type InvertDiagonalKernels = {
  /** Each lower triangle of b x b, packed by columns, <- its inverse. */
  invert(triangles: number, end: number): void;
};

/** `invertTriangle` of triangular.reference.ts for one triangle after the other: the same operations in the same order. */
export function invertDiagonalKernel(
  m: ModuleBuilder<InvertDiagonalKernels>,
  b: number,
  arithmetic: "fp64" | "fp32",
  rounding: Rounding,
): void {
  if (arithmetic === "fp64") emit(m, b, lanes64, rounding);
  else emit(m, b, lanes32, rounding);
}

function emit<N extends "f64" | "f32">(m: ModuleBuilder<InvertDiagonalKernels>, b: number, T: Lanes<N>, rounding: Rounding): void {
  const lines = Array.from({ length: b }, (_, line) => line);
  const offset = (i: number, j: number): number => packedIndex(b, i, j) * T.bytes;
  m.func("invert", { triangles: "i32", end: "i32" }, "void", (f, { triangles, end }) => {
    const round = (x: Expr<N>): Local<N> =>
      f.let(rounding === "none" ? x : T.extract(rounding.round(laneEmitter(f), f.let(T.spread(x as never))), 0)) as Local<N>;
    f.for(triangles, end, offset(b, b), (L) => {
      const pivots = lines.map((i) => round(T.one.div(T.one.const(1), T.one.load(L, offset(i, i)))));
      for (const j of lines) {
        const X: Local<N>[] = [];
        X[j] = pivots[j];
        for (const i of lines.slice(j + 1)) {
          const products = lines.slice(j, i).map((k) => round(T.one.mul(T.one.load(L, offset(i, k)), X[k])));
          const sum = products.reduce((partial, product) => round(T.one.add(partial, product)));
          X[i] = round(T.one.mul(sum, T.one.sub(T.one.const(-0), pivots[i])));
        }
        // Columns to the right have yet to be read.
        for (const i of lines.slice(j)) f.store(L, X[i], offset(i, j));
      }
    });
  });
}
