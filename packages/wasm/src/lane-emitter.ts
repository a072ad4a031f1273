import type { LaneOps } from "@slam/float";
import type { Expr } from "./expression.ts";
import { f32x4 } from "./float-lanes.ts";
import type { FunctionBuilder, ResultType } from "./function-builder.ts";
import { i32x4 } from "./integer-lanes.ts";
import { v128 } from "./v128.ts";

/** Lane operations that become code of `f`, in the order of the calls: codecs of @slam/float write their part of a kernel with them. */
export function laneEmitter<R extends ResultType>(f: FunctionBuilder<R>): LaneOps<Expr<"v128">> {
  type V = Expr<"v128">;
  // A codec may use a value often: each is kept in a local. Constants may be repeated as they are.
  const two =
    (instruction: (a: V, b: V) => V): ((a: V, b: V) => V) =>
    (a, b) =>
      f.let(instruction(a, b));
  return {
    bits: (value) => i32x4.splat(value | 0),
    number: (x) => f32x4.splat(x),
    and: two(v128.and),
    or: two(v128.or),
    xor: two(v128.xor),
    andNot: two(v128.andnot),
    select: (mask, a, b) => f.let(v128.bitselect(a, b, mask)),
    shl: (a, count) => f.let(i32x4.shl(a, count)),
    shrU: (a, count) => f.let(i32x4.shr_u(a, count)),
    shrS: (a, count) => f.let(i32x4.shr_s(a, count)),
    addI: two(i32x4.add),
    subI: two(i32x4.sub),
    mulI: two(i32x4.mul),
    minI: two(i32x4.min_s),
    maxI: two(i32x4.max_s),
    eqI: two(i32x4.eq),
    ltI: two(i32x4.lt_s),
    dotI16: two(i32x4.dot_i16x8_s),
    addF: two(f32x4.add),
    subF: two(f32x4.sub),
    mulF: two(f32x4.mul),
    divF: two(f32x4.div),
    ltF: two(f32x4.lt),
    toNumber: (a) => f.let(f32x4.convert_i32x4_s(a)),
    toInteger: (a) => f.let(i32x4.trunc_sat_f32x4_s(a)),
  };
}
