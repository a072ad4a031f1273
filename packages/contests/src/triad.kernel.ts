import { f32x4, i32, type ModuleBuilder, v128 } from "@slam/wasm";

export interface Triad {
  triad(a: number, b: number, c: number, n: number): void;
}

/** STREAM's triad, a <- b + 3 c, on n numbers of fp32 at three addresses; n is a multiple of 16. */
export function triadKernel(m: ModuleBuilder<Triad>): void {
  m.func("triad", { a: "i32", b: "i32", c: "i32", n: "i32" }, "void", (f, { a, b, c, n }) => {
    const three = f.let(f32x4.splat(3));
    f.for(0, f.let(i32.mul(n, 4)), 64, (i) => {
      for (const offset of [0, 16, 32, 48]) {
        const product = f32x4.mul(three, v128.load(i32.add(c, i), offset));
        f.store(i32.add(a, i), f32x4.add(v128.load(i32.add(b, i), offset), product), offset);
      }
    });
  });
}
