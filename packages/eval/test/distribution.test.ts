import { OptionError } from "@slam/errors";
import { cumulativeHistogram, percentiles, statistics } from "@slam/eval";
import fc from "fast-check";
import { expect, test } from "vitest";

test("percentiles are NumPy's, linear between errors", () => {
  const errors = Float64Array.of(4, 1, 3, 2);

  expect(percentiles(errors, [0, 25, 50, 90, 100])).toEqual(Float64Array.of(1, 1.75, 2.5, 3.7, 4));
  expect(percentiles(Float64Array.of(7), [0, 99])).toEqual(Float64Array.of(7, 7));
  expect(errors).toEqual(Float64Array.of(4, 1, 3, 2));
});

test("the percentiles 0, 50 and 100 are least, median and greatest", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1 }), (drawn) => {
      const errors = Float64Array.from(drawn);
      const { min, median, max } = statistics(errors);
      expect([...percentiles(errors, [0, 50, 100])]).toEqual([min, median, max]);
    }),
  );
});

test("a cumulative histogram says which share is at most each bound", () => {
  expect(cumulativeHistogram(Float64Array.of(3, 1, 2, 2), Float64Array.of(0, 1, 2, 2.5, 9))).toEqual(
    Float64Array.of(0, 0.25, 0.75, 0.75, 1),
  );
});

test("nothing has neither, and a percentile is in 0 ... 100", () => {
  expect(() => percentiles(new Float64Array(0), [50])).toThrow(OptionError);
  expect(() => percentiles(Float64Array.of(1), [101])).toThrow(OptionError);
  expect(() => cumulativeHistogram(new Float64Array(0), Float64Array.of(1))).toThrow(OptionError);
});
