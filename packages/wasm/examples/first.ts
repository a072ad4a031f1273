import { fp32 } from "@slam/float";
import { Arena, bytesFor, f32x4, i32, kernels, type ModuleBuilder, v128 } from "@slam/wasm";

/** x <- factor x, four elements at a time. */
function scaling(m: ModuleBuilder<{ scale(factor: number, x: number, n: number): void }>): void {
  m.func("scale", { factor: "f32", x: "i32", n: "i32" }, "void", (f, { factor, x, n }) => {
    const factors = f.let(f32x4.splat(factor));
    const end = f.let(i32.add(x, i32.mul(n, 4)));
    f.for(x, end, 16, (p) => f.store(p, f32x4.mul(factors, v128.load(p))));
  });
}

const arena = new Arena(bytesFor(fp32, 8));
const x = arena.view(fp32, 8); // a Float32Array in the arena
x.set([1, 2, 3, 4, 5, 6, 7, 8]);
kernels(arena, scaling).scale(0.5, arena.address("x", x), x.length);
console.log(x.join(" ")); // 0.5 1 1.5 2 2.5 3 3.5 4
