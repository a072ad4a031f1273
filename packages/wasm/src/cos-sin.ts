import { HALF_PI, SIN_COS } from "@slam/float";
import type { Expr, Local } from "./expression.ts";
import type { FunctionBuilder, ResultType } from "./function-builder.ts";
import { f64, i32, i64, select } from "./scalar.ts";

type Value = Local<"f64">;

/** Added and subtracted, it rounds to the nearest integer, which its last bits hold meanwhile. */
const ROUNDER = 1.5 * 2 ** 52;

/** The largest |x| that `cosSin` is for, this number excluded. */
export const COS_SIN_BOUND: number = HALF_PI.common;

/** cos x and sin x, x in radians, |x| < COS_SIN_BOUND: the bits of `cos` and `sin` of @slam/float. For other x anything. */
export function cosSin<R extends ResultType>(f: FunctionBuilder<R>, x: Value): readonly [cos: Expr<"f64">, sin: Expr<"f64">] {
  const { twoOverPi, parts } = HALF_PI;
  const [p1, p2, p3, p4] = parts;
  const rounded = f.let(f64.add(f64.mul(x, twoOverPi), ROUNDER));
  const quadrant = f.let(i32.wrap_i64(i64.reinterpret_f64(rounded)));
  const n = f.let(f64.sub(rounded, ROUNDER));
  // r1, r2, r3 <- x - n P1, - n P2, - n P3, and what the last two rounded off
  const r1 = f.let(f64.sub(x, f64.mul(n, p1)));
  const n2 = f.let(f64.mul(n, p2));
  const r2 = f.let(f64.sub(r1, n2));
  const n3 = f.let(f64.mul(n, p3));
  const r3 = f.let(f64.sub(r2, n3));
  const rest = f.let(f64.add(errorOfDifference(f, r1, n2, r2), f64.sub(errorOfDifference(f, r2, n3, r3), f64.mul(n, p4))));
  const hi = f.let(f64.add(r3, rest));
  const lo = f.let(f64.sub(rest, f64.sub(hi, r3)));
  const z = f.let(f64.mul(hi, hi));
  const half = f.let(f64.mul(z, 0.5));
  // sin(r + t) = r + r^3 S(r^2) + t cos r
  const s = f.let(f64.add(hi, f64.add(f64.mul(f64.mul(hi, z), polynomial(z, SIN_COS.sin)), f64.mul(lo, f64.sub(1, half)))));
  // cos(r + t) = 1 - r^2 / 2 + r^4 C(r^2) - t r
  const w = f.let(f64.sub(1, half));
  const correction = f64.sub(f64.mul(f64.mul(z, z), polynomial(z, SIN_COS.cos)), f64.mul(hi, lo));
  const c = f.let(f64.add(w, f64.add(f64.sub(f64.sub(1, w), half), correction)));
  const turned = (quarters: () => Expr<"i32">): Expr<"f64"> => {
    const value = f.let(select(c, s, i32.and(quarters(), 1)));
    return select(f64.neg(value), value, i32.and(quarters(), 2));
  };
  const sin = turned(() => quadrant);
  return [turned(() => i32.add(quadrant, 1)), select(x, sin, f64.lt(f64.abs(x), SIN_COS.tiny))];
}

/** What s = fl(a - b) rounded off: a - b - s. */
function errorOfDifference<R extends ResultType>(f: FunctionBuilder<R>, a: Value, b: Value, s: Value): Expr<"f64"> {
  const t = f.let(f64.sub(s, a));
  return f64.add(f64.sub(a, f64.sub(s, t)), f64.sub(f64.neg(b), t));
}

/** By Horner's rule; coefficients by ascending powers. */
export function polynomial(z: Value, coefficients: readonly number[]): Expr<"f64"> {
  const [first, ...others] = coefficients;
  return others.length === 0 ? f64.const(first) : f64.add(first, f64.mul(z, polynomial(z, others)));
}
