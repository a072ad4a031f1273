import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convert, e4m3, fp16, fp32, fp64, pack, type RoundingEvents, type Storage, storeCounted, zeros } from "../src/index.ts";
import { allFormats, doubles, doublesAround } from "./cases.ts";

function none(): RoundingEvents {
  return { overflows: 0, flushed: 0 };
}

test("fp16 overflows at 65520 and flushes 2^-25", () => {
  const events = none();

  const x = pack(fp16, [65519, 65520, -1e9, Infinity, NaN, 0, -0, 2 ** -25, -(2 ** -26), 2 ** -24], events);

  expect(events).toEqual({ overflows: 3, flushed: 2 });
  expect(x[0]).toBe(0x7bff);
});

test("fp64 counts infinities and flushes nothing", () => {
  const events = none();

  pack(fp64, [Infinity, -Infinity, Number.MAX_VALUE, 5e-324, NaN], events);

  expect(events).toEqual({ overflows: 2, flushed: 0 });
});

test("convert counts into what was there", () => {
  const events = { overflows: 10, flushed: 20 };

  convert(fp32, pack(fp32, [500, 1e-9, 1]), e4m3, events);

  expect(events).toEqual({ overflows: 11, flushed: 21 });
});

describe.each(allFormats)("$name", ({ P }) => {
  test("counts what became infinite, NaN or clamped, and what became zero", () => {
    const s = zeros(P, 1) as Storage;

    fc.assert(
      fc.property(fc.oneof(doublesAround(P), doubles), (x) => {
        const events = none();

        storeCounted(P, s, 0, x, events);

        const stored = P.load(s, 0);
        expect(stored).toBe(P.round(x));
        // A clamped number is the largest, from halfway to the next on.
        const leftTheRange = !Number.isFinite(stored) || (Math.abs(stored) === P.maxFinite && Math.abs(x) >= P.overflowThreshold);
        expect(events.overflows).toBe(!Number.isNaN(x) && leftTheRange ? 1 : 0);
        expect(events.flushed).toBe(x !== 0 && stored === 0 ? 1 : 0);
      }),
      { numRuns: 300 },
    );
  });
});
