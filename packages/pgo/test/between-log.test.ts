import { fp64, tolerance } from "@slam/float";
import { se3 } from "@slam/lie";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { logSe3 } from "../src/between-log.ts";
import { spatialPose } from "./arbitrary-pose.ts";

const IDENTITY = Float64Array.of(0, 0, 0, 0, 0, 0, 1);

function error(xi: Float64Array, xj: Float64Array, z: Float64Array): Float64Array {
  const e = new Float64Array(6);
  logSe3.error(fp64, Float64Array.of(...xi, ...xj), 0, 7, z, 0, e);
  return e;
}

/** X Exp(xi) */
function moved(X: Float64Array, xi: ArrayLike<number>): Float64Array {
  const out = new Float64Array(7);
  se3.retract(X, 0, Float64Array.from(xi), 0, out, 0);
  return out;
}

/** A tangent whose angle is the given one. */
const tangent = fc
  .tuple(
    fc.tuple(...Array.from({ length: 6 }, () => fc.double({ min: -1, max: 1, noNaN: true }))),
    fc.constantFrom(0, 1e-160, 1e-12, 1e-8, 1e-4, 0.1, 1, 2, 3, Math.PI - 1e-3),
  )
  .filter(([xi]) => Math.hypot(xi[3], xi[4], xi[5]) > 0.1)
  .map(([xi, angle]) => xi.map((x, k) => (k < 3 ? x : (x * angle) / Math.hypot(xi[3], xi[4], xi[5]))));

describe("hand cases", () => {
  test("a quarter turn about z with 1 m ahead is an arc of pi/2 about its centre", () => {
    const e = error(IDENTITY, Float64Array.of(1, 1, 3, 0, 0, Math.SQRT1_2, Math.SQRT1_2), IDENTITY);

    // From the origin, heading along x, around (0, 1) to (1, 1): an arc of radius 1.
    expectClose(e, [Math.PI / 2, 0, 3, 0, 0, Math.PI / 2], tolerance(fp64, 4));
  });

  test("without a turn it is the translation, and its derivatives are -I and I", () => {
    const Ji = new Float64Array(36);
    const Jj = new Float64Array(36);
    logSe3.jacobians(fp64, Float64Array.of(...IDENTITY, ...IDENTITY), 0, 7, IDENTITY, 0, Ji, Jj);

    const identity = Float64Array.from({ length: 36 }, (_, k) => (k % 7 === 0 ? 1 : 0));
    expect(error(IDENTITY, Float64Array.of(1, 2, 3, 0, 0, 0, 1), IDENTITY)).toEqual(Float64Array.of(1, 2, 3, 0, 0, 0));
    expectClose(Jj, identity, 0);
    expectClose(
      Ji,
      identity.map((x) => -x),
      0,
    );
  });
});

test("is the group's own logarithm of Z^-1 Xi^-1 Xj, for any turn below a half", () => {
  fc.assert(
    fc.property(spatialPose, spatialPose, tangent, (xi, z, e) => {
      const predicted = new Float64Array(7);
      se3.compose(xi, 0, z, 0, predicted, 0);

      expectClose(error(xi, moved(predicted, e), z), e, tolerance(fp64, 64));
    }),
  );
});

test("keeps all digits of a small turn: nothing cancels at zero", () => {
  for (const angle of [1e-3, 1e-8, 1e-20, 1e-150]) {
    const [, , , ...turn] = error(IDENTITY, moved(IDENTITY, [1, 2, 3, 0.6 * angle, 0, 0.8 * angle]), IDENTITY);

    expectClose(
      turn.map((x) => x / angle),
      [0.6, 0, 0.8],
      tolerance(fp64, 4),
    );
  }
});

test("derivatives are those of central differences, from no turn at all to nearly a half", () => {
  fc.assert(
    fc.property(spatialPose, spatialPose, tangent, (xi, z, e) => {
      const predicted = new Float64Array(7);
      se3.compose(xi, 0, z, 0, predicted, 0);
      const xj = moved(predicted, e);
      const Ji = new Float64Array(36);
      const Jj = new Float64Array(36);
      logSe3.jacobians(fp64, Float64Array.of(...xi, ...xj), 0, 7, z, 0, Ji, Jj);
      const h = Math.cbrt(fp64.unitRoundoff);

      for (let k = 0; k < 6; k++) {
        const step = (sign: number): number[] => Array.from({ length: 6 }, (_, j) => (j === k ? sign * h : 0));
        const ofFrom = difference(error(moved(xi, step(1)), xj, z), error(moved(xi, step(-1)), xj, z), h);
        const ofTo = difference(error(xi, moved(xj, step(1)), z), error(xi, moved(xj, step(-1)), z), h);

        // Truncation h^2 f''' and rounding u f / h are of one size.
        expectClose(
          ofFrom,
          ofFrom.map((_, a) => Ji[6 * a + k]),
          1e3 * h * h,
        );
        expectClose(
          ofTo,
          ofTo.map((_, a) => Jj[6 * a + k]),
          1e3 * h * h,
        );
      }
    }),
  );
});

function difference(ahead: Float64Array, behind: Float64Array, h: number): Float64Array {
  return ahead.map((x, a) => (x - behind[a]) / (2 * h));
}
