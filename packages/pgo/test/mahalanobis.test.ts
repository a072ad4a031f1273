import { DimensionError, OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { se2, se3 } from "@slam/lie";
import { presetPolicy } from "@slam/nlls";
import { manhattan, type PoseGraphWorld, Random, sphere } from "@slam/sim";
import { inverse } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { betweenSe2 } from "../src/between-se2.ts";
import { betweenSe3 } from "../src/between-se3.ts";
import type { PoseGraph } from "../src/graph.ts";
import { mahalanobis } from "../src/mahalanobis.ts";
import { isMarginals, type Marginals, recoverMarginals } from "../src/marginals.ts";
import { start } from "../src/solve.ts";
import { propagated, symmetric } from "./dense-covariance.ts";
import { drawInformation, loopyGraph } from "./loopy-graph.ts";
import { worldGraph } from "./world-graph.ts";

/** On a slow machine. */
const MINUTE = 60_000;

function marginalsOf(graph: PoseGraph, arenas: ArenaPool = new ArenaPool()): Marginals {
  const marginals = recoverMarginals(graph, { arenas });
  if (!isMarginals(marginals)) throw new Error(`rank-deficient at ${marginals.id}: ${marginals.pivot}`);
  return marginals;
}

/** A robot drives 2 m straight on; it is off by 1/2 m, 1/4 m and 1/8 rad. */
const step: PoseGraph = {
  dimension: 2,
  ids: Float64Array.of(0, 1),
  poses: Float64Array.of(0, 0, 0, 2, 0, 0),
  known: Uint8Array.of(1, 1),
  from: Int32Array.of(0),
  to: Int32Array.of(1),
  measurements: Float64Array.of(2, 0, 0),
  information: Float64Array.of(4, 0, 0, 16, 0, 64),
  fixed: new Int32Array(0),
};

describe("by hand", () => {
  const marginals = marginalsOf(step);
  const close = (value: number): unknown => expect.closeTo(value, 12);

  test("variances of estimate and measurement add up", () => {
    // 1 m off where both have a variance of 1/4; 1/2 rad where one has 1/64 and the other 1/16.
    const candidate = Float64Array.of(1, 0, 0.5);

    expect(mahalanobis(marginals, 0, 1, Float64Array.of(1, 0, 0), Float64Array.of(4, 0, 0, 16, 0, 16))).toEqual({
      squared: close(2),
      dof: 3,
    });
    expect(mahalanobis(marginals, 0, 1, candidate, Float64Array.of(0, 0, 0, 0, 0, 16))).toEqual({
      squared: close(0.25 / (5 / 64)),
      dof: 1,
    });
  });

  test("from behind, the angle's variance adds to the position's", () => {
    // Z = X_1^-1 X_0 = [-2, y, 0]: y is uncertain by 1/16 + 4 / 64, and by the measurement's 1/8.
    const { squared, dof } = mahalanobis(marginals, 1, 0, Float64Array.of(-2, 3, 0), Float64Array.of(0, 0, 0, 8, 0, 0));

    expect([squared, dof]).toEqual([close(36), 1]);
  });

  test("an information of zero says nothing", () => {
    expect(mahalanobis(marginals, 0, 1, Float64Array.of(7, 8, 1), new Float64Array(6))).toEqual({ squared: 0, dof: 0 });
  });

  test("between poses that are held it is the measurement's own", () => {
    const held = marginalsOf({ ...step, fixed: Int32Array.of(0, 1) });

    expect(mahalanobis(held, 0, 1, Float64Array.of(1, 0, 0), step.information)).toEqual({ squared: close(4), dof: 3 });
  });
});

test("it is e' (J S J' + W^-1)^-1 e", { timeout: MINUTE }, () => {
  fc.assert(
    fc.property(loopyGraph, fc.nat(), fc.nat(), fc.nat(), (graph, a, b, seed) => {
      const n = graph.ids.length;
      const [i, j] = [a % n, (a + 1 + (b % (n - 1))) % n];
      const random = new Random(seed);
      const [group, factor] = graph.dimension === 2 ? [se2, betweenSe2] : [se3, betweenSe3];
      const { size, dof } = group;
      const Z = new Float64Array(size);
      group.relative(graph.poses, i * size, graph.poses, j * size, Z, 0);
      const off = Float64Array.from({ length: dof }, () => 0.3 * random.gaussian());
      group.retract(Z, 0, off, 0, Z, 0);
      group.normalize(Z, 0, Z, 0);
      const W = Float64Array.from(drawInformation(dof, random));
      const [e, Ji, Jj] = [new Float64Array(dof), new Float64Array(dof * dof), new Float64Array(dof * dof)];
      factor.error(fp64, graph.poses, i * size, j * size, Z, 0, e);
      factor.jacobians(fp64, graph.poses, i * size, j * size, Z, 0, Ji, Jj);
      const J = Float64Array.from({ length: 2 * dof * dof }, (_, at) => {
        const [row, column] = [Math.floor(at / (2 * dof)), at % (2 * dof)];
        return column < dof ? Ji[row * dof + column] : Jj[row * dof + column - dof];
      });
      const marginals = marginalsOf(graph);

      const distance = mahalanobis(marginals, i, j, Z, W);

      const S = propagated(J, marginals.joint([i, j]), 2 * dof);
      const Winverse = inverse(symmetric(W, dof), dof);
      const expected = propagated(
        e,
        inverse(
          S.map((x, k) => x + Winverse[k]),
          dof,
        ),
        dof,
      )[0];
      expect(distance.dof).toBe(dof);
      expect(Math.abs(distance.squared - expected)).toBeLessThanOrEqual(tolerance(fp64, 1e5) * expected);
    }),
  );
});

/** A world without its last loop, solved; and that loop. */
function heldOutLoop(
  world: PoseGraphWorld,
  arenas: ArenaPool,
): { marginals: Marginals; i: number; j: number; Z: Float64Array; W: Float64Array } {
  const graph = worldGraph(world);
  const size = graph.dimension === 2 ? 3 : 7;
  const triangle = graph.dimension === 2 ? 6 : 21;
  const { from, to, measurements, information } = graph;
  const e = from.findLastIndex((i, k) => to[k] - i > 1);
  const others = <T extends Int32Array | Float64Array>(values: T, width: number): T =>
    values.filter((_, k) => Math.floor(k / width) !== e) as T;
  const rest = {
    ...graph,
    from: others(from, 1),
    to: others(to, 1),
    measurements: others(measurements, size),
    information: others(information, triangle),
  };
  const run = start(rest, { policy: presetPolicy("fp64"), arenas });
  while (!run.done) run.step();
  return {
    marginals: marginalsOf(run.graph, arenas),
    i: from[e],
    j: to[e],
    Z: measurements.slice(e * size, (e + 1) * size),
    W: information.slice(e * triangle, (e + 1) * triangle),
  };
}

test.each([
  { world: "manhattan", dof: 3, make: (seed: number) => manhattan({ poses: 80, seed, noise: 0.3 }) },
  { world: "sphere", dof: 6, make: (seed: number) => sphere({ poses: 80, seed, noise: 0.3 }) },
])(
  "in $world worlds true loops have chi-square distances, and those off by 5 m are beyond any gate",
  { timeout: MINUTE },
  ({ dof, make }) => {
    const seeds = 40;
    const arenas = new ArenaPool();
    let sum = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const { marginals, i, j, Z, W } = heldOutLoop(make(seed), arenas);
      const distance = mahalanobis(marginals, i, j, Z, W);
      sum += distance.squared;
      const off = Z.map((x, k) => (k === 0 ? x + 5 : x));
      expect(distance.dof).toBe(dof);
      // The quantile of 1 - 1e-6 for 6 degrees of freedom is 38.3.
      expect(mahalanobis(marginals, i, j, off, W).squared).toBeGreaterThan(38.3);
      arenas.recycle();
    }

    // Chi-square of dof x seeds: within 3.3 standard deviations but for one draw of worlds in a thousand.
    expect(Math.abs(sum - dof * seeds)).toBeLessThan(3.3 * Math.sqrt(2 * dof * seeds));
  },
);

test("misuse throws", () => {
  const marginals = marginalsOf(step);
  const [Z, W] = [step.measurements, step.information];

  expect(() => mahalanobis(marginals, 0, 0, Z, W)).toThrow(OptionError);
  expect(() => mahalanobis(marginals, 0, 2, Z, W)).toThrow(OptionError);
  expect(() => mahalanobis(marginals, 0, 1, new Float64Array(7), W)).toThrow(DimensionError);
  expect(() => mahalanobis(marginals, 0, 1, Z, new Float64Array(21))).toThrow(DimensionError);
  expect(() => mahalanobis(marginals, 0, 1, Float64Array.of(0, Number.NaN, 0), W)).toThrow(OptionError);
  expect(() => mahalanobis(marginals, 0, 1, Z, Float64Array.of(-1, 0, 0, 1, 0, 1))).toThrow(OptionError);
});
