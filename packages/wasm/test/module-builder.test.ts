import { expect, test } from "vitest";
import { EmitError, type FunctionBuilder, f64, i32, ModuleBuilder, v128 } from "../src/index.ts";
import { webAssembly } from "../src/platform.ts";

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
const header = [0, ...ascii("asm"), 1, 0, 0, 0];
const memory = [0x02, 17, 1, 5, ...ascii("arena"), 6, ...ascii("memory"), 2, 0, 0];

test("an empty module imports the memory and has nothing else", () => {
  const bytes = new ModuleBuilder<Record<never, never>>().bytes();

  expect([...bytes]).toEqual([...header, 1, 1, 0, ...memory, 3, 1, 0, 7, 1, 0, 10, 1, 0]);
});

test("a sum of two numbers, byte for byte", () => {
  const m = new ModuleBuilder<{ sum(a: number, b: number): number }>();
  m.func("sum", { a: "f64", b: "f64" }, "f64", (_, { a, b }) => f64.add(a, b));

  expect([...m.bytes()]).toEqual([
    ...header,
    ...[1, 7, 1, 0x60, 2, 0x7c, 0x7c, 1, 0x7c], // types: (f64, f64) -> f64
    ...memory,
    ...[3, 2, 1, 0], // functions: the first has the first type
    ...[7, 7, 1, 3, ...ascii("sum"), 0, 0], // exports
    ...[10, 9, 1, 7, 0, 0x20, 0, 0x20, 1, 0xa0, 0x0b], // code: no locals; local.get 0, local.get 1, f64.add, end
  ]);
});

test("locals come in runs of one type, and a vector is loaded with the SIMD prefix", () => {
  const m = new ModuleBuilder<{ run(): void }>();
  m.func("run", {}, "void", (f) => {
    f.let(i32.const(300));
    f.let(i32.const(-1));
    f.let(v128.load(0, 128));
  });

  const code = [...m.bytes()].slice(-28);

  expect(code).toEqual([
    ...[10, 26, 1, 24, 2, 2, 0x7f, 1, 0x7b], // two locals i32, one v128
    ...[0x41, 0xac, 2, 0x21, 0], // i32.const 300, local.set 0
    ...[0x41, 0x7f, 0x21, 1],
    ...[0x41, 0, 0xfd, 0, 4, 0x80, 1, 0x21, 2], // v128.load align 2^4, offset 128
    0x0b,
  ]);
});

test("the engine accepts what it writes", () => {
  const m = new ModuleBuilder<{ first(x: number): number; second(): void }>();
  m.func("first", { x: "i32" }, "f32", () => 0.5);
  m.func("second", {}, "void", () => {});

  expect(webAssembly()!.validate(m.bytes())).toBe(true);
});

test("a result of another type, or none, is refused", () => {
  const m = new ModuleBuilder<{ run(): number }>();

  expect(() => m.func("run", {}, "f64", () => i32.const(1) as never)).toThrow(
    new EmitError("the result of run takes a value of type f64, found i32.const, of type i32"),
  );
  expect(() => m.func("run", {}, "f64", () => undefined as never)).toThrow("the result of run takes a value of type f64, found undefined");
});

test("two functions of one name are refused", () => {
  const m = new ModuleBuilder<{ run(): void }>();
  m.func("run", {}, "void", () => {});

  expect(() => m.func("run", {}, "void", () => {})).toThrow(new EmitError("there are two functions run"));
});

test("a statement after the body is refused", () => {
  const m = new ModuleBuilder<{ run(): void }>();
  let escaped: FunctionBuilder<"void"> | undefined;
  m.func("run", {}, "void", (f) => {
    escaped = f;
  });

  expect(() => escaped?.store(0, i32.const(1))).toThrow(new EmitError("run is finished: a statement came after its body"));
});
