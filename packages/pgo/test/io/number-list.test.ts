import fc from "fast-check";
import { expect, test } from "vitest";
import { NumberList } from "../../src/io/number-list.ts";

test("a list is what was appended to it, across its chunks", () => {
  const parts = fc.array(fc.nat({ max: 20_000 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(parts, (lengths) => {
      const list = new NumberList();
      const expected: number[] = [];
      for (const [part, length] of lengths.entries()) {
        const values = Float64Array.from({ length: length + 1 }, (_, k) => part + k / 7);
        list.append(values, 1, length + 1);
        list.push(-part);
        expected.push(...values.subarray(1), -part);
      }
      const last = expected.length - 1;
      expect([list.length, list.at(0), list.at(last)]).toEqual([last + 1, expected[0], expected[last]]);
      expect(list.toArray()).toEqual(new Float64Array(expected));
    }),
    { numRuns: 20 },
  );
});
