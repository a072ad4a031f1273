import { cos, fp64, sin } from "@slam/float";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Arena, COS_SIN_BOUND, cosSin, f64, i32, kernels, type ModuleBuilder } from "../src/index.ts";

interface CosSins {
  /** out <- cos and sin of each of n numbers. */
  cosSins(x: number, n: number, out: number): void;
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
}

test("have the bits of cos and sin", () => {
  const arena = new Arena(65536);
  const x = arena.view(fp64, 1);
  const out = arena.view(fp64, 2);
  const angle = fc.oneof(
    fc.double({ min: -10, max: 10, noNaN: true }),
    fc.double({ min: -COS_SIN_BOUND, max: COS_SIN_BOUND, minExcluded: true, maxExcluded: true, noNaN: true }),
    fc.tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min: -1070, max: 0 })).map(([m, e]) => m * 2 ** e),
    fc.integer({ min: -1000, max: 1000 }).map((n) => (n * Math.PI) / 4),
    fc.constantFrom(0, -0, 5e-324, Math.PI, -Math.PI),
  );

  fc.assert(
    fc.property(angle, (value) => {
      x[0] = value;
      kernels(arena, source).cosSins(x.byteOffset, 1, out.byteOffset);
      expect([...out]).toEqual([cos(value), sin(value)]);
    }),
    { numRuns: 5000 },
  );
});
