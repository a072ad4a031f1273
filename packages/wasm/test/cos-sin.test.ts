import { cos, fp64, sin } from "@slam/float";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Arena, COS_SIN_BOUND, cosSin, cosSinOfTwo, f64, i32, kernels, type ModuleBuilder, v128 } from "../src/index.ts";

interface CosSins {
  /** out <- cos and sin of each of n numbers. */
  cosSins(x: number, n: number, out: number): void;
  /** out <- the cosines of two numbers, then their sines. */
  ofTwo(x: number, out: number): void;
}

function source(m: ModuleBuilder<CosSins>): void {
  m.func("cosSins", { x: "i32", n: "i32", out: "i32" }, "void", (f, { x, n, out }) => {
    f.for(0, n, 1, (k) => {
      const [c, s] = cosSin(f, f.let(f64.load(i32.add(x, i32.mul(k, 8)))));
      const at = f.let(i32.add(out, i32.mul(k, 16)));
      f.store(at, c);
      f.store(at, s, 8);
    });
  });
  m.func("ofTwo", { x: "i32", out: "i32" }, "void", (f, { x, out }) => {
    const [c, s] = cosSinOfTwo(f, f.let(v128.load(x)));
    f.store(out, c);
    f.store(out, s, 16);
  });
}

test("have the bits of cos and sin", () => {
  const arena = new Arena(65536);
  const x = arena.view(fp64, 2);
  const [out, ofTwo] = [arena.view(fp64, 4), arena.view(fp64, 4)];
  const angle = fc.oneof(
    fc.double({ min: -10, max: 10, noNaN: true }),
    fc.double({ min: -COS_SIN_BOUND, max: COS_SIN_BOUND, minExcluded: true, maxExcluded: true, noNaN: true }),
    fc.tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min: -1070, max: 0 })).map(([m, e]) => m * 2 ** e),
    fc.integer({ min: -1000, max: 1000 }).map((n) => (n * Math.PI) / 4),
    fc.constantFrom(0, -0, 5e-324, Math.PI, -Math.PI),
  );

  fc.assert(
    fc.property(angle, angle, (a, b) => {
      x.set([a, b]);
      const run = kernels(arena, source);
      run.cosSins(x.byteOffset, 2, out.byteOffset);
      run.ofTwo(x.byteOffset, ofTwo.byteOffset);
      expect([...out]).toEqual([cos(a), sin(a), cos(b), sin(b)]);
      expect([...ofTwo]).toEqual([cos(a), cos(b), sin(a), sin(b)]);
    }),
    { numRuns: 5000 },
  );
});
