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
  add(a: Vector, b: Vector): Vector;
  subtract(a: Vector, b: Vector): Vector;
  divide(a: Vector, b: Vector): Vector;
  extract(v: Vector, lane: number): Expr<N>;
  spread(x: Operand<N>): Vector;
  /** One number into a lane of v. */
  loadLane(address: Address, v: Vector, lane: number, offset: number): Vector;
  /** One number in the first lane, zeros above. */
  loadFirst(address: Address, offset: number): Vector;
  readonly one: {
    load(address: Address, offset?: number): Expr<N>;
    mul(a: Operand<N>, b: Operand<N>): Expr<N>;
    add(a: Operand<N>, b: Operand<N>): Expr<N>;
    sub(a: Operand<N>, b: Operand<N>): Expr<N>;
    div(a: Operand<N>, b: Operand<N>): Expr<N>;
    sqrt(a: Operand<N>): Expr<N>;
    const(value: number): Expr<N>;
  };
  /** A number alone as fp64; exact. */
  wide(x: Operand<N>): Expr<"f64">;
  /** The other way, rounded once. */
  narrow(x: Operand<"f64">): Expr<N>;
}

export const lanes64: Lanes<"f64"> = {
  count: 2,
  bytes: 8,
  splat: v128.load64_splat,
  multiply: f64x2.mul,
  add: f64x2.add,
  subtract: f64x2.sub,
  divide: f64x2.div,
  extract: f64x2.extract_lane,
  spread: f64x2.splat,
  loadLane: v128.load64_lane,
  loadFirst: v128.load64_zero,
  one: f64,
  wide: (x) => f64.mul(x, 1),
  narrow: (x) => f64.mul(x, 1),
};

export const lanes32: Lanes<"f32"> = {
  count: 4,
  bytes: 4,
  splat: v128.load32_splat,
  multiply: f32x4.mul,
  add: f32x4.add,
  subtract: f32x4.sub,
  divide: f32x4.div,
  extract: f32x4.extract_lane,
  spread: f32x4.splat,
  loadLane: v128.load32_lane,
  loadFirst: v128.load32_zero,
  one: f32,
  wide: (x) => f64.promote_f32(x),
  narrow: (x) => f32.demote_f64(x),
};
