import { fp64, tolerance } from "@slam/float";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalizeQuaternion, quaternionFromRpy, rpyFromQuaternion } from "../../src/io/quaternion.ts";

const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });

/** |q . p|: 1 for the same rotation. */
function alike(q: Float64Array, p: Float64Array): number {
  return Math.abs(q.reduce((sum, x, i) => sum + x * p[i], 0));
}

describe("normalizeQuaternion", () => {
  test("divides by the length in place, at an offset", () => {
    const values = Float64Array.of(9, 0, 3, 0, -4, 9);

    const done = normalizeQuaternion(values, 1);

    expect(done).toBe(true);
    expect(values).toEqual(Float64Array.of(9, 0, 0.6, 0, -0.8, 9));
  });

  test("returns false for zero", () => {
    expect(normalizeQuaternion(new Float64Array(4), 0)).toBe(false);
  });

  test("changes nothing the second time, whatever the length", () => {
    const x = fc.double({ noNaN: true, noDefaultInfinity: true });

    fc.assert(
      fc.property(fc.tuple(x, x, x, x), (xs) => {
        const once = Float64Array.from(xs);
        fc.pre(normalizeQuaternion(once, 0));
        const twice = once.slice();
        normalizeQuaternion(twice, 0);

        expect(twice).toEqual(once);
        expect(Math.abs(alike(once, once) - 1)).toBeLessThanOrEqual(tolerance(fp64, 4));
      }),
    );
  });
});

describe("roll, pitch, yaw", () => {
  const h = Math.SQRT1_2;

  test.each([
    ["x", [Math.PI / 2, 0, 0], [h, 0, 0, h]],
    ["y", [0, Math.PI / 2, 0], [0, h, 0, h]],
    ["z", [0, 0, Math.PI / 2], [0, 0, h, h]],
  ])("are about %s", (_, [roll, pitch, yaw], quaternion) => {
    const q = quaternionFromRpy(roll!, pitch!, yaw!);

    for (let i = 0; i < 4; i++) expect(Math.abs(q[i] - quaternion[i])).toBeLessThanOrEqual(tolerance(fp64, 1));
  });

  test("turn about x first, then y, then z", () => {
    // Rz(a) Ry(a) Rx(a) is Ry(a) for a quarter turn a; the other order, Rx(a) Ry(a) Rz(a), is Ry(a) Rz(2 a).
    const q = quaternionFromRpy(Math.PI / 2, Math.PI / 2, Math.PI / 2);

    expect(alike(q, Float64Array.of(0, h, 0, h))).toBeGreaterThanOrEqual(1 - tolerance(fp64, 4));
  });

  test("come back as the same angles below a pitch of a quarter turn", () => {
    const low = fc.double({ min: -1.5, max: 1.5, noNaN: true });

    fc.assert(
      fc.property(angle, low, angle, (roll, pitch, yaw) => {
        const back = rpyFromQuaternion(quaternionFromRpy(roll, pitch, yaw));

        // cos(1.5) = 0.07: roll and yaw are determined to some 14 u only.
        [roll, pitch, yaw].forEach((x, i) => {
          const difference = Math.abs(back[i] - x);
          expect(Math.min(difference, 2 * Math.PI - difference)).toBeLessThanOrEqual(tolerance(fp64, 64));
        });
      }),
    );
  });

  test("come back as the same rotation at and near a pitch of a quarter turn", () => {
    const steep = fc.oneof(fc.constantFrom(Math.PI / 2, -Math.PI / 2), fc.double({ min: 1.57079, max: 1.5708, noNaN: true }));

    fc.assert(
      fc.property(angle, steep, angle, (roll, pitch, yaw) => {
        const q = quaternionFromRpy(roll, pitch, yaw);
        const [r, p, y] = rpyFromQuaternion(q);

        expect(alike(quaternionFromRpy(r, p, y), q)).toBeGreaterThanOrEqual(1 - tolerance(fp64, 16));
      }),
    );
  });
});
