import { type AnyPrecision, fp16, fp32, fp64, tolerance } from "@slam/float";
import { sim3 } from "@slam/lie";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { betweenSim3 } from "../src/between-sim3.ts";
import { similarPose } from "./arbitrary-pose.ts";

const IDENTITY = Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1);

function error(A: AnyPrecision, xi: Float64Array, xj: Float64Array, z: Float64Array): Float64Array {
  const e = new Float64Array(7);
  betweenSim3.error(A, Float64Array.of(...xi, ...xj), 0, 8, z, 0, e);
  return e;
}

function jacobians(A: AnyPrecision, xi: Float64Array, xj: Float64Array, z: Float64Array): { Ji: Float64Array; Jj: Float64Array } {
  const Ji = new Float64Array(49).fill(Number.NaN);
  const Jj = new Float64Array(49).fill(Number.NaN);
  betweenSim3.jacobians(A, Float64Array.of(...xi, ...xj), 0, 8, z, 0, Ji, Jj);
  return { Ji, Jj };
}

/** X Exp(xi) */
function moved(X: Float64Array, xi: ArrayLike<number>): Float64Array {
  const out = new Float64Array(8);
  sim3.retract(X, 0, Float64Array.from(xi), 0, out, 0);
  return out;
}

/** The tangent of an error whose angle is below 3. */
const tangent = fc
  .tuple(
    fc.tuple(...Array.from({ length: 7 }, () => fc.double({ min: -1, max: 1, noNaN: true }))),
    fc.constantFrom(0, 1e-160, 1e-12, 1e-8, 1e-4, 0.1, 1, 2, 3),
    fc.constantFrom(0, 1e-160, 1e-12, 1e-8, 1e-4, 0.1, 1),
  )
  .filter(([xi]) => Math.hypot(xi[3], xi[4], xi[5]) > 0.1)
  .map(([xi, angle, scale]) => xi.map((x, k) => (k < 3 ? x : k < 6 ? (x * angle) / Math.hypot(xi[3], xi[4], xi[5]) : x * scale)));

describe("hand cases", () => {
  test("where nothing turns and nothing grows it is the difference, and its derivatives are -I and I", () => {
    const { Ji, Jj } = jacobians(fp64, IDENTITY, IDENTITY, IDENTITY);
    const identity = Float64Array.from({ length: 49 }, (_, k) => (k % 8 === 0 ? 1 : 0));

    expect(error(fp64, IDENTITY, Float64Array.of(3, 5, 7, 0, 0, 0, 1, 1), Float64Array.of(1, 2, 4, 0, 0, 0, 1, 1))).toEqual(
      Float64Array.of(2, 3, 3, 0, 0, 0, 0),
    );
    expectClose(Jj, identity, 0);
    expectClose(
      Ji,
      identity.map((x) => -x),
      0,
    );
  });

  test("a measured step of 1 in units of 2 is one of 2; a scale of 4 where 2 was measured is off by log 2", () => {
    const xi = Float64Array.of(10, 0, 0, 0, 0, 0, 1, 2);
    const z = Float64Array.of(1, 0, 0, 0, 0, 0, 1, 2);

    expect(error(fp64, xi, Float64Array.of(12, 0, 0, 0, 0, 0, 1, 4), z)).toEqual(new Float64Array(7));
    expectClose(error(fp64, xi, Float64Array.of(12, 0, 0, 0, 0, 0, 1, 8), z), [0, 0, 0, 0, 0, 0, Math.LN2], tolerance(fp64, 1));
  });

  test("g2o's error, log(C S1 S2^-1) of the inverses, is the same numbers", () => {
    const [xi, xj, z] = [
      Float64Array.of(1, 2, 3, 0.5, 0.5, 0.5, 0.5, 2),
      Float64Array.of(4, 6, 5, 0, 0.6, 0, 0.8, 3),
      Float64Array.of(1, 1, 2, 0.1, 0.1, 0.7, 0.7, 1.25),
    ];
    const [s1, s2, c] = [xi, xj, z].map((X) => {
      const S = new Float64Array(8);
      sim3.inverse(X, 0, S, 0);
      return S;
    });
    const product = new Float64Array(8);
    sim3.inverse(s2, 0, product, 0);
    sim3.compose(s1, 0, product, 0, product, 0);
    sim3.compose(c, 0, product, 0, product, 0);
    const expected = new Float64Array(7);
    sim3.log(product, 0, expected, 0);

    expectClose(error(fp64, xi, xj, z), expected, tolerance(fp64, 16));
  });
});

test("is the group's own logarithm, for any turn below a half", () => {
  fc.assert(
    fc.property(similarPose, similarPose, tangent, (xi, z, e) => {
      const predicted = new Float64Array(8);
      sim3.compose(xi, 0, z, 0, predicted, 0);

      // Of 20 m at most, in units of a third of a metre at least.
      expectClose(error(fp64, xi, moved(predicted, e), z), e, tolerance(fp64, 1024));
    }),
  );
});

test("Jacobians are the difference quotients", () => {
  fc.assert(
    fc.property(similarPose, similarPose, tangent, (xi, z, e) => {
      const predicted = new Float64Array(8);
      sim3.compose(xi, 0, z, 0, predicted, 0);
      const xj = moved(predicted, e);
      const { Ji, Jj } = jacobians(fp64, xi, xj, z);
      const h = 2 ** -17;
      for (let k = 0; k < 7; k++) {
        const step = (size: number): number[] => Array.from({ length: 7 }, (_, a) => (a === k ? size : 0));
        const quotient = (f: (size: number) => Float64Array): Float64Array => {
          const behind = f(-h);
          return f(h).map((x, a) => (x - behind[a]) / (2 * h));
        };
        const column = (J: Float64Array): Float64Array => J.filter((_, at) => at % 7 === k);

        expectClose(
          quotient((size) => error(fp64, moved(xi, step(size)), xj, z)),
          column(Ji),
          1e-8,
        );
        expectClose(
          quotient((size) => error(fp64, xi, moved(xj, step(size)), z)),
          column(Jj),
          1e-8,
        );
      }
    }),
    { numRuns: 60 },
  );
});

describe.each([fp32, fp16])("in $name arithmetic", (P: AnyPrecision) => {
  test("is as in fp64 but for the rounding of its operands and results", () => {
    fc.assert(
      fc.property(similarPose, similarPose, tangent, (xi, z, e) => {
        fc.pre(Math.hypot(e[3], e[4], e[5]) < 2);
        const predicted = new Float64Array(8);
        sim3.compose(xi, 0, z, 0, predicted, 0);
        const xj = moved(predicted, e);

        // Differences of 30 m in units of a ninth of a metre.
        expectClose(error(P, xi, xj, z), error(fp64, xi, xj, z), tolerance(P, 1024));
      }),
    );
  });

  test("every number is one of the format", () => {
    fc.assert(
      fc.property(similarPose, similarPose, similarPose, (xi, xj, z) => {
        const { Ji, Jj } = jacobians(P, xi, xj, z);
        for (const x of [...error(P, xi, xj, z), ...Ji, ...Jj]) expect(P.round(x)).toBe(x);
      }),
    );
  });
});
