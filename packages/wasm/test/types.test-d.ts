import { fp32, fp64, operationFormat } from "@slam/float";
import { assertType, expectTypeOf, test } from "vitest";
import { Arena, arenaSpace, type Expr, f32, f64, f64x2, i32, i64, kernels, type ModuleBuilder, v128 } from "../src/index.ts";

test("instructions know their types", () => {
  expectTypeOf(f64.add(1, f64.load(0))).toEqualTypeOf<Expr<"f64">>();
  expectTypeOf(f64.lt(1, 2)).toEqualTypeOf<Expr<"i32">>();
  expectTypeOf(f64x2.extract_lane(v128.load(0), 1)).toEqualTypeOf<Expr<"f64">>();
});

test("types are not mixed", () => {
  // @ts-expect-error f32 where f64 is expected
  f64.add(f32.load(0), 1);
  // @ts-expect-error a scalar where a vector is expected
  f64x2.add(f64.load(0), v128.load(0));
  // @ts-expect-error a float as an address
  v128.load(f64.const(0));
  // @ts-expect-error a number where 64 bits want a bigint
  i64.add(i64.const(1n), 1);
  // @ts-expect-error a comparison gives an integer
  f64.add(f64.lt(1, 2), 1);
});

interface Sums {
  sum(a: number, b: number): number;
  clear(address: number): void;
}

test("functions keep what their interface promises", () => {
  expectTypeOf(kernels(new Arena(0), (m: ModuleBuilder<Sums>) => void m)).toEqualTypeOf<Sums>();

  (m: ModuleBuilder<Sums>) => {
    m.func("sum", { a: "f64", b: "f64" }, "f64", (_, { a, b }) => f64.add(a, b));
    m.func("clear", { address: "i32" }, "void", (f, { address }) => f.store(address, f64.const(0)));
    // @ts-expect-error no such function
    m.func("product", {}, "void", () => {});
    // @ts-expect-error a result where none is promised
    m.func("clear", { address: "i32" }, "i32", () => i32.const(1));
    // @ts-expect-error none where one is promised
    m.func("sum", {}, "void", () => {});
    // @ts-expect-error another type than said
    m.func("sum", {}, "f64", () => i32.const(1));
  };
});

test("an arena's vectors keep their format", () => {
  const arena = new Arena(65536);
  assertType<Float64Array>(arena.view(fp64, 1));
  assertType<Int32Array>(arena.view(Int32Array, 1));
  assertType<Float64Array>(arena.uncleared(fp64, 1));
  assertType<Int32Array>(arena.uncleared(Int32Array, 1));
  const space = arenaSpace(arena, operationFormat(fp32), { events: { overflows: 0, flushed: 0 }, work: { count: () => {} } });
  // @ts-expect-error fp64 numbers in an fp32 space
  space.dot(space.zeros(1), arena.view(fp64, 1));
});
