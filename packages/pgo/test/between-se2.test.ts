import { type AnyPrecision, fp16, fp32, fp64, tolerance } from "@slam/float";
import { se2 } from "@slam/lie";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { betweenSe2 } from "../src/between-se2.ts";
import { planarPose } from "./arbitrary-pose.ts";

const half = Math.PI / 2;

function error(A: AnyPrecision, xi: Float64Array, xj: Float64Array, z: Float64Array): Float64Array {
  const e = new Float64Array(3);
  betweenSe2.error(A, Float64Array.of(...xi, ...xj), 0, 3, z, 0, e);
  return e;
}

function jacobians(A: AnyPrecision, xi: Float64Array, xj: Float64Array, z: Float64Array): Float64Array {
  const Ji = new Float64Array(9).fill(Number.NaN);
  const Jj = new Float64Array(9).fill(Number.NaN);
  betweenSe2.jacobians(A, Float64Array.of(...xi, ...xj), 0, 3, z, 0, Ji, Jj);
  return Float64Array.of(...Ji, ...Jj);
}

/** The same angle, next to `near`. */
function near(angle: number, near: number): number {
  return angle + 2 * Math.PI * Math.round((near - angle) / (2 * Math.PI));
}

describe("hand cases", () => {
  test("from the origin, unturned, the error is the difference", () => {
    const e = error(fp64, Float64Array.of(0, 0, 0), Float64Array.of(3, 5, half), Float64Array.of(1, 2, 0));

    expect(e).toEqual(Float64Array.of(2, 3, half));
  });

  test("two quarter turns: 3 m ahead, 1 m expected, seen from the measurement to its right", () => {
    const e = error(fp64, Float64Array.of(1, 2, half), Float64Array.of(1, 5, Math.PI), Float64Array.of(1, 0, half));

    expectClose(e, [0, -2, 0], tolerance(fp64, 4));
  });

  test("angles are compared around the circle", () => {
    const e = error(fp64, Float64Array.of(0, 0, 3), Float64Array.of(0, 0, -3), Float64Array.of(0, 0, 0.25));

    expectClose(e, [0, 0, 2 * Math.PI - 6.25], tolerance(fp64, 4));
  });

  test("from the origin, unturned, with an unturned measurement: Ji = [-1 0 vy; 0 -1 -vx; 0 0 -1], Jj = Rj", () => {
    const J = jacobians(fp64, Float64Array.of(0, 0, 0), Float64Array.of(3, 5, half), Float64Array.of(1, 2, 0));

    expectClose(J, [-1, 0, 5, 0, -1, -3, 0, 0, -1, 0, -1, 0, 1, 0, 0, 0, 0, 1], tolerance(fp64, 1));
  });
});

test("is Z^-1 Xi^-1 Xj", () => {
  fc.assert(
    fc.property(planarPose, planarPose, planarPose, (xi, xj, z) => {
      const expected = new Float64Array(3);
      se2.relative(xi, 0, xj, 0, expected, 0);
      se2.relative(z, 0, expected.slice(), 0, expected, 0);

      const e = error(fp64, xi, xj, z);

      expected[2] = near(expected[2], e[2]);
      expectClose(e, expected, tolerance(fp64, 32));
      expect(Math.abs(e[2])).toBeLessThanOrEqual(Math.PI);
    }),
  );
});

describe.each([fp32, fp16])("in $name arithmetic", (P: AnyPrecision) => {
  test("is as in fp64 but for 256 u", () => {
    fc.assert(
      fc.property(planarPose, planarPose, planarPose, (xi, xj, z) => {
        const expected = error(fp64, xi, xj, z);
        const e = error(P, xi, xj, z);

        expected[2] = near(expected[2], e[2]);
        expectClose(e, expected, tolerance(P, 64));
        expectClose(jacobians(P, xi, xj, z), jacobians(fp64, xi, xj, z), tolerance(P, 64));
      }),
    );
  });

  test("every number is one of the format", () => {
    fc.assert(
      fc.property(planarPose, planarPose, planarPose, (xi, xj, z) => {
        for (const x of [...error(P, xi, xj, z), ...jacobians(P, xi, xj, z)]) expect(P.round(x)).toBe(x);
      }),
    );
  });
});
