import { f16round } from "@petamoriken/float16";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fp16, fp32, fp64 } from "../src/index.ts";
import { allFormats, codeCount, decode, doubles, doublesAround, eightBits, encode, numbersOf } from "./cases.ts";
import { exactOperations } from "./format-oracle.ts";

test("fp32 adds 2^-24 to 1 and stays, 3 2^-24 and moves by two", () => {
  expect(fp32.add(1, 2 ** -24)).toBe(1);
  expect(fp32.add(1, 3 * 2 ** -24)).toBe(1 + 2 ** -22);
});

test("fp16 multiplies 255 by 256, but not 256 by 256", () => {
  expect(fp16.mul(255, 256)).toBe(65280);
  expect(fp16.mul(256, 256)).toBe(Infinity);
});

test("fp16 rounds a fused product once: (1 + 2^-6)^2 - 1 keeps its last bit", () => {
  const x = 1 + 2 ** -6;

  expect(fp16.sub(fp16.mul(x, x), 1)).toBe(2 ** -5);
  expect(fp16.fma(x, x, -1)).toBe(2 ** -5 + 2 ** -12);
});

test("fp16 agrees with the library on every code", () => {
  const codes = new Uint16Array(65536).map((_, code) => code);
  for (const code of codes) {
    const value = decode(fp16, code);
    if (!Object.is(f16round(value), value)) expect.fail(`code ${code}`);
  }
});

test("fp16 rounds as the library does", () => {
  fc.assert(
    fc.property(fc.oneof(doubles, doublesAround(fp16)), (x) => {
      expect(fp16.round(x)).toBe(f16round(x));
    }),
    { numRuns: 5000 },
  );
});

describe.each(eightBits)("$name, all pairs of finite numbers", ({ P, widths }) => {
  const finite = Array.from({ length: codeCount({ name: P.name, P, widths }) }, (_, code) => decode(P, code)).filter(Number.isFinite);
  const exact = exactOperations(widths);

  test.each(["add", "sub", "mul", "div"] as const)("%s", (operation) => {
    for (const a of finite) {
      for (const b of finite) {
        const expected = operation === "div" && b === 0 ? P.round(a / b) : exact[operation](a, b);
        const actual = P[operation](a, b);
        if (!Object.is(actual, expected)) expect.fail(`${operation}(${a}, ${b}) is ${actual}, not ${expected}`);
      }
    }
  });

  test("sqrt", () => {
    for (const a of finite) expect(P.sqrt(a)).toBe(a < 0 ? NaN : exact.sqrt(a));
  });
});

describe.each(allFormats)("$name", ({ P, widths }) => {
  const exact = exactOperations(widths);
  const number = numbersOf(P);

  test("rounds sums, products, quotients and roots once", () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(P.add(a, b)).toBe(exact.add(a, b));
        expect(P.sub(a, b)).toBe(exact.sub(a, b));
        expect(P.mul(a, b)).toBe(exact.mul(a, b));
        if (b !== 0) expect(P.div(a, b)).toBe(exact.div(a, b));
        expect(P.sqrt(Math.abs(a))).toBe(exact.sqrt(Math.abs(a)));
      }),
      { numRuns: 500 },
    );
  });

  test("rounds a b + c once", () => {
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        expect(P.fma(a, b, c)).toBe(exact.fma(a, b, c));
      }),
      { numRuns: 500 },
    );
  });

  test("rounds a b + c once where c nearly cancels a b", () => {
    fc.assert(
      fc.property(number, number, fc.integer({ min: -4, max: 4 }), (a, b, k) => {
        const c = P.round(-a * b * (1 + k * P.unitRoundoff));
        if (Number.isFinite(c)) expect(P.fma(a, b, c)).toBe(exact.fma(a, b, c));
      }),
      { numRuns: 500 },
    );
  });

  test("passes infinities and NaN through", () => {
    const infinity = P.round(Infinity);

    expect(P.add(NaN, 1)).toBeNaN();
    expect(P.mul(infinity, -1)).toBe(P.round(-Infinity));
    expect(P.sqrt(-1)).toBeNaN();
    expect(P.div(1, -0)).toBe(P.round(-Infinity));
    expect(P.div(0, 0)).toBeNaN();
    expect(P.fma(NaN, 1, 1)).toBeNaN();
    expect(P.round(-0)).toBe(-0);
  });

  test("loads what it stores", () => {
    fc.assert(
      fc.property(number, (x) => {
        const s = new P.Storage(3);
        P.store(s, 1, x);
        expect(P.load(s, 1)).toBe(x);
        expect([P.load(s, 0), P.load(s, 2)]).toEqual([0, 0]);
      }),
    );
  });
});

test("fp64 overflows at infinity only", () => {
  expect(fp64.overflowThreshold).toBe(Infinity);
  expect(fp32.round(fp32.overflowThreshold)).toBe(Infinity);
  expect(encode(fp32, fp32.maxFinite)).toBe(fp32.maxFinite);
});
