import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDecimal } from "../../src/io/decimal.ts";
import { ascii } from "./ascii.ts";

const parse = (text: string): number => parseDecimal(ascii(text), 0, text.length);

describe("parseDecimal", () => {
  test.each([
    "0",
    "-0",
    "+1",
    "1.",
    ".5",
    "-.5e1",
    "007",
    "1e-5",
    "1E+05",
    "0e999",
    "0.000000000000000000001",
    "1e22",
    "1e23",
    "1e400",
    "9007199254740993",
    "9007199254740995e-1",
    "4503599627370497.5",
    "9223372036854776832e5",
    "-1e-400",
  ])("reads %s as Number does", (text) => {
    expect(parse(text)).toBe(Number(text));
  });

  test.each([
    "",
    "+",
    "-",
    ".",
    "e5",
    ".e5",
    "1e",
    "1e+",
    "1e5.",
    "1.2.3",
    "--1",
    "1-",
    "1,5",
    "0x10",
    "1_0",
    "nan",
    "NaN",
    "inf",
    "Infinity",
    "1f",
    "\0",
  ])("returns NaN for %j", (text) => {
    expect(parse(text)).toBeNaN();
  });

  test("reads only the bytes it is given", () => {
    const bytes = ascii("12345");

    expect(parseDecimal(bytes, 1, 3)).toBe(23);
    expect(parseDecimal(bytes, 2, 2)).toBeNaN();
  });

  test("gives every double back from its shortest decimal", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => Object.is(parse(Object.is(x, -0) ? "-0" : `${x}`), x)),
    );
  });

  test("reads 16 to 20 digits as Number does", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 16, max: 20 }), (x, digits) => {
        const text = x.toPrecision(digits);

        expect(parse(text)).toBe(Number(text));
      }),
    );
  });

  test("rounds as Number does, on both sides of its limits of 15 digits and 10^22", () => {
    const digits = fc.stringMatching(/^[0-9]{1,18}$/);

    fc.assert(
      fc.property(digits, digits, fc.integer({ min: -45, max: 45 }), (whole, fraction, exponent) => {
        const text = `-${whole}.${fraction}e${exponent}`;

        expect(parse(text)).toBe(Number(text));
      }),
    );
  });
});
