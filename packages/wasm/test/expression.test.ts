import { describe, expect, test } from "vitest";
import { EmitError, type FunctionBuilder, f32, f64, f64x2, i32, i32x4, i64, ModuleBuilder, select, v128 } from "../src/index.ts";

/** Emits a function with one local, whose body is the statements. */
function emitting(statements: (f: FunctionBuilder<"void">) => void): () => void {
  return () => new ModuleBuilder<{ run(): void }>().func("run", {}, "void", statements);
}

describe("an operand of another type is refused", () => {
  const wrong = i32.const(1) as never;

  test.each([
    ["by scalars", () => f64.add(1, wrong), "f64.add takes a value of type f64, found i32.const, of type i32"],
    ["by lanes", () => f64x2.mul(wrong, wrong), "f64x2.mul takes a value of type v128, found i32.const, of type i32"],
    ["where a number has no vector", () => i32x4.add(1 as never, 1 as never), "i32x4.add takes a value of type v128, found 1"],
    ["where the number is no integer", () => i32.add(1, 0.5), "i32.add takes a value of type i32, found 0.5"],
    ["where the number is too large", () => i32.add(1, 2 ** 32), "i32.add takes a value of type i32, found 4294967296"],
    ["where 64 bits want a bigint", () => i64.add(1n, 1 as never), "i64.add takes a value of type i64, found 1"],
    ["as an address", () => v128.load(f32.const(0) as never), "v128.load takes a value of type i32, found f32.const, of type f32"],
    ["where it is missing", () => f64.sqrt(undefined as never), "f64.sqrt takes a value of type f64, found undefined"],
    ["by select", () => select(f64.const(1), wrong, 1), "select takes a value of type f64, found i32.const, of type i32"],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(new EmitError(message));
  });
});

describe("use", () => {
  test("an expression that is used twice is refused", () => {
    const twice = emitting((f) => {
      const x = f64.load(0);
      f.store(8, f64.mul(x, x));
    });

    expect(twice).toThrow(new EmitError("f64.load is used twice: keep its value with f.let"));
  });

  test("locals and constants may be used often", () => {
    const often = emitting((f) => {
      const x = f.let(f64.load(0));
      const two = f64.const(2);
      f.store(8, f64.mul(f64.mul(x, x), f64.mul(two, two)));
    });

    expect(often).not.toThrow();
  });

  test("a local of another function is refused, read or written", () => {
    const m = new ModuleBuilder<{ one(x: number): void; two(): void }>();
    m.func("one", { x: "f64" }, "void", (_, { x }) => {
      expect(() => m.func("two", {}, "void", (f) => f.store(0, x))).toThrow(new EmitError("local 0 belongs to another function"));
      expect(() => m.func("two", {}, "void", (f) => f.set(x, 1))).toThrow(new EmitError("local 0 belongs to another function"));
    });
  });
});
