import { DimensionError, OptionError } from "@slam/errors";
import { type Similarity, transformPoses, umeyama } from "@slam/eval";
import { fp64, tolerance } from "@slam/float";
import { so3 } from "@slam/lie";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const half = Math.sqrt(0.5);
const u = tolerance(fp64, 16);

function moved({ scale, rotation, translation }: Similarity, points: Float64Array): Float64Array {
  const result = new Float64Array(points.length);
  for (let o = 0; o < points.length; o += 3) {
    so3.act(rotation, 0, points, o, result, o);
    for (let k = 0; k < 3; k++) result[o + k] = scale * result[o + k] + translation[k];
  }
  return result;
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0);
}

function squaredNorm(a: Float64Array): number {
  return squaredDistance(a, new Float64Array(a.length));
}

const tetrahedron = Float64Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3);

test("finds a quarter turn about z and a shift", () => {
  const reference = Float64Array.of(5, 6, 7, 5, 7, 7, 3, 6, 7, 5, 6, 10);
  const { scale, rotation, translation } = umeyama(reference, tetrahedron);

  expect(scale).toBe(1);
  expectClose(rotation, [0, 0, half, half], u);
  expectClose(translation, [5, 6, 7], u);
});

test("finds a scale when asked for it, and the rigid motion otherwise", () => {
  const reference = tetrahedron.map((x) => 2 * x + 1);

  expect(umeyama(reference, tetrahedron, { scale: true }).scale).toBeCloseTo(2, 14);
  expectClose(umeyama(reference, tetrahedron, { scale: true }).translation, [1, 1, 1], u);
  expect(umeyama(reference, tetrahedron).scale).toBe(1);
});

const coordinate = fc.double({ min: -10, max: 10, noNaN: true });
const rotation = fc
  .tuple(coordinate, coordinate, coordinate, coordinate)
  .filter((q) => Math.hypot(...q) > 0.1)
  .map((q) => {
    const x = Float64Array.from(q);
    so3.normalize(x, 0, x, 0);
    return x;
  });
const motion = fc
  .record({ scale: fc.double({ min: 0.1, max: 10, noNaN: true }), rotation, translation: fc.tuple(coordinate, coordinate, coordinate) })
  .map((m) => ({ ...m, translation: Float64Array.from(m.translation) }));
const cloud = (dimensions: number): fc.Arbitrary<Float64Array> =>
  fc
    .array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 3, maxLength: 12 })
    .map((points) => Float64Array.from(points.flatMap((p) => p.map((x, k) => (k < dimensions ? x : 0)))));

describe.each([
  ["in space", 3],
  ["in a plane", 2],
  ["on a line", 1],
])("of points %s", (_, dimensions) => {
  test("undoes a similarity", () => {
    fc.assert(
      fc.property(cloud(dimensions), motion, (points, truth) => {
        const reference = moved(truth, points);
        const found = umeyama(reference, points, { scale: true });
        // Counted in squares: points that leave a line by sqrt(64 u) of its length do not fix the turn about it.
        expect(squaredDistance(moved(found, points), reference)).toBeLessThanOrEqual(4 * u * squaredNorm(reference));
      }),
    );
  });

  test("is nowhere worse than another rigid motion", () => {
    fc.assert(
      fc.property(cloud(dimensions), cloud(3), motion, (points, others, other) => {
        const n = 3 * Math.min(points.length / 3, others.length / 3);
        const [estimate, reference] = [points.slice(0, n), others.slice(0, n)];
        const best = squaredDistance(moved(umeyama(reference, estimate), estimate), reference);
        const another = squaredDistance(moved({ ...other, scale: 1 }, estimate), reference);
        expect(best).toBeLessThanOrEqual(another + 4 * u * (squaredNorm(estimate) + squaredNorm(reference)));
      }),
    );
  });
});

test("never reflects, even where a mirror image would fit exactly", () => {
  const mirrored = tetrahedron.map((x, i) => (i % 3 === 2 ? -x : x));
  const found = umeyama(mirrored, tetrahedron);

  expect(squaredDistance(moved(found, tetrahedron), mirrored)).toBeGreaterThan(0.1);
  expect(Math.hypot(...found.rotation)).toBeCloseTo(1, 14);
});

test("takes the least of the rotations that are equally good", () => {
  const line = Float64Array.of(-1, 0, 0, 0, 0, 0, 1, 0, 0);
  const turned = Float64Array.of(0, -1, 0, 0, 0, 0, 0, 1, 0);

  expectClose(umeyama(line, line).rotation, [0, 0, 0, 1], u);
  expectClose(umeyama(turned, line).rotation, [0, 0, half, half], u);
});

test("only shifts a single point", () => {
  const found = umeyama(Float64Array.of(1, 2, 3), Float64Array.of(4, 4, 4), { scale: true });

  expect(found).toEqual({ scale: 1, rotation: Float64Array.of(0, 0, 0, 1), translation: Float64Array.of(-3, -2, -1) });
});

test("turns a line around that points the other way", () => {
  const line = Float64Array.of(-1, 0, 0, 0, 0, 0, 1, 0, 0);
  const opposite = line.map((x) => -x);

  expectClose(moved(umeyama(opposite, line), line), opposite, u);
});

test("refuses lengths that do not fit, and no points", () => {
  expect(() => umeyama(new Float64Array(6), new Float64Array(9))).toThrow(DimensionError);
  expect(() => umeyama(new Float64Array(7), new Float64Array(7))).toThrow(DimensionError);
  expect(() => umeyama(new Float64Array(0), new Float64Array(0))).toThrow(OptionError);
  expect(() => transformPoses(umeyama(tetrahedron, tetrahedron), new Float64Array(8))).toThrow(DimensionError);
});

test("transformPoses moves positions by the similarity and turns the rotations", () => {
  const similarity = { scale: 2, rotation: Float64Array.of(0, 0, half, half), translation: Float64Array.of(1, 2, 3) };
  const poses = Float64Array.of(4, 5, 6, half, 0, 0, half);

  expectClose(transformPoses(similarity, poses), [-9, 10, 15, 0.5, 0.5, 0.5, 0.5], u);
});
