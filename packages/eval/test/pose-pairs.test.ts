import { DimensionError, OptionError } from "@slam/errors";
import { type DeltaUnit, type PosePairOptions, planarPoses, posePairs } from "@slam/eval";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { posesOf } from "./trajectories.ts";

/** Poses on the x axis, facing along it. */
const along = (...x: readonly number[]): Float64Array => planarPoses(Float64Array.from(x.flatMap((each) => [each, 0, 0])));

/** Turned on the spot to these degrees. */
const turnedTo = (...degrees: readonly number[]): Float64Array =>
  planarPoses(Float64Array.from(degrees.flatMap((each) => [0, 0, (each * Math.PI) / 180])));

function pairs(poses: Float64Array, options: PosePairOptions): [from: number, to: number][] {
  const { from, to } = posePairs(poses, options);
  return Array.from(from, (i, k) => [i, to[k]]);
}

describe("by frames", () => {
  test("follow each other, the rest left out", () => {
    expect(pairs(along(0, 1, 2, 3, 4, 5), { delta: 2 })).toEqual([
      [0, 2],
      [2, 4],
    ]);
  });

  test("begin at each pose when all are wanted", () => {
    expect(pairs(along(0, 1, 2, 3), { delta: 2, allPairs: true })).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  test("are none of too few poses", () => {
    expect(pairs(along(0, 1), { delta: 2 })).toEqual([]);
    expect(pairs(along(), { delta: 1, allPairs: true })).toEqual([]);
  });
});

describe("by metres", () => {
  test("end where the path has reached delta since the last end, from the first end on", () => {
    // The path since the last end: 0.6, 1.2 | 0.6, 1.2 | 0.1, 1.1 |
    expect(pairs(along(0, 0.6, 1.2, 0.6, 0, 0.1, 1.1), { delta: 1, unit: "m" })).toEqual([
      [2, 4],
      [4, 6],
    ]);
  });

  test("count the path and not the distance, when all are wanted", () => {
    // There and back: 1 m of path from 0 to 2 and from 1 to 3.
    expect(pairs(along(0, 0.5, 0, 0.5), { delta: 1, unit: "m", allPairs: true })).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  test("take the nearest within the tolerance, of a stand its first pose", () => {
    const poses = along(0, 0.95, 0.95, 1.5);

    expect(pairs(poses, { delta: 1, unit: "m", allPairs: true })).toEqual([[0, 1]]);
    expect(pairs(poses, { delta: 1, unit: "m", allPairs: true, tolerance: 0.01 })).toEqual([]);
    expect(pairs(poses, { delta: 1, unit: "m", allPairs: true, tolerance: 0.5 })).toEqual([
      [0, 1],
      [1, 3],
      [2, 3],
    ]);
  });

  test("are the search through all paths", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 12 }), fc.double({ min: 0, max: 2, noNaN: true }), (moves, delta, tolerance) => {
        let x = 0;
        const poses = along(...moves.map((step) => (x += step)));
        const expected: [number, number][] = [];
        for (let i = 0; i + 1 < moves.length; i++) {
          const off = moves.slice(i + 1).map((_, k) => Math.abs(poses[7 * (i + 1 + k)] - poses[7 * i] - delta));
          const least = Math.min(...off);
          if (least <= delta * tolerance) expected.push([i, i + 1 + off.indexOf(least)]);
        }
        expect(pairs(poses, { delta, unit: "m", allPairs: true, tolerance })).toEqual(expected);
      }),
    );
  });
});

describe("by angle", () => {
  test("end where the turns add up to delta, from pose 0 on", () => {
    const poses = turnedTo(0, 30, 0, 31, 60, 61);

    expect(pairs(poses, { delta: 59, unit: "d" })).toEqual([
      [0, 2],
      [2, 4],
    ]);
    expect(pairs(poses, { delta: (59 * Math.PI) / 180, unit: "r" })).toEqual(pairs(poses, { delta: 59, unit: "d" }));
  });

  test("are those whose relative turn is delta, when all are wanted", () => {
    expect(pairs(turnedTo(0, 44, -3, 90), { delta: 45, unit: "d", allPairs: true })).toEqual([
      [0, 1],
      [1, 2],
      [1, 3],
    ]);
  });

  test("take the short way round", () => {
    expect(pairs(turnedTo(170, -170), { delta: 20, unit: "d", allPairs: true })).toEqual([[0, 1]]);
  });
});

test("go forward in each unit, consecutive ones each from where the last one ended", () => {
  fc.assert(
    fc.property(posesOf(8), fc.constantFrom<DeltaUnit>("f", "m", "d", "r"), fc.boolean(), (poses, unit, allPairs) => {
      const found = pairs(poses, { delta: 1, unit, allPairs });
      expect(found.every(([i, j]) => i < j)).toBe(true);
      if (!allPairs) expect(found.slice(1).every(([i], k) => i === found[k][1])).toBe(true);
    }),
  );
});

test("refuse what is out of range", () => {
  const poses = along(0, 1);

  expect(() => posePairs(poses.subarray(1))).toThrow(DimensionError);
  expect(() => posePairs(poses, { delta: 0 })).toThrow(OptionError);
  expect(() => posePairs(poses, { delta: 1.5 })).toThrow(OptionError);
  expect(() => posePairs(poses, { delta: -1, unit: "m" })).toThrow(OptionError);
  expect(() => posePairs(poses, { delta: 181, unit: "d" })).toThrow(OptionError);
  expect(() => posePairs(poses, { delta: 3.2, unit: "r" })).toThrow(OptionError);
  expect(() => posePairs(poses, { tolerance: -0.1 })).toThrow(OptionError);
  expect(() => posePairs(poses, { unit: "s" as DeltaUnit })).toThrow(OptionError);
});
