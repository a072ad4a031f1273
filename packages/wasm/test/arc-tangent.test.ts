import { atan2, fp64 } from "@slam/float";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Arena, arcTangent, f64, i32, kernels, type ModuleBuilder } from "../src/index.ts";

interface Angles {
  /** out <- the angle of (x, y), the two numbers at `point`; returns whether it is. */
  angle(point: number, out: number): number;
}

function source(m: ModuleBuilder<Angles>): void {
  m.func("angle", { point: "i32", out: "i32" }, "i32", (f, { point, out }) => {
    const { angle, isCommon } = arcTangent(f, f.let(f64.load(point, 8)), f.let(f64.load(point)));
    f.store(out, angle);
    return i32.and(isCommon, 1);
  });
}

const arena = new Arena(65536);
const point = arena.view(fp64, 2);
const out = arena.view(fp64, 1);

function angleOf(x: number, y: number): number | undefined {
  point[0] = x;
  point[1] = y;
  return kernels(arena, source).angle(point.byteOffset, out.byteOffset) === 1 ? out[0] : undefined;
}

test("has the bits of atan2, in every octant", () => {
  const size = fc.tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min: -60, max: 60 })).map(([m, e]) => m * 2 ** e);
  // s / b near where the expansion changes.
  const share = fc.oneof(fc.double({ min: 1e-15, max: 1, noNaN: true }), fc.constantFrom(0.236, 0.5, 0.7208, 1, 1 - 2 ** -53));
  const sign = fc.constantFrom(-1, 1);
  fc.assert(
    fc.property(size, share, sign, sign, fc.boolean(), (b, t, sx, sy, isSteep) => {
      const [x, y] = isSteep ? [sx * b * t, sy * b] : [sx * b, sy * b * t];

      expect(angleOf(x, y)).toBe(atan2(y, x));
    }),
    { numRuns: 5000 },
  );
});

test.each([
  [1, 0],
  [0, 1],
  [-1, -0],
  [0, 0],
  [NaN, 1],
  [1, NaN],
  [Infinity, 1],
  [-Infinity, Infinity],
  [1e-200, 1e-200],
  [1e200, 1e200],
  [1, 1e-20],
])("says that it has not that of (%f, %f)", (x, y) => {
  expect(angleOf(x, y)).toBeUndefined();
});
