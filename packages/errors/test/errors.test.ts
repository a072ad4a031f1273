import { describe, expect, test } from "vitest";
import { DimensionError, OptionError, ParseError, SlamError } from "../src/index.ts";

test("a DimensionError says both lengths, and carries them", () => {
  const error = new DimensionError("cgnr: b", { expected: 6, actual: 5 });

  expect(error.message).toBe("cgnr: b has length 5, expected 6");
  expect(error.details).toEqual({ what: "cgnr: b", expected: 6, actual: 5 });
});

describe("an OptionError", () => {
  test("says the option, its value and what is allowed", () => {
    const error = new OptionError("rtol", { expected: "a number in 0 ... 1", actual: 2 });

    expect(error.message).toBe("rtol is 2, expected a number in 0 ... 1");
    expect(error.details).toEqual({ option: "rtol", expected: "a number in 0 ... 1", actual: 2 });
  });

  test("quotes text, and shows what is missing", () => {
    expect(new OptionError("policy", { expected: "a preset", actual: "" }).message).toBe('policy is "", expected a preset');
    expect(new OptionError("policy", { expected: "a preset", actual: undefined }).message).toBe("policy is undefined, expected a preset");
  });
});

describe("a ParseError", () => {
  test("points at file, line and column", () => {
    const error = new ParseError({ file: "a.g2o", line: 3, column: 7 }, { expected: "a number", actual: "x" });

    expect(error.message).toBe("a.g2o:3:7: expected a number, found x");
    expect(error.place).toEqual({ file: "a.g2o", line: 3, column: 7 });
    expect(error.details).toEqual({ file: "a.g2o", line: 3, column: 7, expected: "a number", actual: "x" });
  });

  test("does without a column, and adds a hint", () => {
    const error = new ParseError({ file: "a.g2o", line: 3 }, { expected: "8 fields", actual: "7", hint: "the file may be cut off" });

    expect(error.message).toBe("a.g2o:3: expected 8 fields, found 7; the file may be cut off");
  });

  test("stays small when the text it found is not", () => {
    const error = new ParseError({ file: "a.g2o", line: 1 }, { expected: "a tag", actual: "x".repeat(1e6) });

    expect(error.message).toBe(`a.g2o:1: expected a tag, found ${"x".repeat(77)}...`);
    expect(error.details.actual).toBe(`${"x".repeat(77)}...`);
  });
});

test.each([
  ["SlamError", new SlamError("wrong")],
  ["DimensionError", new DimensionError("x", { expected: 1, actual: 2 })],
  ["OptionError", new OptionError("x", { expected: "y", actual: 2 })],
  ["ParseError", new ParseError({ file: "f", line: 1 }, { expected: "y", actual: "z" })],
])("a %s has its name and the common parent", (name, error) => {
  expect(error.name).toBe(name);
  expect(error).toBeInstanceOf(SlamError);
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe(`${name}: ${error.message}`);
});

test("a SlamError needs no details", () => {
  expect(new SlamError("wrong").details).toEqual({});
});
