import type { CameraArithmetic } from "@slam/camera";
import { type Expr, type FunctionBuilder, f64 } from "@slam/wasm";

/** A number in fp64 of a kernel. */
export type Value = Expr<"f64">;
export type Arithmetic = CameraArithmetic<Value>;

/** Each result is kept in a local: a formula may use it more than once. */
export function arithmetic(f: FunctionBuilder<"void">): Arithmetic {
  return {
    constant: (x) => f64.const(x),
    add: (a, b) => f.let(f64.add(a, b)),
    sub: (a, b) => f.let(f64.sub(a, b)),
    mul: (a, b) => f.let(f64.mul(a, b)),
    div: (a, b) => f.let(f64.div(a, b)),
    neg: (x) => f.let(f64.neg(x)),
  };
}

/** x'y of 3 numbers each, summed from the left. */
export function dot3(A: Arithmetic, x: readonly Value[], y: readonly Value[]): Value {
  return A.add(A.add(A.mul(x[0], y[0]), A.mul(x[1], y[1])), A.mul(x[2], y[2]));
}

/** x cross y */
export function cross(A: Arithmetic, x: readonly Value[], y: readonly Value[]): readonly Value[] {
  return [0, 1, 2].map((a) => {
    const [k, l] = [(a + 1) % 3, (a + 2) % 3];
    return A.sub(A.mul(x[k], y[l]), A.mul(x[l], y[k]));
  });
}

/** Of a 3 x 3 matrix. */
export function row3(R: readonly Value[], a: number): readonly Value[] {
  return R.slice(3 * a, 3 * a + 3);
}

/** Of a 3 x 3 matrix. */
export function column3(R: readonly Value[], a: number): readonly Value[] {
  return [R[a], R[3 + a], R[6 + a]];
}
