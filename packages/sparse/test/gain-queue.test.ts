import fc from "fast-check";
import { expect, test } from "vitest";
import { GainQueue } from "../src/gain-queue.ts";

test("gives the vertex of greatest gain, and none when empty", () => {
  const queue = new GainQueue(3);
  expect(queue.first).toBe(-1);
  queue.put(0, 2);
  queue.put(1, 5);
  queue.put(2, -1);

  expect(queue.first).toBe(1);
  expect(queue.gain(1)).toBe(5);
  queue.remove(1);
  expect(queue.first).toBe(0);
  queue.add(2, 4);
  expect(queue.first).toBe(2);
  queue.add(1, 100);
  expect(queue.first).toBe(2);
  queue.clear();
  expect(queue.first).toBe(-1);
});

test("does as a list that is searched", () => {
  const step = fc.record({ what: fc.constantFrom("put", "add", "remove"), v: fc.nat(9), gain: fc.integer({ min: -5, max: 5 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new GainQueue(10);
      const gains = new Map<number, number>();
      for (const { what, v, gain } of steps) {
        if (what === "put") {
          queue.put(v, gain);
          gains.set(v, gain);
        } else if (what === "add") {
          queue.add(v, gain);
          const before = gains.get(v);
          if (before !== undefined) gains.set(v, before + gain);
        } else {
          queue.remove(v);
          gains.delete(v);
        }
        const greatest = Math.max(...gains.values());
        expect(queue.first === -1 ? Number.NEGATIVE_INFINITY : gains.get(queue.first)).toBe(greatest);
      }
    }),
  );
});
