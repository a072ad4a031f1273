import { type Expr, type FunctionBuilder, f32x4, f64x2, i32x4, i64x2, type Local, v128 } from "@slam/wasm";

type Vector = Local<"v128">;

/** Four fp64 numbers as fp32 ones, to nearest. */
export function roundedToNearest(low: Vector, high: Vector): Expr<"v128"> {
  return i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), [0, 2]);
}

/**
 * Four fp64 numbers as fp32 ones rounded to odd: cut off, with the last bit set where that lost something. Rounding these again, to at most 22
 * bits, rounds the fp64 numbers once.
 * @see Boldo and Melquiond, Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd, 2008.
 */
export function roundedToOdd(f: FunctionBuilder, low: Vector, high: Vector): Expr<"v128"> {
  const parts = [low, high].map((x) => {
    const nearest = f.let(f32x4.demote_f64x2_zero(x));
    const back = f.let(f64x2.promote_low_f32x4(nearest));
    return { nearest, inexact: f64x2.ne(back, x), isAway: f64x2.gt(f64x2.abs(back), f64x2.abs(x)) };
  });
  const [a, b] = parts;
  const nearest = i64x2.shuffle(a.nearest, b.nearest, [0, 2]);
  const isAway = i32x4.shuffle(a.isAway, b.isAway, [0, 2, 4, 6]);
  const inexact = i32x4.shuffle(a.inexact, b.inexact, [0, 2, 4, 6]);
  // A mask is -1: one step towards zero.
  return v128.or(i32x4.add(nearest, isAway), i32x4.shr_u(inexact, 31));
}
