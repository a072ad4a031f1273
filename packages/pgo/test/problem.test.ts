import { OptionError } from "@slam/errors";
import { type AnyPrecision, fp16, fp32, fp64, operationFormat, tolerance } from "@slam/float";
import { newCounters } from "@slam/nlls";
import { expectClose } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PoseGraph, poseDof } from "../src/graph.ts";
import { PoseGraphProblem } from "../src/problem.ts";
import { planarPose, spatialPose } from "./arbitrary-pose.ts";
import { FORMULA_CASES } from "./formula-cases.ts";

const exact = operationFormat(fp64);

/** Three poses of which the second sees the first and the third, with full information matrices. */
function threePoses(dimension: 2 | 3, poses: readonly Float64Array[], measurements: readonly Float64Array[]): PoseGraph {
  const dof = poseDof({ dimension });
  // Diagonally dominant, every entry another.
  const information: number[] = [];
  for (let e = 0; e < 2; e++) {
    for (let i = 0; i < dof; i++) for (let j = i; j < dof; j++) information.push(i === j ? 20 + 7 * i + e : (i + 1) / (j + 2 + e));
  }
  return {
    dimension,
    ids: Float64Array.of(3, 5, 8),
    poses: Float64Array.of(...poses.flatMap((pose) => [...pose])),
    known: new Uint8Array(3).fill(1),
    from: Int32Array.of(1, 1),
    to: Int32Array.of(0, 2),
    measurements: Float64Array.of(...measurements.flatMap((z) => [...z])),
    information: Float64Array.from(information),
    fixed: new Int32Array(0),
  };
}

function residual(problem: PoseGraphProblem, x: Float64Array, P: AnyPrecision = fp64): Float64Array {
  const r = new Float64Array(problem.rows);
  problem.residual(x, operationFormat(P, P), r);
  return r;
}

/** J column by column, from (r(x + h) - r(x - h)) / 2 h. */
function centralDifferences(problem: PoseGraphProblem, x: Float64Array, h: number): Float64Array {
  const J = new Float64Array(problem.rows * problem.cols);
  for (let j = 0; j < problem.cols; j++) {
    const step = new Float64Array(problem.cols);
    step[j] = h;
    const ahead = residual(problem, problem.retract(x, step, exact));
    step[j] = -h;
    const behind = residual(problem, problem.retract(x, step, exact));
    for (let i = 0; i < problem.rows; i++) J[i * problem.cols + j] = (ahead[i] - behind[i]) / (2 * h);
  }
  return J;
}

function dense(problem: PoseGraphProblem, x: Float64Array, P: AnyPrecision = fp64): Float64Array {
  const J = problem.jacobian(x, operationFormat(P, P));
  const columns = Array.from({ length: problem.cols }, (_, j) => {
    const y = new Float64Array(problem.rows);
    J.multiply(
      Float64Array.from({ length: problem.cols }, (_, k) => (k === j ? 1 : 0)),
      y,
    );
    return y;
  });
  return Float64Array.from({ length: problem.rows * problem.cols }, (_, at) => columns[at % problem.cols][Math.floor(at / problem.cols)]);
}

/** How far the errors' rotations are from a half turn, where the error jumps. */
function roomForTurns(problem: PoseGraphProblem): number {
  const { graph } = problem;
  const unweighted = { ...graph, information: graph.information.map(() => 0) };
  const dof = poseDof(graph);
  for (let at = 0; at < graph.information.length; ) {
    for (let i = 0; i < dof; at += dof - i, i++) unweighted.information[at] = 1;
  }
  const e = residual(new PoseGraphProblem(unweighted, []), graph.poses);
  const turns = [0, 1].map((edge) => {
    const turn = e.subarray(edge * dof + graph.dimension, (edge + 1) * dof);
    return graph.dimension === 2 ? Math.abs(turn[0]) : 2 * Math.asin(Math.min(1, Math.hypot(...turn)));
  });
  return Math.PI - Math.max(...turns);
}

describe.each(FORMULA_CASES)("in $dimension D, by $cost", ({ dimension, cost }) => {
  const pose = dimension === 2 ? planarPose : spatialPose;
  const problems = fc
    .tuple(fc.tuple(pose, pose, pose), fc.tuple(pose, pose), fc.constantFrom([], [0], [1]))
    .map(([poses, measurements, fixed]) => new PoseGraphProblem(threePoses(dimension, poses, measurements), fixed, { cost }));

  test("the Jacobian is the residual's derivative under retract", () => {
    fc.assert(
      fc.property(problems, (problem) => {
        fc.pre(roomForTurns(problem) > 0.05);
        // Truncation h^2 f''' and rounding u f / h are of one size.
        const h = Math.cbrt(fp64.unitRoundoff);

        const differences = centralDifferences(problem, problem.graph.poses, h);

        expectClose(dense(problem, problem.graph.poses), differences, 1e3 * h * h);
      }),
    );
  });

  test.each([fp32, fp16])("residual and Jacobian in $name are fp64's but for 512 u, and numbers of the format", (P: AnyPrecision) => {
    fc.assert(
      fc.property(problems, (problem) => {
        fc.pre(roomForTurns(problem) > 0.2);
        const { poses } = problem.graph;

        const r = residual(problem, poses, P);
        const J = dense(problem, poses, P);

        expectClose(r, residual(problem, poses), tolerance(P, 128));
        expectClose(J, dense(problem, poses), tolerance(P, 128));
        for (const x of [...r, ...J]) expect(P.round(x)).toBe(x);
      }),
    );
  });

  test("storage and arithmetic are apart: fp32 sums stored in fp16 are off by one rounding to fp16", () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const stored = new Float64Array(problem.rows);
        problem.residual(problem.graph.poses, operationFormat(fp16, fp32), stored);

        expect(stored).toEqual(residual(problem, problem.graph.poses, fp32).map((x) => fp16.round(x)));
      }),
    );
  });
});

test("costScale |r|^2 = e'We of the hand case e = (2, 3, 0), W = diag(1, 4, 9)", () => {
  const graph: PoseGraph = {
    dimension: 2,
    ids: Float64Array.of(0, 1),
    poses: Float64Array.of(0, 0, 0, 3, 5, 0),
    known: Uint8Array.of(1, 1),
    from: Int32Array.of(0),
    to: Int32Array.of(1),
    measurements: Float64Array.of(1, 2, 0),
    information: Float64Array.of(1, 0, 0, 4, 0, 9),
    fixed: new Int32Array(0),
  };
  const problem = new PoseGraphProblem(graph, []);

  const r = residual(problem, graph.poses);

  expect(r).toEqual(Float64Array.of(1, 3, 0));
  expect(problem.costScale * (r[0] ** 2 + r[1] ** 2 + r[2] ** 2)).toBe(4 + 4 * 9);
});

describe("poses held", () => {
  const unturned = [0, 1, 2].map((k) => Float64Array.of(k, 0, 0));
  const graph = threePoses(2, unturned, [Float64Array.of(-1, 0, 0), Float64Array.of(1, 0, 0)]);

  test("have no columns and stay where they are, bit for bit", () => {
    const problem = new PoseGraphProblem(graph, [1, 1]);

    const moved = problem.retract(graph.poses, new Float64Array(6).fill(0.5), exact);

    expect([problem.rows, problem.cols, [...problem.column]]).toEqual([6, 6, [0, -1, 1]]);
    expect(moved.subarray(3, 6)).toEqual(graph.poses.subarray(3, 6));
    expect(moved[0]).not.toBe(graph.poses[0]);
    expect(graph.poses).toEqual(Float64Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0));
  });

  test.each([-1, 3, 0.5, Number.NaN])("are not pose %d", (k) => {
    expect(() => new PoseGraphProblem(graph, [k])).toThrow(OptionError);
    expect(() => new PoseGraphProblem(graph, [k])).toThrow("expected an integer in 0 ... 2");
  });
});

test("counts work by operation and format, and what overflows where J is stored", () => {
  const counters = newCounters();
  const far = [0, 1e6, 2e6].map((x) => Float64Array.of(x, x, 0));
  const graph = threePoses(2, far, [Float64Array.of(-1, 0, 0), Float64Array.of(1, 0, 0)]);
  const problem = new PoseGraphProblem(graph, [1], { counters });

  problem.residual(graph.poses, exact, new Float64Array(problem.rows));
  problem.jacobian(graph.poses, operationFormat(fp32));
  const before = counters.events.overflows;
  new PoseGraphProblem(graph, [0], { counters }).jacobian(graph.poses, operationFormat(fp16));

  expect(counters.work.bytes).toEqual({ residual: { fp64: 2 * 3 * 8 }, jacobian: { fp32: 2 * 18 * 4, fp16: 2 * 18 * 2 } });
  expect(Object.keys(counters.work.flops.jacobian ?? {})).toEqual(["fp32"]);
  expect([before, counters.events.overflows > 0]).toEqual([0, true]);
});
