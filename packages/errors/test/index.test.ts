import { expect, test } from "vitest";
import * as errors from "../src/index.ts";

test("exports these names", () => {
  expect(Object.keys(errors).sort()).toEqual([
    "DimensionError",
    "OptionError",
    "ParseError",
    "SlamError",
    "checkChoice",
    "checkInteger",
    "checkLength",
    "checkNumber",
  ]);
});
