import { describe, expect, test } from "vitest";
import { checkChoice, checkInteger, checkLength, checkNumber, DimensionError, OptionError } from "../src/index.ts";

test("checkLength passes equal lengths only", () => {
  checkLength("x", 3, 3);

  expect(() => checkLength("spmv: x", 2, 3)).toThrow(new DimensionError("spmv: x", { expected: 3, actual: 2 }));
});

describe("checkInteger", () => {
  test("passes the integers of its range, ends included", () => {
    for (const n of [1, 2, 3]) checkInteger("n", n, 1, 3);
    checkInteger("n", Number.MAX_SAFE_INTEGER, 0);
  });

  test.each([0, 4, 1.5, NaN, Infinity])("refuses %d in 1 ... 3", (n) => {
    expect(() => checkInteger("n", n, 1, 3)).toThrow(OptionError);
  });

  test("says the range, and an open one as such", () => {
    expect(() => checkInteger("n", 4, 1, 3)).toThrow("n is 4, expected an integer in 1 ... 3");
    expect(() => checkInteger("n", -1, 0)).toThrow("n is -1, expected an integer >= 0");
  });
});

describe("checkNumber", () => {
  test("passes the numbers of its range, ends included", () => {
    for (const x of [0, 0.5, 1]) checkNumber("x", x, 0, 1);
    checkNumber("x", 1e308, 0);
  });

  test.each([-5e-324, 1.1, NaN, Infinity, -Infinity])("refuses %d in 0 ... 1", (x) => {
    expect(() => checkNumber("x", x, 0, 1)).toThrow(OptionError);
  });

  test("refuses infinity where there is no upper end", () => {
    expect(() => checkNumber("x", Infinity, 0)).toThrow("x is Infinity, expected a finite number >= 0");
    expect(() => checkNumber("x", 2, 0, 1)).toThrow("x is 2, expected a number in 0 ... 1");
  });
});

describe("checkChoice", () => {
  test("narrows the type to what is allowed", () => {
    const word: string = "amd";

    checkChoice("ordering", word, ["amd", "natural"]);

    const narrowed: "amd" | "natural" = word;
    expect(narrowed).toBe("amd");
  });

  test("names the choices", () => {
    expect(() => checkChoice("ordering", "amdd", ["amd", "natural"])).toThrow('ordering is "amdd", expected one of amd, natural');
  });
});
