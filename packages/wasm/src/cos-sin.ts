import { HALF_PI, SIN_COS } from "@slam/float";
import type { Expr, Local } from "./expression.ts";
import { f64x2 } from "./float-lanes.ts";
import type { FunctionBuilder, ResultType } from "./function-builder.ts";
import { i64x2 } from "./integer-lanes.ts";
import { f64, i32, i64, select } from "./scalar.ts";
import { v128 } from "./v128.ts";

/** Added and subtracted, it rounds to the nearest integer, which its last bits hold meanwhile. */
const ROUNDER = 1.5 * 2 ** 52;

/** The largest |x| that `cosSin` is for, this number excluded. */
export const COS_SIN_BOUND: number = HALF_PI.common;

/** cos x and sin x, x in radians, |x| < COS_SIN_BOUND: the bits of `cos` and `sin` of @slam/float. For other x anything. */
export function cosSin<R extends ResultType>(f: FunctionBuilder<R>, x: Local<"f64">): readonly [cos: Expr<"f64">, sin: Expr<"f64">] {
  const { rounded, c, s } = nearestQuarter(f, ONE, x);
  const quadrant = f.let(i32.wrap_i64(i64.reinterpret_f64(rounded)));
  const turned = (quarters: () => Expr<"i32">): Expr<"f64"> => {
    const value = f.let(select(c, s, i32.and(quarters(), 1)));
    return select(f64.neg(value), value, i32.and(quarters(), 2));
  };
  const sin = turned(() => quadrant);
  return [turned(() => i32.add(quadrant, 1)), select(x, sin, f64.lt(f64.abs(x), SIN_COS.tiny))];
}

/** `cosSin` of two numbers, in hardly more time than of one. */
export function cosSinOfTwo<R extends ResultType>(
  f: FunctionBuilder<R>,
  x: Local<"v128">,
): readonly [cos: Expr<"v128">, sin: Expr<"v128">] {
  const { rounded, c, s } = nearestQuarter(f, TWO, x);
  const isOdd = f.let(i64x2.shr_s(i64x2.shl(rounded, 63), 63));
  /** Negated where bit 1 of the quarters is set. */
  const signed = (value: Expr<"v128">, quarters: Expr<"v128">): Expr<"v128"> =>
    v128.xor(value, i64x2.shl(v128.and(quarters, i64x2.splat(2n)), 62));
  const cos = signed(v128.bitselect(s, c, isOdd), i64x2.add(rounded, i64x2.splat(1n)));
  const sin = signed(v128.bitselect(c, s, isOdd), rounded);
  return [cos, v128.bitselect(x, sin, f64x2.lt(f64x2.abs(x), f64x2.splat(SIN_COS.tiny)))];
}

/** The operations on one number or on two. */
interface Arithmetic<T extends "f64" | "v128"> {
  add(a: Expr<T>, b: Expr<T>): Expr<T>;
  sub(a: Expr<T>, b: Expr<T>): Expr<T>;
  mul(a: Expr<T>, b: Expr<T>): Expr<T>;
  neg(a: Expr<T>): Expr<T>;
  constant(x: number): Expr<T>;
}

export const ONE: Arithmetic<"f64"> = { add: f64.add, sub: f64.sub, mul: f64.mul, neg: f64.neg, constant: f64.const };
const TWO: Arithmetic<"v128"> = { add: f64x2.add, sub: f64x2.sub, mul: f64x2.mul, neg: f64x2.neg, constant: f64x2.splat };

/** c = cos r and s = sin r, |r| <= pi/4, for x = r + n pi/2; `rounded` has n in its last bits. */
function nearestQuarter<R extends ResultType, T extends "f64" | "v128">(
  f: FunctionBuilder<R>,
  A: Arithmetic<T>,
  x: Local<T>,
): { readonly rounded: Local<T>; readonly c: Local<T>; readonly s: Local<T> } {
  const { add, sub, mul, constant } = A;
  const [p1, p2, p3, p4] = HALF_PI.parts.map(constant);
  const rounded = f.let(add(mul(x, constant(HALF_PI.twoOverPi)), constant(ROUNDER)));
  const n = f.let(sub(rounded, constant(ROUNDER)));
  // r1, r2, r3 <- x - n P1, - n P2, - n P3, and what the last two rounded off
  const r1 = f.let(sub(x, mul(n, p1)));
  const n2 = f.let(mul(n, p2));
  const r2 = f.let(sub(r1, n2));
  const n3 = f.let(mul(n, p3));
  const r3 = f.let(sub(r2, n3));
  const rest = f.let(add(errorOfDifference(f, A, r1, n2, r2), sub(errorOfDifference(f, A, r2, n3, r3), mul(n, p4))));
  const hi = f.let(add(r3, rest));
  const lo = f.let(sub(rest, sub(hi, r3)));
  const z = f.let(mul(hi, hi));
  const half = f.let(mul(z, constant(0.5)));
  const w = f.let(sub(constant(1), half));
  // sin(r + t) = r + r^3 S(r^2) + t cos r
  const s = f.let(add(hi, add(mul(mul(hi, z), polynomial(A, z, SIN_COS.sin)), mul(lo, w))));
  // cos(r + t) = 1 - r^2 / 2 + r^4 C(r^2) - t r
  const correction = sub(mul(mul(z, z), polynomial(A, z, SIN_COS.cos)), mul(hi, lo));
  const c = f.let(add(w, add(sub(sub(constant(1), w), half), correction)));
  return { rounded, c, s };
}

/** What s = fl(a - b) rounded off: a - b - s. */
function errorOfDifference<R extends ResultType, T extends "f64" | "v128">(
  f: FunctionBuilder<R>,
  { add, sub, neg }: Arithmetic<T>,
  a: Local<T>,
  b: Local<T>,
  s: Local<T>,
): Expr<T> {
  const t = f.let(sub(s, a));
  return add(sub(a, sub(s, t)), sub(neg(b), t));
}

/** By Horner's rule; coefficients by ascending powers. */
export function polynomial<T extends "f64" | "v128">(A: Arithmetic<T>, z: Local<T>, coefficients: readonly number[]): Expr<T> {
  const [first, ...others] = coefficients;
  return others.length === 0 ? A.constant(first) : A.add(A.constant(first), A.mul(z, polynomial(A, z, others)));
}
