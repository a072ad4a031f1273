import { type AnyPrecision, bf16, fp16, fp32, fp64, type OperationFormat, operationFormat, type Storage } from "@slam/float";
import { newCounters } from "@slam/nlls";
import { grid, sphere } from "@slam/sim";
import { expectSameBits } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { COST_NAMES, type CostName } from "../src/cost-conventions.ts";
import { informationSize, type PoseGraph, poseDof, poseSize } from "../src/graph.ts";
import { PoseGraphProblem } from "../src/problem.ts";
import { planarPose, spatialPose } from "./arbitrary-pose.ts";
import { FORMULA_CASES } from "./formula-cases.ts";
import { worldGraph } from "./world-graph.ts";

interface Linearized {
  readonly r: Float64Array;
  readonly values: Storage;
  readonly overflows: number;
  readonly flushed: number;
}

function linearized(
  graph: PoseGraph,
  fixed: readonly number[],
  x: Float64Array,
  format: OperationFormat,
  cost: CostName = "g2o",
): Linearized {
  const counters = newCounters();
  const problem = new PoseGraphProblem(graph, fixed, { counters, cost });
  const r = new Float64Array(problem.rows);
  problem.residual(x, format, r);
  const values = problem.jacobian(x, format).matrix.values as Storage;
  return { r, values, ...counters.events };
}

/** The same format as another object, which the engine does not know: the reference computes. */
function onReference(P: AnyPrecision): OperationFormat {
  const other = { ...P };
  return { name: P.name, storage: other, arithmetic: other };
}

/** Bit for bit, any NaN for any other. */
function expectSame(graph: PoseGraph, fixed: readonly number[], x: Float64Array, P: AnyPrecision, cost: CostName = "g2o"): void {
  const engine = linearized(graph, fixed, x, operationFormat(P, P), cost);
  const reference = linearized(graph, fixed, x, onReference(P), cost);
  expectSameBits(engine.r, reference.r);
  expectSameBits(engine.values, reference.values);
  expect([engine.overflows, engine.flushed]).toEqual([reference.overflows, reference.flushed]);
}

/** Edges between any two of the poses, in either direction, several between the same two; full information matrices. */
function graphs(dimension: 2 | 3): fc.Arbitrary<{ readonly graph: PoseGraph; readonly fixed: readonly number[] }> {
  const pose = dimension === 2 ? planarPose : spatialPose;
  const shape = { dimension };
  const dof = poseDof(shape);
  const diagonals = Array.from({ length: dof }, (_, i) => i * dof - (i * (i - 1)) / 2);
  const information = fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: informationSize(shape), maxLength: informationSize(shape) })
    .map((upper) => upper.map((x, k) => (diagonals.includes(k) ? 20 + x : x)));
  const n = 4;
  const edge = fc.record({
    from: fc.integer({ min: 0, max: n - 1 }),
    turn: fc.integer({ min: 1, max: n - 1 }),
    z: pose,
    information,
  });
  return fc
    .record({
      poses: fc.array(pose, { minLength: n, maxLength: n }),
      edges: fc.array(edge, { maxLength: 7 }),
      fixed: fc.subarray([0, 1, 2]),
    })
    .map(({ poses, edges, fixed }) => ({
      fixed,
      graph: {
        dimension,
        ids: Float64Array.from(poses.keys()),
        poses: Float64Array.of(...poses.flatMap((x) => [...x])),
        known: new Uint8Array(n).fill(1),
        from: Int32Array.from(edges, (e) => e.from),
        to: Int32Array.from(edges, (e) => (e.from + e.turn) % n),
        measurements: Float64Array.of(...edges.flatMap((e) => [...e.z])),
        information: Float64Array.of(...edges.flatMap((e) => e.information)),
        fixed: new Int32Array(0),
      },
    }));
}

function emptyGraph(dimension: 2 | 3): PoseGraph {
  const none = new Float64Array(0);
  const indices = new Int32Array(0);
  return {
    dimension,
    ids: none,
    poses: none,
    known: new Uint8Array(0),
    from: indices,
    to: indices,
    measurements: none,
    information: none,
    fixed: indices,
  };
}

/** Two poses at the given coordinates that should be one. */
function pair(dimension: 2 | 3, first: readonly number[], second: readonly number[]): PoseGraph {
  const dof = poseDof({ dimension });
  const information = Array.from({ length: dof }, (_, i) => Array.from({ length: dof - i }, (_, k) => (k === 0 ? 4 : 0.5)));
  return {
    ...emptyGraph(dimension),
    ids: Float64Array.of(0, 1),
    poses: Float64Array.of(...first, ...second),
    known: Uint8Array.of(1, 1),
    from: Int32Array.of(1),
    to: Int32Array.of(0),
    measurements: dimension === 2 ? Float64Array.of(0, 0, 0) : Float64Array.of(0, 0, 0, 0, 0, 0, 1),
    information: Float64Array.from(information.flat()),
  };
}

describe.each([fp64, fp32])("in $name the engine has the reference's bits and events", (P: AnyPrecision) => {
  describe.each(FORMULA_CASES)("in $dimension D, by $cost", ({ dimension, cost }) => {
    test("on any graph: poses held, edges in both directions and several at once, angles at half turns, either sign of q", () => {
      fc.assert(
        fc.property(graphs(dimension), ({ graph, fixed }) => {
          expectSame(graph, fixed, graph.poses, P, cost);
        }),
        { numRuns: 60 },
      );
    });

    test("where a coordinate is infinite, NaN, zero, subnormal or overflows when squared", () => {
      const special = fc.constantFrom(Infinity, -Infinity, NaN, 0, -0, P.minSubnormal, P.maxFinite, -P.maxFinite, 1e300);
      const size = poseSize({ dimension });
      fc.assert(
        fc.property(graphs(dimension), special, fc.integer({ min: 0, max: 4 * size - 1 }), ({ graph, fixed }, value, at) => {
          const x = graph.poses.slice();
          x[at] = value;

          expectSame(graph, fixed, x, P, cost);
        }),
        { numRuns: 60 },
      );
    });

    test("without edges, and without poses", () => {
      expectSame(emptyGraph(dimension), [], new Float64Array(0), P, cost);
      expectSame({ ...emptyGraph(dimension), ids: Float64Array.of(0) }, [], new Float64Array(poseSize({ dimension })), P, cost);
    });
  });

  test.each([grid({ poses: 600, dimension: 2 }), sphere({ poses: 500 })])("on more edges than a kernel takes at once", (world) => {
    const graph = worldGraph(world);

    expect(graph.from.length).toBeGreaterThan(512);
    expectSame(graph, [0], graph.poses, P);
  });

  test.each([
    ["many turns", 1e4, -1e4],
    ["more than a kernel reduces", 2 ** 21, 1],
    ["nearly two turns apart", 6.28, -6.28],
    ["not finite", Infinity, 0],
  ])("planar angles: %s", (_, a, b) => {
    const graph = pair(2, [1, 2, a], [2, 4, b]);

    for (const cost of COST_NAMES) expectSame(graph, [], graph.poses, P, cost);
  });

  test("one problem at other poses, in another format in between", () => {
    const graph = pair(3, [1, 2, 3, 0, 0, 0, 1], [2, 4, 8, 0.6, 0, 0, 0.8]);
    const moved = Float64Array.of(0, 1, 0, 0, 0.8, 0, -0.6, 5, 5, 5, 0, 0, 1, 0);
    const problem = new PoseGraphProblem(graph, []);
    const before = problem.jacobian(graph.poses, operationFormat(P, P)).matrix.values as Storage;
    const kept = before.slice();

    problem.jacobian(graph.poses, operationFormat(P === fp64 ? fp32 : (fp64 as AnyPrecision)));
    expect(before).toEqual(kept);

    const after = problem.jacobian(moved, operationFormat(P, P)).matrix.values as Storage;
    expect(after).toEqual(linearized(graph, [], moved, onReference(P)).values);
  });
});

test("an infinity stored in J is an overflow: Rz'[vy; -vx] where v = 1.5e308 (-1, 1) and Rz turns by an eighth", () => {
  const M = 1.5e308;
  const graph = { ...pair(2, [-M, M, 0], [0, 0, 0]), measurements: Float64Array.of(0, 0, Math.PI / 4) };

  const { values, overflows } = linearized(graph, [], graph.poses, operationFormat(fp64));

  expect(overflows).toBe(1);
  // Pose 0's block is the first: the edge leads from pose 1 to it.
  expect([...values].indexOf(Infinity)).toBe(9 + 2);
});

test("the engine multiplies, not JavaScript; in formats that are not the engine's the reference does", () => {
  const graph = pair(3, [1, 2, 3, 0, 0, 0, 1], [2, 4, 8, 0.6, 0, 0, 0.8]);
  const single = vi.spyOn(fp32, "mul");

  linearized(graph, [], graph.poses, operationFormat(fp32));
  const byEngine = single.mock.calls.length;
  for (const P of [fp16, bf16]) linearized(graph, [], graph.poses, operationFormat(P as AnyPrecision, fp32));
  const byReference = single.mock.calls.length;
  single.mockRestore();

  expect(byEngine).toBe(0);
  expect(byReference).toBeGreaterThan(0);
});
