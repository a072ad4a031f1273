import { fp64, tolerance } from "@slam/float";
import { se2, se3 } from "@slam/lie";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BetweenFactor } from "../src/between.ts";
import { ceresSe2, ceresSe3 } from "../src/between-ceres.ts";
import { planarPose, spatialPose } from "./arbitrary-pose.ts";

const half = Math.SQRT1_2;

function error(factor: BetweenFactor, xi: Float64Array, xj: Float64Array, z: Float64Array): Float64Array {
  const e = new Float64Array(factor.dof);
  factor.error(fp64, Float64Array.of(...xi, ...xj), 0, xi.length, z, 0, e);
  return e;
}

/** The product of quaternions x y z w. */
function product([ax, ay, az, aw]: readonly number[], [bx, by, bz, bw]: readonly number[]): number[] {
  return [
    aw * bx + bw * ax + ay * bz - az * by,
    aw * by + bw * ay + az * bx - ax * bz,
    aw * bz + bw * az + ax * by - ay * bx,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
}

describe("hand cases", () => {
  test("in the plane the translation stays in the frame of the first pose: 2 m ahead are 2 m ahead, whatever way the measurement turned", () => {
    const e = error(ceresSe2, Float64Array.of(1, 2, Math.PI / 2), Float64Array.of(1, 5, Math.PI), Float64Array.of(1, 0, Math.PI / 4));

    expectClose(e, [2, 0, Math.PI / 4], tolerance(fp64, 4));
  });

  test("in space, too, and the turn is that from the estimate to the measurement: a quarter less than nothing", () => {
    const e = error(
      ceresSe3,
      Float64Array.of(1, 2, 0, 0, 0, half, half),
      Float64Array.of(1, 5, 1, 0, 0, 1, 0),
      Float64Array.of(1, 0, 0, 0, 0, 0, 1),
    );

    expectClose(e, [2, 0, 1, 0, 0, -2 * half], tolerance(fp64, 4));
  });
});

test("in the plane it is [Ri'(tj - ti) - tz; wrap(theta_j - theta_i - theta_z)]", () => {
  fc.assert(
    fc.property(planarPose, planarPose, planarPose, (xi, xj, z) => {
      const relative = new Float64Array(3);
      se2.relative(xi, 0, xj, 0, relative, 0);

      const e = error(ceresSe2, xi, xj, z);

      expectClose(e.subarray(0, 2), [relative[0] - z[0], relative[1] - z[1]], tolerance(fp64, 32));
      expect(Math.cos(e[2] - (xj[2] - xi[2] - z[2]))).toBeGreaterThan(1 - tolerance(fp64, 4));
    }),
  );
});

test("in space it is [Ri'(tj - ti) - tz; 2 vec(qz conj(conj(qi) qj))] with w >= 0", () => {
  fc.assert(
    fc.property(spatialPose, spatialPose, spatialPose, (xi, xj, z) => {
      const relative = new Float64Array(7);
      se3.relative(xi, 0, xj, 0, relative, 0);
      const [, , , x, y, r, w] = relative;
      const q = product([...z.subarray(3)], [-x, -y, -r, w]);
      fc.pre(Math.abs(q[3]) > tolerance(fp64, 4));

      const e = error(ceresSe3, xi, xj, z);

      const turn = q.slice(0, 3).map((part) => 2 * Math.sign(q[3]) * part);
      expectClose(e, [relative[0] - z[0], relative[1] - z[1], relative[2] - z[2], ...turn], tolerance(fp64, 32));
    }),
  );
});
