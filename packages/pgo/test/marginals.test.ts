import { DimensionError, OptionError } from "@slam/errors";
import { fp64, tolerance } from "@slam/float";
import { se2, se3, symmetricEigen } from "@slam/lie";
import { presetPolicy } from "@slam/nlls";
import { garage, manhattan, ring, sphere } from "@slam/sim";
import { expectClose, identityMatrix, inverse } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PoseGraph } from "../src/graph.ts";
import { freeComponents } from "../src/init/chain.ts";
import { readG2o } from "../src/io/g2o.ts";
import { isMarginals, type Marginals, type MarginalsOptions, recoverMarginals } from "../src/marginals.ts";
import { start } from "../src/solve.ts";
import { denseCovariance, propagated } from "./dense-covariance.ts";
import { loopyGraph } from "./loopy-graph.ts";
import { hasPublicData, publicData } from "./public-data.ts";
import { worldGraph } from "./world-graph.ts";

/** On a slow machine. */
const MINUTE = 60_000;

/** Difference quotients leave h^2 = 2^-34 of a Jacobian, times conditions of some hundreds. */
const QUOTIENT = 1e-8;

function marginalsOf(graph: PoseGraph, options?: MarginalsOptions): Marginals {
  const marginals = recoverMarginals(graph, options);
  if (!isMarginals(marginals)) throw new Error(`rank-deficient at ${marginals.id}: ${marginals.pivot}`);
  return marginals;
}

function solved(graph: PoseGraph, arenas: ArenaPool = new ArenaPool()): PoseGraph {
  const run = start(graph, { policy: presetPolicy("fp64"), arenas });
  while (!run.done) run.step();
  expect(run.report.termination).toBe("converged");
  return run.graph;
}

/** Poses 0, 1, 2, ... of a robot that drives 2 m straight on each time, and is off by 1/2 m, 1/4 m and 1/8 rad. */
function straight(poses: number): PoseGraph {
  const n = Array.from({ length: poses }, (_, k) => k);
  return {
    dimension: 2,
    ids: Float64Array.from(n),
    poses: Float64Array.from(n.flatMap((k) => [2 * k, 0, 0])),
    known: new Uint8Array(poses).fill(1),
    from: Int32Array.from(n.slice(1), (k) => k - 1),
    to: Int32Array.from(n.slice(1)),
    measurements: Float64Array.from(n.slice(1).flatMap(() => [2, 0, 0])),
    information: Float64Array.from(n.slice(1).flatMap(() => [4, 0, 0, 16, 0, 64])),
    fixed: new Int32Array(0),
  };
}

describe("a straight chain by hand", () => {
  const [x, y, t] = [1 / 4, 1 / 16, 1 / 64];
  const close = (actual: Float64Array, expected: readonly number[]): void => expectClose(actual, expected, tolerance(fp64, 16));

  test("variances add up, and an angle's grows into what lies ahead of it", () => {
    const marginals = marginalsOf(straight(3));

    close(marginals.block(1, 1), [x, 0, 0, 0, y, 0, 0, 0, t]);
    // y_2 = y_1 + 2 theta_1 + ...
    close(marginals.block(2, 2), [2 * x, 0, 0, 0, 2 * y + 4 * t, 2 * t, 0, 2 * t, 2 * t]);
    close(marginals.block(1, 2), [x, 0, 0, 0, y, 0, 0, 2 * t, t]);
    close(marginals.block(2, 1), [x, 0, 0, 0, y, 2 * t, 0, 0, t]);
  });

  test("relative poses forget what both have in common", () => {
    const marginals = marginalsOf(straight(4));

    close(marginals.relative(2, 3), [x, 0, 0, 0, y, 0, 0, 0, t]);
    close(marginals.relative(1, 3), [2 * x, 0, 0, 0, 2 * y + 4 * t, 2 * t, 0, 2 * t, 2 * t]);
    // The other way round lies the origin of the angle's error.
    close(marginals.relative(3, 2), [x, 0, 0, 0, y + 4 * t, -2 * t, 0, -2 * t, t]);
    close(marginals.relative(0, 1), [...marginals.block(1, 1)]);
  });

  test("a second measurement halves variances", () => {
    const graph = straight(2);
    const twice = (values: Float64Array): Float64Array => Float64Array.of(...values, ...values);
    const marginals = marginalsOf({
      ...graph,
      from: Int32Array.of(0, 0),
      to: Int32Array.of(1, 1),
      measurements: twice(graph.measurements),
      information: twice(graph.information),
    });

    close(marginals.block(1, 1), [x / 2, 0, 0, 0, y / 2, 0, 0, 0, t / 2]);
  });

  test("in space vec q is half an angle", () => {
    const graph: PoseGraph = {
      dimension: 3,
      ids: Float64Array.of(5, 7),
      poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 0, 0, 0, 1),
      known: Uint8Array.of(1, 1),
      from: Int32Array.of(0),
      to: Int32Array.of(1),
      measurements: Float64Array.of(1, 2, 3, 0, 0, 0, 1),
      information: Float64Array.of(4, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 16, 0, 0, 0, 64, 0, 0, 64, 0, 256),
      fixed: new Int32Array(0),
    };

    const block = marginalsOf(graph).block(1, 1);

    const expected = new Float64Array(36);
    [1 / 4, 1 / 4, 1 / 16, 1 / 16, 1 / 16, 1 / 64].forEach((variance, k) => {
      expected[7 * k] = variance;
    });
    expectClose(block, expected, tolerance(fp64, 16));
  });

  test("held poses have no covariance, with anything", () => {
    const marginals = marginalsOf({ ...straight(4), fixed: Int32Array.of(2) });

    expect(marginals.joint([2, 1]).subarray(0, 18)).toEqual(new Float64Array(18));
    close(marginals.block(3, 3), [x, 0, 0, 0, y, 0, 0, 0, t]);
    close(marginals.block(1, 3), new Array(9).fill(0));
    expect(marginals.relative(2, 2)).toEqual(new Float64Array(9));
    const all = marginalsOf(straight(2), { fixed: [0, 1] });
    expect(all.diagonal()).toEqual(new Float64Array(18));
    expect(all.relative(0, 1)).toEqual(new Float64Array(9));
    expect(marginalsOf({ ...straight(1) }).block(0, 0)).toEqual(new Float64Array(9));
  });
});

describe("on graphs with loops", () => {
  test("all blocks are the inverse of a dense matrix of difference quotients", { timeout: MINUTE }, () => {
    fc.assert(
      fc.property(loopyGraph, (graph) => {
        const held = [...graph.fixed, ...freeComponents(graph, graph.fixed)];
        const exact = denseCovariance(graph, held);
        const poses = [...graph.ids.keys()];

        const marginals = marginalsOf(graph);

        expectClose(marginals.joint(poses), exact, QUOTIENT);
        const { dof } = marginals;
        const size = poses.length * dof;
        poses.forEach((i) => {
          const block = Float64Array.from(
            { length: dof * dof },
            (_, k) => exact[(i * dof + Math.floor(k / dof)) * size + i * dof + (k % dof)],
          );
          expectClose(marginals.diagonal().subarray(i * dof * dof, (i + 1) * dof * dof), block, QUOTIENT);
        });
      }),
    );
  });

  test("relative covariances and those of linear functions are propagated from the joint ones", { timeout: MINUTE }, () => {
    fc.assert(
      fc.property(loopyGraph, fc.nat(), fc.nat(), (graph, a, b) => {
        const n = graph.ids.length;
        const [i, j] = [a % n, (a + 1 + (b % (n - 1))) % n];
        const group = graph.dimension === 2 ? se2 : se3;
        const { dof, size } = group;
        const T = new Float64Array(size);
        const adjoint = new Float64Array(dof * dof);
        group.relative(graph.poses, j * size, graph.poses, i * size, T, 0);
        group.adjoint(T, 0, adjoint, 0);
        const J = Float64Array.from({ length: 2 * dof * dof }, (_, at) => {
          const [row, column] = [Math.floor(at / (2 * dof)), at % (2 * dof)];
          return column < dof ? -adjoint[row * dof + column] : identityMatrix(dof)[row * dof + column - dof];
        });

        const marginals = marginalsOf(graph);

        // Conditions of some thousands.
        expectClose(marginals.relative(i, j), propagated(J, marginals.joint([i, j]), 2 * dof), tolerance(fp64, 1e5));
        const one = Float64Array.from({ length: dof }, (_, k) => k + 1);
        const sum = marginals.linear([{ pose: j, jacobian: one }], 1);
        expectClose(sum, propagated(one, marginals.block(j, j), dof), tolerance(fp64, 1e5));
      }),
    );
  });

  test("neither the sign of quaternions nor the order of poses matters", { timeout: MINUTE }, () => {
    fc.assert(
      fc.property(loopyGraph, (graph) => {
        const n = graph.ids.length;
        const size = graph.dimension === 2 ? 3 : 7;
        const flipped = graph.dimension === 2 ? graph.poses : graph.poses.map((x, k) => (k % 7 > 2 ? -x : x));
        const poses = flipped.slice();
        for (let k = 0; k < n; k++) poses.set(flipped.subarray(k * size, (k + 1) * size), (n - 1 - k) * size);
        const reverse = (k: number): number => n - 1 - k;
        const held = [...graph.fixed, ...freeComponents(graph, graph.fixed)];
        const reversed: PoseGraph = {
          ...graph,
          poses,
          from: graph.from.map(reverse),
          to: graph.to.map(reverse),
          fixed: Int32Array.from(held, reverse),
        };

        const all = [...graph.ids.keys()];
        expectClose(marginalsOf(reversed).joint(all.map(reverse)), marginalsOf(graph).joint(all), tolerance(fp64, 1e5));
      }),
    );
  });

  test("twice the standard deviations are four times the covariance, to the bit", () => {
    const graph = worldGraph(garage({ poses: 60 }));
    const vague = { ...graph, information: graph.information.map((w) => w / 4) };

    const poses = [3, 59, 20];
    expect(marginalsOf(vague).joint(poses)).toEqual(
      marginalsOf(graph)
        .joint(poses)
        .map((x) => 4 * x),
    );
    expect(marginalsOf(vague).relative(3, 59)).toEqual(
      marginalsOf(graph)
        .relative(3, 59)
        .map((x) => 4 * x),
    );
  });

  test("joint covariances of far poses are symmetric and positive definite", () => {
    const graph = solved(worldGraph(sphere({ poses: 200 })));
    const marginals = marginalsOf(graph);
    const poses = [1, 50, 100, 101, 150, 199];

    const joint = marginals.joint(poses);

    const n = 36;
    expect(joint.map((_, k) => joint[(k % n) * n + Math.floor(k / n)])).toEqual(joint);
    const part = marginals.joint([100, 101], [1]);
    expect(part).toEqual(part.map((_, k) => joint[(12 + Math.floor(k / 6)) * n + (k % 6)]));
    const { values } = symmetricEigen(n, joint);
    expect(Math.min(...values)).toBeGreaterThan(0);
  });

  test("each component is known from the pose that it holds", () => {
    const { from, to, measurements, information, ...rest } = straight(6);
    // Without the edge 2 -> 3.
    const without = <T extends Int32Array | Float64Array>(values: T, size: number): T =>
      values.filter((_, k) => Math.floor(k / size) !== 2) as T;
    const graph = {
      ...rest,
      from: without(from, 1),
      to: without(to, 1),
      measurements: without(measurements, 3),
      information: without(information, 6),
    };

    const marginals = marginalsOf(graph);

    expectClose(marginals.block(4, 4), marginals.block(1, 1), tolerance(fp64, 16));
    expect(marginals.joint([1, 2], [4, 5])).toEqual(new Float64Array(36));
  });
});

describe("what measurements do not say", () => {
  test("is returned with the pose and the row, never shifted away", () => {
    const { information, ...rest } = straight(4);
    information.fill(0, 6, 12);

    const result = recoverMarginals({ ...rest, information, ids: Float64Array.of(3, 5, 8, 9) });

    expect(isMarginals(result)).toBe(false);
    // What poses 8 and 9 have between them alone.
    expect(result).toMatchObject({ id: expect.toSatisfy((id: number) => id === 8 || id === 9) });
    expect(Math.abs((result as { pivot: number }).pivot)).toBeLessThan(tolerance(fp64, 9, 16));
  });

  test("is a zero pivot where a coordinate has no measurement at all", () => {
    const { information, ...rest } = straight(3);

    const result = recoverMarginals({
      ...rest,
      information: information.map((w, k) => (k % 6 === 5 ? 0 : w)),
      ids: Float64Array.of(10, 20, 30),
    });

    // Nothing lies ahead of the last pose that its angle would move.
    expect(result).toEqual({ row: 5, pivot: 0, kind: "pose", id: 30 });
  });

  test.each([100, 1000])("is seen behind a hinge in a chain of %d poses", (poses) => {
    const { information, ...rest } = worldGraph(manhattan({ poses, loops: 0, seed: 3 }));
    // One edge says nothing of the angle.
    information[6 * (poses >> 1) + 5] = 0;

    expect(isMarginals(recoverMarginals({ ...rest, information }))).toBe(false);
    information[6 * (poses >> 1) + 5] = 1;
    expect(isMarginals(recoverMarginals({ ...rest, information }))).toBe(true);
  });
});

test("errors of solved worlds are as large as their covariance says", { timeout: MINUTE }, () => {
  // The squares sum to chi-square with 3 x 40 degrees of freedom, standard deviation sqrt(240): within 3.3 of those but for one draw of worlds in a thousand.
  let sum = 0;
  const arenas = new ArenaPool();
  for (let seed = 0; seed < 40; seed++) {
    const world = manhattan({ poses: 60, seed, noise: 0.1 });
    const graph = solved(worldGraph(world), arenas);
    const xi = new Float64Array(3);
    se2.local(graph.poses, 59 * 3, world.truth, 59 * 3, xi, 0);
    sum += propagated(xi, inverse(marginalsOf(graph, { arenas }).block(59, 59), 3), 3)[0];
    arenas.recycle();
  }

  expect(Math.abs(sum - 120)).toBeLessThan(3.3 * Math.sqrt(240));
});

test("memory can come from a pool, and be used again", () => {
  const arenas = new ArenaPool();
  const graph = worldGraph(ring({ poses: 40 }));
  const first = marginalsOf(graph, { arenas }).diagonal();
  arenas.recycle();

  expect(marginalsOf(graph, { arenas }).diagonal()).toEqual(first);
});

test("misuse throws", () => {
  const marginals = marginalsOf(straight(3));

  expect(() => recoverMarginals(straight(3), { fixed: [3] })).toThrow(OptionError);
  expect(() => recoverMarginals({ ...straight(3), known: new Uint8Array(2) })).toThrow(DimensionError);
  expect(() => marginals.block(0, 3)).toThrow(OptionError);
  expect(() => marginals.joint([0.5])).toThrow(OptionError);
  expect(() => marginals.relative(-1, 0)).toThrow(OptionError);
  expect(() => marginals.linear([{ pose: 1, jacobian: new Float64Array(3) }], 0)).toThrow(OptionError);
  expect(() => marginals.linear([{ pose: 1, jacobian: new Float64Array(4) }], 1)).toThrow(DimensionError);
});

describe.skipIf(!hasPublicData)("public graphs", () => {
  test.each(["pose-graphs/city10000.g2o", "pose-graphs/sphere2500.g2o"])(
    "%s: the block diagonal is what solves give",
    { timeout: MINUTE },
    (path) => {
      const graph = solved(readG2o(publicData(path)!, path).graph);
      const marginals = marginalsOf(graph);
      const { dof } = marginals;
      const n = graph.ids.length;

      const diagonal = marginals.diagonal();

      const variances = diagonal.filter((_, at) => at >= dof * dof && (at % (dof * dof)) % (dof + 1) === 0);
      expect(variances.every((variance) => variance > 0)).toBe(true);
      for (const pose of [1, n >> 2, n >> 1, n - 1]) {
        const block = diagonal.subarray(pose * dof * dof, (pose + 1) * dof * dof);
        const column = marginals.linear([{ pose, jacobian: identityMatrix(dof) }], dof);
        for (let k = 0; k < block.length; k++) {
          const scale = Math.sqrt(block[Math.floor(k / dof) * (dof + 1)] * block[(k % dof) * (dof + 1)]);
          expect(Math.abs(block[k] - column[k])).toBeLessThan(1e-9 * scale);
        }
      }
    },
  );
});

describe("with priors and landmarks", () => {
  const read = (...lines: readonly string[]): PoseGraph => readG2o(new TextEncoder().encode(lines.join("\n")), "hand.g2o").graph;

  test("a prior takes the place of a held pose, and its covariance is added", () => {
    // The prior knows x, y, theta to 1/2, 1/4, 1/8; the edge adds as much, and the angle moves what lies 2 m ahead.
    const marginals = marginalsOf(
      read("VERTEX_SE2 0 0 0 0", "VERTEX_SE2 1 2 0 0", "EDGE_PRIOR_SE2 0 0 0 0 4 0 0 16 0 64", "EDGE_SE2 0 1 2 0 0 4 0 0 16 0 64"),
    );

    expectClose(marginals.block(0, 0), [1 / 4, 0, 0, 0, 1 / 16, 0, 0, 0, 1 / 64], tolerance(fp64, 16));
    expectClose(marginals.block(1, 1), [1 / 2, 0, 0, 0, 1 / 8 + 4 / 64, 2 / 64, 0, 2 / 64, 1 / 32], tolerance(fp64, 16));
  });

  test("a landmark seen twice is as good as a measurement between the two poses", () => {
    // From pose 0, held, l = [1 1] is known to 1/2 each way; from pose 1 likewise: positions of pose 1 add both, and what its angle adds.
    const graph = read(
      "VERTEX_SE2 0 0 0 0",
      "VERTEX_SE2 1 1 0 0",
      "VERTEX_XY 2 1 1",
      "EDGE_SE2_XY 0 2 1 1 4 0 4",
      "EDGE_SE2_XY 1 2 0 1 4 0 4",
      "EDGE_SE2 0 1 1 0 0 0 0 0 0 0 64",
      "FIX 0",
    );

    // x_1 = l_x - (v_x - theta v_y): v_y = 1.
    expectClose(marginalsOf(graph).block(1, 1), [1 / 2 + 1 / 64, 0, 1 / 64, 0, 1 / 2, 0, 1 / 64, 0, 1 / 64], tolerance(fp64, 64));
  });

  test("a landmark seen in one direction alone is named", () => {
    const result = recoverMarginals(
      read("VERTEX_SE2 0 0 0 0", "VERTEX_XY 7 1 1", "EDGE_BEARING_SE2_XY 0 7 0.7853981633974483 100", "FIX 0"),
    );

    expect(result).toMatchObject({ kind: "landmark", id: 7 });
  });
});
