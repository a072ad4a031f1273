import { competeInSolves, type SolveRun } from "@slam/contests";
import { expect, test } from "vitest";

/** Solves that take so many seconds, in steps of one. */
function countingSolves() {
  const world = { seconds: 0, order: [] as string[] };
  const entrant = (name: string, steps: number) => ({
    name,
    start: (): SolveRun => {
      let left = steps;
      world.order.push(name);
      return {
        get done() {
          return left === 0;
        },
        report: { seconds: { linearSolve: steps / 2 } },
        step() {
          left--;
          world.seconds++;
        },
      };
    },
  });
  return { world, entrants: [entrant("a", 4), entrant("b", 2)] };
}

test("entrants solve in turns, once before the first", () => {
  const { world, entrants } = countingSolves();

  const times = competeInSolves(entrants, 2, () => world.seconds);

  expect(world.order.join("")).toBe("ababab");
  const turn = { solve: 4, linearSolve: 2 };
  expect(times!.map(({ name, turns }) => ({ name, turns }))).toEqual([
    { name: "a", turns: [turn, turn] },
    {
      name: "b",
      turns: [
        { solve: 2, linearSolve: 1 },
        { solve: 2, linearSolve: 1 },
      ],
    },
  ]);
});

test("a contest that is stopped in the middle of a solve has no figures", () => {
  const { world, entrants } = countingSolves();

  const stopped = competeInSolves(
    entrants,
    2,
    () => world.seconds,
    () => world.seconds >= 9,
  );

  expect(stopped).toBe(undefined);
  expect(world.seconds).toBe(9);
});
