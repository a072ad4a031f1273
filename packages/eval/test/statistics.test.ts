import { OptionError } from "@slam/errors";
import { statistics } from "@slam/eval";
import { expect, test } from "vitest";

test("are those of evo on four errors", () => {
  const errors = Float64Array.of(5, 1, 3, 1);

  expect(statistics(errors)).toEqual({ pairs: 4, rmse: 3, mean: 2.5, median: 2, std: Math.sqrt(2.75), min: 1, max: 5, sse: 36 });
  expect(errors).toEqual(Float64Array.of(5, 1, 3, 1));
});

test("have the middle one as the median of an odd number", () => {
  expect(statistics(Float64Array.of(7, 0, 2)).median).toBe(2);
});

test("of nothing are refused", () => {
  expect(() => statistics(new Float64Array(0))).toThrow(OptionError);
});
