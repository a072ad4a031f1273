import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumberTokens } from "../../src/io/number-tokens.ts";

function read(text: string): number {
  return new NumberTokens(new TextEncoder().encode(text), "numbers").number("it");
}

describe("a number is read as JavaScript reads it", () => {
  test.each([
    "0",
    "-0",
    "+7",
    "1.",
    ".5",
    "-.25",
    "123456789012345",
    "1234567890123456",
    "0.1",
    "3.14159265358979",
    "1e-3",
    "-2.5E+7",
    "000000000000000012.5",
  ])("%s", (text) => {
    expect(read(text)).toBe(Number(text));
  });

  test("with any digits before and behind a point", () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 10 }).map((list) => list.join(""));

    fc.assert(
      fc.property(fc.constantFrom("", "-", "+"), digits, digits, (sign, before, behind) => {
        const text = `${sign}${before}.${behind}`;

        expect(read(text)).toBe(Number(text));
      }),
    );
  });

  test("of all doubles as they print", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(read(`${x}`)).toBe(Number(`${x}`));
      }),
    );
  });
});

test.each(["-", "+", ".", "1.2.3", "--1", "1-", "0x10", "1_000", "Infinity"])("%s is none", (text) => {
  expect(() => read(text)).toThrow(/a finite number/);
});
