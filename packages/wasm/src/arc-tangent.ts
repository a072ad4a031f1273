import { ATAN } from "@slam/float";
import { ONE, polynomial } from "./cos-sin.ts";
import type { Expr, Local } from "./expression.ts";
import type { FunctionBuilder, ResultType } from "./function-builder.ts";
import { f64, i32, select } from "./scalar.ts";

type Value = Local<"f64">;

/** 2^27 + 1: splits 53 bits. */
const SPLITTER = 134217729;

/**
 * The angle of the point (x, y): the bits of `atan2(y, x)` of @slam/float where `isCommon`: where both are finite, the larger one is between 2^-400 and 2^500
 * in size and the smaller one not below 2^-64 of it. For others anything.
 */
export function arcTangent<R extends ResultType>(
  f: FunctionBuilder<R>,
  y: Value,
  x: Value,
): { readonly angle: Expr<"f64">; readonly isCommon: Expr<"i32"> } {
  const { tiny, large, small, halfFrom, oneFrom, half, pi, series } = ATAN;
  const ax = f.let(f64.abs(x));
  const ay = f.let(f64.abs(y));
  const isSteep = f.let(f64.gt(ay, ax));
  const b = f.let(select(ay, ax, isSteep));
  const s = f.let(select(ax, ay, isSteep));
  const isCommon = i32.and(i32.and(f64.ge(b, small), f64.le(b, large)), f64.ge(s, f64.mul(b, tiny)));
  // atan t = atan c + atan((t - c) / (1 + c t)) for c of 0, 1/2, 1; the zeros of c = 0 change no bit.
  const isBelowHalf = f.let(f64.lt(s, f64.mul(b, halfFrom)));
  const isBelowOne = f.let(f64.lt(s, f64.mul(b, oneFrom)));
  const byCenter = (zero: number, middle: number, one: number): Value =>
    f.let(select(f64.const(zero), select(f64.const(middle), f64.const(one), isBelowOne), isBelowHalf));
  const c = byCenter(0, 0.5, 1);
  const base = byCenter(0, half[0], pi[0] / 4);
  const baseLo = byCenter(0, half[1], pi[1] / 4);
  const cb = f.let(f64.neg(f64.mul(c, b)));
  const n = f.let(f64.add(s, cb));
  const nt = f.let(errorOfSum(f, s, cb, n));
  const cs = f.let(f64.mul(c, s));
  const d = f.let(f64.add(b, cs));
  const dt = f.let(errorOfSum(f, b, cs, d));
  const u = f.let(f64.div(n, d));
  const p = f.let(f64.mul(u, d));
  const rest = f64.add(f64.sub(f64.sub(n, p), errorOfProduct(f, u, d, p)), f64.sub(nt, f64.mul(u, dt)));
  const ut = f.let(f64.div(rest, d));
  const z = f.let(f64.mul(u, u));
  const hi = f.let(f64.add(base, u));
  const tail = f64.add(ut, f64.mul(f64.mul(u, z), polynomial(ONE, z, series)));
  const lo = f.let(f64.add(f64.sub(u, f64.sub(hi, base)), f64.add(baseLo, tail)));
  reflect(f, hi, lo, pi[0] / 2, pi[1] / 2, isSteep);
  reflect(f, hi, lo, pi[0], pi[1], f.let(f64.lt(x, 0)));
  const sum = f.let(f64.add(hi, lo));
  return { angle: select(f64.neg(sum), sum, f64.lt(y, 0)), isCommon };
}

/** hi + lo <- a + t - (hi + lo) where the condition is true. */
function reflect<R extends ResultType>(f: FunctionBuilder<R>, hi: Value, lo: Value, a: number, t: number, condition: Local<"i32">): void {
  const top = f.let(f64.sub(a, hi));
  const below = f.let(f64.add(f64.sub(f64.sub(a, top), hi), f64.sub(t, lo)));
  f.set(hi, select(top, hi, condition));
  f.set(lo, select(below, lo, condition));
}

/** `errorOfSum` of @slam/float. */
function errorOfSum<R extends ResultType>(f: FunctionBuilder<R>, a: Value, b: Value, s: Value): Expr<"f64"> {
  const t = f.let(f64.sub(s, a));
  return f64.add(f64.sub(a, f64.sub(s, t)), f64.sub(b, t));
}

/** `errorOfProduct` of @slam/float. */
function errorOfProduct<R extends ResultType>(f: FunctionBuilder<R>, a: Value, b: Value, p: Value): Expr<"f64"> {
  const [ah, bh] = [a, b].map((x) => {
    const scaled = f.let(f64.mul(SPLITTER, x));
    return f.let(f64.sub(scaled, f64.sub(scaled, x)));
  });
  const al = f.let(f64.sub(a, ah));
  const bl = f.let(f64.sub(b, bh));
  return f64.sub(f64.mul(al, bl), f64.sub(f64.sub(f64.sub(p, f64.mul(ah, bh)), f64.mul(al, bh)), f64.mul(ah, bl)));
}
