import { se2 } from "@slam/lie";
import { ArenaPool } from "@slam/wasm";
import fc from "fast-check";
import { expect, test } from "vitest";
import { retractEngine } from "../src/retract-engine.ts";
import { planarPose } from "./arbitrary-pose.ts";

/** The group's own retraction of each pose that has a column. */
function retracted(poses: Float64Array, column: Int32Array, dx: Float64Array): Float64Array {
  const moved = poses.slice();
  column.forEach((k, pose) => {
    if (k >= 0) se2.retract(poses, 3 * pose, dx, 3 * k, moved, 3 * pose);
  });
  return moved;
}

test("a quarter turn on the spot and a step ahead lead to the side", () => {
  const poses = Float64Array.of(1, 2, 0);
  const move = retractEngine(Int32Array.of(0), 3, new ArenaPool());

  move(poses, Float64Array.of(0, 0, Math.PI / 4));
  move(poses, Float64Array.of(0, 0, Math.PI / 4));
  move(poses, Float64Array.of(1, 0, 0));

  expect(poses[0]).toBeCloseTo(1, 12);
  expect(poses[1]).toBeCloseTo(3, 12);
  expect(poses[2]).toBeCloseTo(Math.PI / 2, 12);
});

const size = fc.constantFrom(1e-300, 1e-9, 2 ** -11, 0.01, 0.999);
const tangent = fc.tuple(
  fc.double({ min: -9, max: 9, noNaN: true }),
  fc.double({ min: -9, max: 9, noNaN: true }),
  size,
  fc.double({ min: -1, max: 1, noNaN: true }),
);

test("moves as the group does, bit for bit, and leaves poses without a column", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(planarPose, tangent, fc.boolean()), { maxLength: 5 }), (cases) => {
      const poses = Float64Array.from(cases.flatMap(([pose]) => [...pose]));
      let next = 0;
      const column = Int32Array.from(cases, ([, , isFree]) => (isFree ? next++ : -1));
      const dx = Float64Array.from(cases.filter(([, , isFree]) => isFree).flatMap(([, [x, y, omega, share]]) => [x, y, omega * share]));
      const expected = retracted(poses, column, dx);

      expect(retractEngine(column, dx.length, new ArenaPool())(poses, dx)).toBe(true);

      expect(poses).toEqual(expected);
    }),
  );
});

test("of more poses than one call takes none is left out, and turns end in [-pi, pi)", () => {
  const count = 1100;
  const poses = Float64Array.from({ length: 3 * count }, (_, k) => (k % 3 === 2 ? 3.1 - (k % 7) : k));
  const dx = Float64Array.from({ length: 3 * count }, (_, k) => Math.sign((k % 5) - 2) * 0.9);
  const column = Int32Array.from({ length: count }, (_, k) => count - 1 - k);
  const expected = retracted(poses, column, dx);

  expect(retractEngine(column, dx.length, new ArenaPool())(poses, dx)).toBe(true);

  expect(poses).toEqual(expected);
});

test.each([
  ["a turn of 1 and more", [0, 0, 0], [0, 0, 1]],
  ["a turn that is no number", [0, 0, 0], [0, 0, Number.NaN]],
  ["an angle beyond the reduction's", [0, 0, 2 ** 20], [0, 0, 0]],
  ["an angle that two turns do not wrap", [0, 0, 4 * Math.PI], [1, 0, 0.5]],
])("%s is left to the group, nothing being written", (_, pose, xi) => {
  const poses = Float64Array.from(pose);

  expect(retractEngine(Int32Array.of(0), 3, new ArenaPool())(poses, Float64Array.from(xi))).toBe(false);

  expect(poses).toEqual(Float64Array.from(pose));
});
