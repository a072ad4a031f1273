import { type Expr, f32, f32x4, f64, f64x2, type Operand, v128 } from "@slam/wasm";

type Address = Operand<"i32">;
type Vector = Expr<"v128">;

/** One format as kernels see it, in vectors of `count` numbers and alone. N is the type of a number alone. */
export interface Lanes<N extends "f64" | "f32"> {
  readonly count: 2 | 4;
  /** Of one number. */
  readonly bytes: 8 | 4;
  splat(address: Address, offset: number): Vector;
  multiply(a: Vector, b: Vector): Vector;
  subtract(a: Vector, b: Vector): Vector;
  extract(v: Vector, lane: number): Expr<N>;
  spread(x: Operand<N>): Vector;
  /** Lanes 0 ... first - 1 of a, then those of b after them. */
  join(a: Vector, b: Vector, first: number): Vector;
  readonly one: {
    load(address: Address, offset?: number): Expr<N>;
    mul(a: Operand<N>, b: Operand<N>): Expr<N>;
    sub(a: Operand<N>, b: Operand<N>): Expr<N>;
    div(a: Operand<N>, b: Operand<N>): Expr<N>;
    sqrt(a: Operand<N>): Expr<N>;
    const(value: number): Expr<N>;
  };
  /** A number alone as fp64; exact. */
  wide(x: Operand<N>): Expr<"f64">;
}

export const lanes64: Lanes<"f64"> = {
  count: 2,
  bytes: 8,
  splat: v128.load64_splat,
  multiply: f64x2.mul,
  subtract: f64x2.sub,
  extract: f64x2.extract_lane,
  spread: f64x2.splat,
  join: (a, b, first) =>
    f64x2.shuffle(
      a,
      b,
      [0, 1].map((lane) => (lane < first ? lane : lane + 2)),
    ),
  one: f64,
  wide: (x) => f64.mul(x, 1),
};

export const lanes32: Lanes<"f32"> = {
  count: 4,
  bytes: 4,
  splat: v128.load32_splat,
  multiply: f32x4.mul,
  subtract: f32x4.sub,
  extract: f32x4.extract_lane,
  spread: f32x4.splat,
  join: (a, b, first) =>
    f32x4.shuffle(
      a,
      b,
      [0, 1, 2, 3].map((lane) => (lane < first ? lane : lane + 4)),
    ),
  one: f32,
  wide: (x) => f64.promote_f32(x),
};
