import fc from "fast-check";
import { expect, test } from "vitest";
import { planElimination } from "../../src/incremental/eliminate-poses.ts";

test("a path of three is eliminated from its end, the pose named last", () => {
  const plan = planElimination(3, Int32Array.of(0, 1, 1, 2), 2, 1);

  expect(plan.order.at(-1)).toBe(1);
  expect([...plan.order].sort()).toEqual([0, 1, 2]);
});

const connected = fc.integer({ min: 2, max: 30 }).chain((n) =>
  fc.record({
    n: fc.constant(n),
    pairs: fc.array(
      fc.tuple(fc.nat(n - 1), fc.nat(n - 1)).filter(([a, b]) => a !== b),
      { maxLength: 60 },
    ),
    last: fc.nat(n - 1),
  }),
);

test("every pair is within a group and its separator, and a separator within its parent's front", () => {
  fc.assert(
    fc.property(connected, ({ n, pairs, last }) => {
      const { order, place, group, groupStart, parent, separators } = planElimination(n, Int32Array.from(pairs.flat()), pairs.length, last);
      const front = (g: number): Set<number> => {
        const own = Array.from({ length: groupStart[g + 1] - groupStart[g] }, (_, k) => groupStart[g] + k);
        return new Set([...own, ...separators[g]]);
      };

      expect(order[n - 1]).toBe(last);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, k) => k));
      for (const [a, b] of pairs) {
        const first = place[a] < place[b] ? a : b;
        expect(front(group[first]).has(place[first === a ? b : a])).toBe(true);
      }
      separators.forEach((separator, g) => {
        expect(separator.length === 0).toBe(parent[g] < 0);
        for (const k of separator) expect(front(parent[g]).has(k)).toBe(true);
      });
    }),
  );
});
