import type { Expr } from "../src/expression.ts";
import { Arena, f32, f64, i32, i64, kernels, type ModuleBuilder, type ValueType, v128 } from "../src/index.ts";

const arena = new Arena(65536);
const memory = arena.view(Uint8Array, 128);
const LOADS = { i32: i32.load, i64: i64.load, f32: f32.load, f64: f64.load, v128: v128.load };
const RESULT = 64;

/** An instruction as a function of its operands' bytes, 16 each, of which a scalar takes the first; gives the bytes of its result. */
export function evaluator(types: readonly ValueType[], make: (...operands: Expr[]) => Expr): (...operands: Uint8Array[]) => Uint8Array {
  const { run } = kernels(arena, (m: ModuleBuilder<{ run(): void }>) => {
    m.func("run", {}, "void", (f) => f.store(RESULT, make(...types.map((type, i) => LOADS[type](16 * i)))));
  });
  return (...operands) => {
    memory.fill(0);
    operands.forEach((bytes, i) => {
      memory.set(bytes, 16 * i);
    });
    run();
    return memory.slice(RESULT, RESULT + 16);
  };
}
