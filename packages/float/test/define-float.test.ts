import { OptionError } from "@slam/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bf16, defineFloat, e4m3, e5m2, fp16 } from "../src/index.ts";
import { after, before, codeCount, codeFormats, decode, doubles, doublesAround, encode } from "./cases.ts";
import { decodeExactly, exactOperations, largest } from "./format-oracle.ts";
import { toNumber } from "./rational.ts";

describe("fp16", () => {
  test("has the codes of IEEE binary16", () => {
    const values = [1, -2, 0.5, 65504, 2 ** -14, 2 ** -24, 0, -0, Infinity, -Infinity, 1 / 3];

    const codes = values.map((x) => encode(fp16, x));

    expect(codes).toEqual([0x3c00, 0xc000, 0x3800, 0x7bff, 0x0400, 0x0001, 0, 0x8000, 0x7c00, 0xfc00, 0x3555]);
  });

  test("overflows from 65520 on and flushes up to 2^-25", () => {
    expect(fp16.round(65519.99)).toBe(65504);
    expect(fp16.round(65520)).toBe(Infinity);
    expect(fp16.round(2 ** -25)).toBe(0);
    expect(fp16.round(-(2 ** -25))).toBe(-0);
    expect(fp16.round(after(2 ** -25))).toBe(2 ** -24);
  });
});

test("bf16 has the upper halves of binary32", () => {
  const upperHalf = (x: number): number => new Uint32Array(new Float32Array([x]).buffer)[0] >>> 16;

  for (const x of [1, -3, 2 ** -133, 2 ** 127, 0.0078125, -0]) expect(encode(bf16, x)).toBe(upperHalf(x));
});

test("e4m3 ends at 448: 464 is a tie that stays, above it is NaN", () => {
  expect(e4m3.maxFinite).toBe(448);
  expect(e4m3.round(464)).toBe(448);
  expect(e4m3.round(after(464))).toBeNaN();
  expect(encode(e4m3, NaN)).toBe(0x7f);
  expect(encode(e4m3, -448)).toBe(0xfe);
});

test("e5m2 ends at 57344 and has infinities", () => {
  expect(e5m2.maxFinite).toBe(57344);
  expect(e5m2.round(61440)).toBe(Infinity);
  expect(encode(e5m2, -Infinity)).toBe(0xfc);
});

test("a saturating format clamps, infinity included", () => {
  const clamped = defineFloat({ name: "clamped", exponentBits: 4, significandBits: 4, infinities: false, saturate: true });

  const values = [449, 1e300, Infinity, -Infinity, NaN].map((x) => clamped.round(x));

  expect(values).toEqual([448, 448, 448, -448, NaN]);
});

test("is stored in bytes up to 8 bits", () => {
  expect(defineFloat({ name: "seven", exponentBits: 3, significandBits: 4 }).Storage).toBe(Uint8Array);
  expect(defineFloat({ name: "eight", exponentBits: 4, significandBits: 4 }).Storage).toBe(Uint8Array);
  expect(defineFloat({ name: "nine", exponentBits: 5, significandBits: 4 }).Storage).toBe(Uint16Array);
});

test.each([
  [1, 4],
  [11, 4],
  [5, 1],
  [5, 12],
  [4.5, 4],
])("refuses %d exponent bits with %d significand bits", (exponentBits, significandBits) => {
  expect(() => defineFloat({ name: "wrong", exponentBits, significandBits })).toThrow(OptionError);
});

describe.each(codeFormats)("$name", (format) => {
  const { P, widths } = format;
  const count = codeCount(format);
  const signBit = count / 2;
  const isNaNCode = (code: number): boolean => Number.isNaN(decodeExactly(widths, code));

  test("decodes every code to its exact value", () => {
    for (let code = 0; code < count; code++) {
      const exact = decodeExactly(widths, code);
      const value = typeof exact === "number" ? exact : (code >= signBit ? -1 : 1) * Math.abs(toNumber(exact));
      if (!Object.is(decode(P, code), value)) expect.fail(`code ${code} is ${decode(P, code)}, not ${value}`);
    }
  });

  test("encodes every value to its code, every NaN to one", () => {
    for (let code = 0; code < count; code++) {
      const value = decode(P, code);
      const infinite = Math.abs(value) === Infinity;
      const expected = isNaNCode(code) ? encode(P, NaN) : widths.saturate && infinite ? code - 1 : code;
      if (encode(P, value) !== expected) expect.fail(`code ${code} became ${encode(P, value)}, not ${expected}`);
    }
    expect(isNaNCode(encode(P, NaN))).toBe(true);
  });

  test("rounds between all neighbours: to the near side, ties to the even code", () => {
    const top = encode(P, P.maxFinite);
    // The code after the largest is infinity's or NaN's; a saturating format stays.
    const upper = (code: number): number => (code === top && widths.saturate ? top : code + 1);
    // The number that would follow the largest has a half with the exponent below.
    const next = (code: number): number => (code === top ? 2 * decode(P, top + 1 - 2 ** (P.significandBits - 1)) : decode(P, code + 1));
    for (let code = 0; code <= top; code++) {
      const value = decode(P, code);
      const midpoint = (value + next(code)) / 2;
      const expected: [number, number][] = [
        [before(midpoint), code],
        [midpoint, code % 2 === 0 ? code : upper(code)],
        [after(midpoint), upper(code)],
      ];
      for (const [x, nearest] of expected) {
        const negative = isNaNCode(nearest) ? nearest : nearest + signBit;
        if (encode(P, x) !== nearest || encode(P, -x) !== negative) expect.fail(`${x} became code ${encode(P, x)}, not ${nearest}`);
        if (!Object.is(P.round(x), decode(P, nearest))) expect.fail(`${x} was rounded to ${P.round(x)}`);
      }
    }
  });

  test("rounds every double as the exact oracle does, and stores what it rounds to", () => {
    const exact = exactOperations(widths);

    fc.assert(
      fc.property(fc.oneof(doublesAround(P), doubles), (x) => {
        const expected = Number.isFinite(x) ? exact.round(x) : Number.isNaN(x) ? NaN : exact.round(Math.sign(x) * 2 ** 1000);
        expect(P.round(x)).toBe(expected);
        expect(decode(P, encode(P, x))).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  test("knows its limits", () => {
    const leastNormal = 2 ** (widths.significandBits - 1);

    expect(P.maxFinite).toBe(toNumber(largest(widths)));
    expect(P.minSubnormal).toBe(decode(P, 1));
    expect(P.minNormal).toBe(decode(P, leastNormal));
    expect(P.unitRoundoff).toBe((decode(P, leastNormal + 1) / P.minNormal - 1) / 2);
    expect(P.round(before(P.overflowThreshold))).toBe(P.maxFinite);
    if (!widths.saturate) expect(Number.isFinite(P.round(P.overflowThreshold))).toBe(false);
  });
});
