import fc from "fast-check";
import { expect, test } from "vitest";
import { fp32, fp64 } from "../src/index.ts";
import { after } from "./cases.ts";
import { BINARY64, exactOperations } from "./format-oracle.ts";

const exact = exactOperations(BINARY64);
/** Any finite double, all exponents alike. */
const anyBits = fc
  .bigInt({ min: 0n, max: 2n ** 64n - 1n })
  .map((bits) => new Float64Array(new BigUint64Array([bits]).buffer)[0])
  .filter(Number.isFinite);

test("fp64 keeps the last bit of (1 + 2^-52)^2 - 1", () => {
  const x = 1 + 2 ** -52;

  expect(x * x - 1).toBe(2 ** -51);
  expect(fp64.fma(x, x, -1)).toBe(2 ** -51 + 2 ** -104);
});

test("fp64 rounds once for any finite numbers, whatever their size", () => {
  fc.assert(
    fc.property(anyBits, anyBits, anyBits, (a, b, c) => {
      expect(fp64.fma(a, b, c)).toBe(exact.fma(a, b, c));
    }),
    { numRuns: 4000 },
  );
});

test("fp64 rounds once where the sum is subnormal, or nearly", () => {
  const exponent = fc.integer({ min: -560, max: -460 });
  const half = fc.tuple(fc.double({ min: 1, max: 2, noNaN: true }), exponent).map(([m, e]) => m * 2 ** e);
  const small = fc.integer({ min: -(2 ** 53), max: 2 ** 53 }).map((m) => m * 2 ** -1074);

  fc.assert(
    fc.property(half, half, small, (a, b, c) => {
      expect(fp64.fma(a, b, c)).toBe(exact.fma(a, b, c));
      expect(fp64.fma(-a, b, c)).toBe(exact.fma(-a, b, c));
    }),
    { numRuns: 4000 },
  );
});

test("fp64 rounds once where the sum is near the largest number, or the product is beyond", () => {
  const large = fc.tuple(fc.double({ min: 1, max: 2, noNaN: true }), fc.integer({ min: 480, max: 520 })).map(([m, e]) => m * 2 ** e);
  const share = fc.double({ min: -1, max: 1, noNaN: true });

  fc.assert(
    fc.property(large, large, share, (a, b, s) => {
      const c = s * Number.MAX_VALUE;
      expect(fp64.fma(a, b, c)).toBe(exact.fma(a, b, c));
    }),
    { numRuns: 4000 },
  );
});

test("fp64 meets halfway cases from both sides", () => {
  const tie = 2 ** 53 + 1;

  expect(fp64.fma(1, 2 ** 53, 1)).toBe(2 ** 53);
  expect(fp64.fma(1 + 2 ** -52, 2 ** 53, 1)).toBe(tie + 3);
  expect(fp64.fma(2 ** -60, 2 ** -60, 2 ** 53 + 2)).toBe(2 ** 53 + 2);
  expect(exact.fma(after(1), after(1), 2 ** 52)).toBe(fp64.fma(after(1), after(1), 2 ** 52));
});

test("fp64 takes infinities and zeros as IEEE 754 does", () => {
  expect(fp64.fma(1e200, 1e200, -Infinity)).toBe(-Infinity);
  expect(fp64.fma(1e200, 1e200, Infinity)).toBe(Infinity);
  expect(fp64.fma(Infinity, 1, -Infinity)).toBeNaN();
  expect(fp64.fma(0, Infinity, 1)).toBeNaN();
  expect(fp64.fma(1e-200, -1e-200, 0)).toBe(-0);
  expect(fp64.fma(1e200, 1e200, -1e300)).toBe(Infinity);
  expect(fp64.fma(-0, 1, -0)).toBe(-0);
  expect(fp64.fma(2, 3, -6)).toBe(0);
  expect(fp64.fma(1, 1, NaN)).toBeNaN();
});

test("fp32 passes infinities through", () => {
  expect(fp32.fma(Infinity, 1, 1)).toBe(Infinity);
  expect(fp32.fma(Infinity, 1, -Infinity)).toBeNaN();
  expect(fp32.fma(3e38, 10, -Infinity)).toBe(-Infinity);
});
