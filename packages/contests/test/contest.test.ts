import { type Contestant, compete, timed } from "@slam/contests";
import { expect, test } from "vitest";

test("a contest runs each contestant in every turn, warm and long enough to be measured", async () => {
  const runs: number[] = [];
  const run = (repeats: number): number => {
    runs.push(repeats);
    return repeats * 0.001;
  };
  const contestant: Contestant = { kernel: "k", format: "fp32", by: "slam", bytes: 1, flops: 1, run };

  const [{ seconds }] = await compete([contestant], 7);

  expect(seconds).toHaveLength(7);
  expect(seconds[0]).toBeCloseTo(0.001, 12);
  expect(runs.slice(-7)).toEqual(Array(7).fill(30));
});

test("a contest that is stopped while it warms up has no turns, and later those that were", async () => {
  let runs = 0;
  const run = (): number => {
    runs++;
    return 1;
  };
  const contestant = (kernel: string): Contestant => ({ kernel, format: "fp32", by: "slam", bytes: 1, flops: 1, run });

  const none = await compete([contestant("a"), contestant("b")], 7, () => runs > 0);
  runs = 0;
  // Each warms up in four runs of a second.
  const some = await compete([contestant("a"), contestant("b")], 7, () => runs >= 4 + 4 + 3);

  expect(none).toEqual([]);
  expect(some.map(({ seconds }) => seconds.length)).toEqual([2, 1]);
});

test("timed counts what a clock says, of all runs together", () => {
  let seconds = 0;

  const run = timed(
    () => seconds,
    () => {
      seconds += 2;
    },
  );

  expect(run(3)).toBe(6);
});
