import { OptionError } from "@slam/errors";
import { associate } from "@slam/eval";
import fc from "fast-check";
import { expect, test } from "vitest";

test("takes for each pose of the shorter trajectory the nearest of the longer", () => {
  const long = Float64Array.of(0, 1, 2, 3);
  const short = Float64Array.of(0.9, 2.2);

  expect(associate(long, short, 0.25)).toEqual({ reference: Int32Array.of(1, 2), estimate: Int32Array.of(0, 1) });
  expect(associate(short, long, 0.25)).toEqual({ reference: Int32Array.of(0, 1), estimate: Int32Array.of(1, 2) });
});

test("leaves out what is farther than the greatest difference, which itself still counts", () => {
  expect(associate(Float64Array.of(0, 10), Float64Array.of(0.5, 10.75), 0.5)).toEqual({
    reference: Int32Array.of(0),
    estimate: Int32Array.of(0),
  });
});

test("allows 0.01 s when nothing is said", () => {
  expect(associate(Float64Array.of(1, 2), Float64Array.of(1.005, 2.02)).estimate).toEqual(Int32Array.of(0));
});

test("of no poses has no pairs", () => {
  expect(associate(new Float64Array(0), Float64Array.of(1)).reference).toEqual(new Int32Array(0));
});

test("refuses a negative difference", () => {
  expect(() => associate(Float64Array.of(0), Float64Array.of(0), -1)).toThrow(OptionError);
});

test("is the search through all differences, ties, duplicates and disorder included", () => {
  const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 }).map((t) => Float64Array.from(t));
  fc.assert(
    fc.property(times, times, fc.integer({ min: 0, max: 3 }), (reference, estimate, most) => {
      const [short, long] = estimate.length > reference.length ? [reference, estimate] : [estimate, reference];
      const expected: [number, number][] = [];
      short.forEach((t, i) => {
        const differences = Array.from(long, (s) => Math.abs(s - t));
        const least = Math.min(...differences);
        if (least > most) return;
        expected.push([i, differences.indexOf(least)]);
      });
      const actual = associate(reference, estimate, most);
      const [ofShort, ofLong] = short === reference ? [actual.reference, actual.estimate] : [actual.estimate, actual.reference];
      expect([...ofShort].map((i, k) => [i, ofLong[k]])).toEqual(expected);
    }),
  );
});
