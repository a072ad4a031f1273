import { type AnyPrecision, fp16, fp32, fp64, tolerance } from "@slam/float";
import { se3 } from "@slam/lie";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { betweenSe3 } from "../src/between-se3.ts";
import { spatialPose } from "./arbitrary-pose.ts";

const half = Math.SQRT1_2;

function error(A: AnyPrecision, xi: Float64Array, xj: Float64Array, z: Float64Array): Float64Array {
  const e = new Float64Array(6);
  betweenSe3.error(A, Float64Array.of(...xi, ...xj), 0, 7, z, 0, e);
  return e;
}

function jacobians(A: AnyPrecision, xi: Float64Array, xj: Float64Array, z: Float64Array): Float64Array {
  const Ji = new Float64Array(36).fill(Number.NaN);
  const Jj = new Float64Array(36).fill(Number.NaN);
  betweenSe3.jacobians(A, Float64Array.of(...xi, ...xj), 0, 7, z, 0, Ji, Jj);
  return Float64Array.of(...Ji, ...Jj);
}

/** Z^-1 Xi^-1 Xj with w >= 0, by the group's own operations. */
function relativeError(xi: Float64Array, xj: Float64Array, z: Float64Array): Float64Array {
  const out = new Float64Array(7);
  se3.relative(xi, 0, xj, 0, out, 0);
  se3.relative(z, 0, out.slice(), 0, out, 0);
  return out.map((x, k) => (k >= 3 && out[6] < 0 ? -x : x));
}

/** At a half turn rounding chooses the sign of q: there the error jumps. */
function isFarFromHalfTurn(e: Float64Array): boolean {
  return e[6] > 0.01;
}

describe("hand cases", () => {
  test("from the origin, unturned, the error is the difference and half the sine of the turn", () => {
    const e = error(
      fp64,
      Float64Array.of(0, 0, 0, 0, 0, 0, 1),
      Float64Array.of(3, 5, 7, half, 0, 0, half),
      Float64Array.of(1, 2, 4, 0, 0, 0, 1),
    );

    expect(e).toEqual(Float64Array.of(2, 3, 3, half, 0, 0));
  });

  test("in the measurement's frame: a quarter turn about z takes 2 m ahead to 2 m right", () => {
    const e = error(
      fp64,
      Float64Array.of(1, 2, 0, 0, 0, half, half),
      Float64Array.of(1, 5, 1, 0, 0, 1, 0),
      Float64Array.of(1, 0, 0, 0, 0, half, half),
    );

    expectClose(e, [0, -2, 1, 0, 0, 0], tolerance(fp64, 4));
  });

  test("a quaternion and its negative are one rotation, in every place", () => {
    const xi = Float64Array.of(1, 2, 3, 0.5, 0.5, 0.5, 0.5);
    const xj = Float64Array.of(4, 6, 5, 0, 0.6, 0, 0.8);
    const z = Float64Array.of(1, 1, 2, 0.1, 0.1, 0.7, 0.7);
    const negative = (x: Float64Array): Float64Array => x.map((v, k) => (k < 3 ? v : -v));

    const e = error(fp64, xi, xj, z);

    expect(error(fp64, negative(xi), xj, z)).toEqual(e);
    expect(error(fp64, xi, negative(xj), z)).toEqual(e);
    expect(error(fp64, xi, xj, negative(z))).toEqual(e);
    expect(jacobians(fp64, negative(xi), xj, z)).toEqual(jacobians(fp64, xi, xj, z));
  });

  test("at zero error Jj = diag(1, 1/2), and Ji = -diag(1, 1/2) where nothing has moved", () => {
    const origin = Float64Array.of(0, 0, 0, 0, 0, 0, 1);

    const J = jacobians(fp64, origin, origin, origin);

    const diagonal = (k: number): number => (k % 7 === 0 ? (k < 21 ? 1 : 0.5) : 0);
    expectClose(J, [...Array.from({ length: 36 }, (_, k) => -diagonal(k)), ...Array.from({ length: 36 }, (_, k) => diagonal(k))], 0);
  });
});

test("is [t; vec q] of Z^-1 Xi^-1 Xj with w >= 0", () => {
  fc.assert(
    fc.property(spatialPose, spatialPose, spatialPose, (xi, xj, z) => {
      const expected = relativeError(xi, xj, z);
      fc.pre(expected[6] > tolerance(fp64, 4));

      expectClose(error(fp64, xi, xj, z), expected.subarray(0, 6), tolerance(fp64, 32));
    }),
  );
});

describe.each([fp32, fp16])("in $name arithmetic", (P: AnyPrecision) => {
  test("is as in fp64 but for 256 u", () => {
    fc.assert(
      fc.property(spatialPose, spatialPose, spatialPose, (xi, xj, z) => {
        fc.pre(isFarFromHalfTurn(relativeError(xi, xj, z)));

        expectClose(error(P, xi, xj, z), error(fp64, xi, xj, z), tolerance(P, 64));
        expectClose(jacobians(P, xi, xj, z), jacobians(fp64, xi, xj, z), tolerance(P, 64));
      }),
    );
  });

  test("every number is one of the format", () => {
    fc.assert(
      fc.property(spatialPose, spatialPose, spatialPose, (xi, xj, z) => {
        for (const x of [...error(P, xi, xj, z), ...jacobians(P, xi, xj, z)]) expect(P.round(x)).toBe(x);
      }),
    );
  });
});
