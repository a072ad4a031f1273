import { start } from "@slam/ba";
import { pinhole } from "@slam/camera";
import { OptionError } from "@slam/errors";
import { afterEach, expect, test, vi } from "vitest";
import { TimeBudget } from "../src/time-budget.ts";
import { orbit } from "./orbit.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A clock that only moves where it is told to. */
function clock(): { now: number } {
  const time = { now: 100 };
  vi.spyOn(performance, "now").mockImplementation(() => time.now);
  return time;
}

test("an iteration runs unless it would not end in time if it took as long as the longest before it", () => {
  const time = clock();
  const budget = new TimeBudget(10, 98);
  const taking = (milliseconds: number) => () => {
    time.now += milliseconds;
  };

  expect(budget.spend(taking(4))).toBe(undefined);
  expect(budget.spend(taking(1))).toBe(undefined);
  // 7 of 10 have passed.
  expect(budget.spend(taking(0))).toBe("7.0 ms have passed, and another iteration may take 4.0 ms: the budget is 10 ms");
  expect(time.now).toBe(105);
  expect(new TimeBudget(0, time.now).spend(taking(1))).toMatch(/the budget is 0 ms$/);
  expect(new TimeBudget(Number.POSITIVE_INFINITY, 0).spend(taking(1e9))).toBe(undefined);
});

test.each([-1, Number.NaN])("%d milliseconds are none", (milliseconds) => {
  expect(() => new TimeBudget(milliseconds, 0)).toThrow(OptionError);
});

test("a solve ends with the best point so far, and says that the budget acted", () => {
  const { bundle } = orbit({ model: pinhole, lens: [700, 710, 320, 240], isShared: true, away: 0.1 });
  const time = clock();
  const options = {
    ftol: 1e-14,
    onIteration: () => {
      time.now += 10;
    },
  };
  const all = start(bundle, options);
  while (!all.done) all.step();
  const some = start(bundle, { ...options, timeBudget: 25 });
  while (!some.done) some.step();
  const cost = some.report.finalCost;
  some.step();
  some.cancel("too late");

  expect(all.report.termination).toBe("converged");
  expect(all.report.iterations.length).toBeGreaterThan(2);
  expect(some.report).toMatchObject({
    termination: "time-budget",
    message: expect.stringMatching(/^20\.0 ms have passed/),
    finalCost: cost,
  });
  expect(some.report.iterations.map((record) => record.cost)).toEqual(all.report.iterations.slice(0, 2).map((record) => record.cost));
  expect(cost).toBe(Math.min(...some.report.iterations.map((record) => record.cost)));
  expect(start(bundle, { timeBudget: 0 }).done).toBe(false);
  expect(() => start(bundle, { timeBudget: -1 })).toThrow(OptionError);
});
