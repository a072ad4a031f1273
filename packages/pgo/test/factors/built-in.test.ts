import { fp64, tolerance } from "@slam/float";
import { se2, se3 } from "@slam/lie";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FACTOR_TAGS, factorOf } from "../../src/factors/built-in.ts";
import { measurementSize } from "../../src/factors/sets.ts";
import { planarPose, spatialPose } from "../arbitrary-pose.ts";
import { centralDifferences, errorOf, jacobiansOf } from "./differences.ts";

const half = Math.SQRT1_2;
const number = fc.double({ min: -8, max: 8, noNaN: true });

/** Variables and z of a factor: whatever a graph may hold. */
function inputsOf(tag: string): fc.Arbitrary<{ readonly x: readonly Float64Array[]; readonly z: Float64Array }> {
  const factor = FACTOR_TAGS.map(factorOf).find((one) => one.tag === tag)!;
  const pose = factor.dimension === 2 ? planarPose : spatialPose;
  const numbers = (n: number): fc.Arbitrary<Float64Array> =>
    fc.array(number, { minLength: n, maxLength: n }).map((values) => Float64Array.from(values));
  const variables = factor.variables.map((kind) => (kind === "pose" ? pose : numbers(factor.dimension)));
  const measurement = factor.measurement === "pose" ? pose : numbers(measurementSize(factor));
  const sensor = factor.hasSensor === true ? pose : numbers(0);
  return fc.tuple(fc.tuple(...variables), measurement, sensor).map(([x, z, offset]) => ({ x, z: Float64Array.of(...z, ...offset) }));
}

describe.each(FACTOR_TAGS)("%s", (tag) => {
  const factor = factorOf(tag);
  // Truncation h^2 f''' and rounding u f / h are of one size.
  const h = Math.cbrt(fp64.unitRoundoff);

  test("its Jacobians are the derivatives of its error under retract", () => {
    fc.assert(
      fc.property(inputsOf(tag), ({ x, z }) => {
        const e = errorOf(factor, x, z);
        // Where it jumps, or where a direction turns fast.
        fc.pre(factor.rows !== 6 || Math.hypot(e[3], e[4], e[5]) < 0.999);
        fc.pre(factor.rows !== 3 || factor.dimension !== 2 || Math.abs(e[2]) < 3.1);
        fc.pre(factor.rows !== 1 || (Math.abs(e[0]) < 3.1 && Math.hypot(x[1][0] - x[0][0], x[1][1] - x[0][1]) > 0.1));

        const differences = centralDifferences(factor, x, z, h);

        // A bearing's third derivative is up to 2 / 0.1^3.
        jacobiansOf(factor, x, z).forEach((J, v) => {
          expectClose(J, differences[v], 1e4 * h * h);
        });
      }),
    );
  });

  test("reads nothing but its arguments: the same numbers again give the same bits", () => {
    fc.assert(
      fc.property(inputsOf(tag), inputsOf(tag), (one, other) => {
        const [e, J] = [errorOf(factor, one.x, one.z), jacobiansOf(factor, one.x, one.z)];
        errorOf(factor, other.x, other.z);
        jacobiansOf(factor, other.x, other.z);

        expect(errorOf(factor, one.x, one.z)).toEqual(e);
        expect(jacobiansOf(factor, one.x, one.z)).toEqual(J);
      }),
    );
  });
});

describe("hand cases", () => {
  test("a prior of the plane is off by [1 2], turned back by the prior's quarter, and by an eighth turn", () => {
    const e = errorOf(factorOf("EDGE_PRIOR_SE2"), [Float64Array.of(4, 6, (3 * Math.PI) / 4)], Float64Array.of(3, 4, Math.PI / 2));

    expectClose(e, [2, -1, Math.PI / 4], tolerance(fp64, 4));
  });

  test("a landmark 3 m ahead and 1 m left of a pose that faces north", () => {
    const x = [Float64Array.of(10, 20, Math.PI / 2), Float64Array.of(9, 23)];

    expectClose(errorOf(factorOf("EDGE_SE2_XY"), x, Float64Array.of(2.5, 0.25)), [0.5, 0.75], tolerance(fp64, 100));
    expectClose(errorOf(factorOf("EDGE_BEARING_SE2_XY"), x, Float64Array.of(0.1)), [Math.atan2(1, 3) - 0.1], tolerance(fp64, 100));
  });

  test("bearings wrap: seen at 179 degrees, measured at -179, it is off by -2", () => {
    const degree = Math.PI / 180;
    const x = [Float64Array.of(0, 0, 0), Float64Array.of(Math.cos(179 * degree), Math.sin(179 * degree))];

    expectClose(errorOf(factorOf("EDGE_BEARING_SE2_XY"), x, Float64Array.of(-179 * degree)), [-2 * degree], tolerance(fp64, 10));
  });

  test("a landmark at the pose itself has a bearing without derivatives", () => {
    const x = [Float64Array.of(1, 2, 0.5), Float64Array.of(1, 2)];

    expect(jacobiansOf(factorOf("EDGE_BEARING_SE2_XY"), x, Float64Array.of(1))).toEqual([new Float64Array(3), new Float64Array(2)]);
  });

  test("a sensor 1 m ahead that looks left sees what is 3 m ahead and 2 m left 2 m ahead and 2 m right", () => {
    const x = [Float64Array.of(5, 5, 5, 0, 0, 0, 1), Float64Array.of(8, 7, 6)];
    const sensor = [1, 0, 0, 0, 0, half, half];

    const e = errorOf(factorOf("EDGE_SE3_TRACKXYZ"), x, Float64Array.of(0, 0, 0, ...sensor));

    expectClose(e, [2, -2, 1], tolerance(fp64, 4));
  });

  test("a prior of a sensor 1 m ahead on a pose that is where the sensor should be is off by that metre", () => {
    const e = errorOf(
      factorOf("EDGE_SE3_PRIOR"),
      [Float64Array.of(3, 4, 5, 0, 0, 0, 1)],
      Float64Array.of(3, 4, 5, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1),
    );

    expect(e).toEqual(Float64Array.of(1, 0, 0, 0, 0, 0));
  });
});

describe("g2o's definitions, by the groups' own operations", () => {
  test("EDGE_PRIOR_SE2 is Z^-1 X", () => {
    fc.assert(
      fc.property(planarPose, planarPose, (X, Z) => {
        const out = new Float64Array(3);
        se2.relative(Z, 0, X, 0, out, 0);
        fc.pre(Math.abs(out[2]) < 3.14);

        expectClose(errorOf(factorOf("EDGE_PRIOR_SE2"), [X], Z), out, tolerance(fp64, 64));
      }),
    );
  });

  test("EDGE_SE3_PRIOR is [t; vec q] of Z^-1 X O with w >= 0", () => {
    fc.assert(
      fc.property(spatialPose, spatialPose, spatialPose, (X, Z, O) => {
        const out = new Float64Array(7);
        se3.compose(X, 0, O, 0, out, 0);
        se3.relative(Z, 0, out.slice(), 0, out, 0);
        fc.pre(Math.abs(out[6]) > 1e-9);
        const sign = out[6] < 0 ? -1 : 1;

        const e = errorOf(factorOf("EDGE_SE3_PRIOR"), [X], Float64Array.of(...Z, ...O));

        expectClose(e, [...out.subarray(0, 3), ...out.subarray(3, 6).map((q) => sign * q)], tolerance(fp64, 128));
      }),
    );
  });

  test("EDGE_SE3_TRACKXYZ is (X O)^-1 l - z", () => {
    fc.assert(
      fc.property(spatialPose, spatialPose, fc.tuple(number, number, number), fc.tuple(number, number, number), (X, O, l, z) => {
        const sensor = new Float64Array(7);
        const seen = new Float64Array(3);
        se3.compose(X, 0, O, 0, sensor, 0);
        se3.inverse(sensor.slice(), 0, sensor, 0);
        se3.act(sensor, 0, Float64Array.from(l), 0, seen, 0);

        const e = errorOf(factorOf("EDGE_SE3_TRACKXYZ"), [X, Float64Array.from(l)], Float64Array.of(...z, ...O));

        expectClose(
          e,
          seen.map((p, a) => p - z[a]),
          tolerance(fp64, 256),
        );
      }),
    );
  });
});
