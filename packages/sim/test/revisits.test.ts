import { OptionError } from "@slam/errors";
import { se3 } from "@slam/lie";
import { revisits } from "@slam/sim";
import { expectClose } from "@slam/testing";
import { expect, test } from "vitest";

/** Twice around a square of `side` poses a side, looking ahead or, in the second lap, back. */
function laps(side: number, isReversed: boolean): Float64Array {
  const corners = 4 * side;
  const poses = new Float64Array(7 * 2 * corners);
  const at = (k: number): [number, number, number] => {
    const [leg, s] = [Math.floor((k % corners) / side), k % side];
    return [
      [s, 0, 0],
      [side, s, 1],
      [side - s, side, 2],
      [0, side - s, 3],
    ][leg] as [number, number, number];
  };
  for (let k = 0; k < 2 * corners; k++) {
    const [x, y, quarter] = at(k);
    const yaw = (quarter * Math.PI) / 2 + (isReversed && k >= corners ? Math.PI : 0);
    poses.set([x, y, 0, 0, 0, Math.sin(yaw / 2), Math.cos(yaw / 2)], 7 * k);
  }
  return poses;
}

test("ties the second lap to the first, pose by pose", () => {
  const { from, to } = revisits(laps(10, false), { radius: 0.5 });
  const loops = [...to.keys()].filter((k) => to[k] - from[k] > 1).map((k) => [from[k], to[k]]);

  expect(loops).toEqual(Array.from({ length: 40 }, (_, k) => [k, 40 + k]));
});

test("ties to the first pose of a place, if asked to", () => {
  const { from, to } = revisits(laps(10, false), { radius: 4.5, tie: "first" });
  const last = [...to.keys()].filter((k) => to[k] === 46 && from[k] < 45);

  expect([...last].map((k) => from[k])).toEqual([2]);
});

test("does not know a place seen the other way round, or too soon, or by poses that do not look", () => {
  const loops = (truth: Float64Array, options: object): number => revisits(truth, { radius: 0.5, ...options }).to.length - 79;

  expect(loops(laps(10, true), {})).toBe(0);
  expect(loops(laps(10, true), { turn: 3.2 })).toBeGreaterThan(30);
  expect(loops(laps(10, false), { gap: 41 })).toBe(0);
  expect(loops(laps(10, false), { every: 4 })).toBe(10);
});

test("measures steps and loops each with their own noise, and weighs them by it", () => {
  const truth = laps(60, false);
  const { from, to, measurements, information } = revisits(truth, {
    radius: 0.5,
    sigma: { translation: 0.1, rotation: 0.01 },
    loopSigma: { translation: 1e-4, rotation: 1e-5 },
    seed: 3,
  });
  const relative = new Float64Array(7);
  const squares = { step: [] as number[], loop: [] as number[] };
  for (let k = 0; k < from.length; k++) {
    se3.relative(truth, 7 * from[k], truth, 7 * to[k], relative, 0);
    const isStep = to[k] - from[k] === 1;
    squares[isStep ? "step" : "loop"].push(...[0, 1, 2].map((i) => (measurements[7 * k + i] - relative[i]) ** 2));
    expectClose([information[21 * k], information[21 * k + 20]], isStep ? [1e2, 4e4] : [1e8, 4e10], 1e-9);
  }
  const deviation = (values: number[]): number => Math.sqrt(values.reduce((sum, v) => sum + v, 0) / values.length);

  expect(deviation(squares.step)).toBeGreaterThan(0.09);
  expect(deviation(squares.step)).toBeLessThan(0.11);
  expect(deviation(squares.loop)).toBeGreaterThan(0.9e-4);
  expect(deviation(squares.loop)).toBeLessThan(1.1e-4);
});

test("is the same in every bit for the same seed", () => {
  const [a, b, other] = [1, 1, 2].map((seed) => revisits(laps(10, false), { seed }).measurements);

  expect(a).toEqual(b);
  expect(a).not.toEqual(other);
});

test.each([
  { radius: -1 },
  { turn: Number.NaN },
  { gap: 1 },
  { every: 0 },
  { tie: "last" as never },
  { noise: -1 },
  { seed: 0.5 },
  { sigma: { translation: 0, rotation: 1 } },
  { loopSigma: { translation: 1, rotation: -1 } },
])("refuses %o", (options) => {
  expect(() => revisits(laps(10, false), options)).toThrow(OptionError);
});
