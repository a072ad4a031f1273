import { type AnyPrecision, fp16, fp32, fp64, operationFormat, tolerance } from "@slam/float";
import { expectClose } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import { describe, expect, test } from "vitest";
import { poseDof } from "../../src/graph.ts";
import { pointOf } from "../../src/point.ts";
import { PoseGraphProblem } from "../../src/problem.ts";
import { disturbed, planarWorld, spatialWorld } from "./landmark-world.ts";

const exact = operationFormat(fp64);

/** J of the problem at a point, column by column. */
function dense(problem: PoseGraphProblem, x: Float64Array, P: AnyPrecision = fp64): Float64Array[] {
  const J = problem.jacobian(x, operationFormat(P, P));
  return Array.from({ length: problem.cols }, (_, j) => {
    const unit = new Float64Array(problem.cols);
    unit[j] = 1;
    const y = new Float64Array(problem.rows);
    J.multiply(unit, y);
    return y;
  });
}

function residual(problem: PoseGraphProblem, x: Float64Array): Float64Array {
  const r = new Float64Array(problem.rows).fill(Number.NaN);
  problem.residual(x, exact, r);
  return r;
}

describe.each([
  ["the plane", disturbed(planarWorld({ poses: 5, landmarks: 4, noise: 0.05 }), 0.1)],
  ["space", disturbed(spatialWorld({ poses: 4, landmarks: 3, noise: 0.05 }), 0.1)],
])("landmarks in %s", (_, world) => {
  const problem = new PoseGraphProblem({ ...world, landmarks: { ...world.landmarks, fixed: Int32Array.of(1) } }, [2]);
  const x = pointOf(world);
  const dof = poseDof(world);
  const [n, l] = [world.ids.length, world.landmarks.ids.length];

  test("take a column as wide as a pose's; those held have none", () => {
    expect([...problem.column]).toEqual([
      0,
      1,
      -1,
      ...Array.from({ length: n - 3 }, (_, k) => k + 2),
      n - 1,
      -1,
      ...Array.from({ length: l - 2 }, (_, k) => n + k),
    ]);
    expect(problem.cols).toBe((n - 1 + l - 1) * dof);
  });

  test("the Jacobian is the residual's derivative under retract; the padding's columns are zero", () => {
    const h = Math.cbrt(fp64.unitRoundoff);

    dense(problem, x).forEach((column, j) => {
      const [ahead, behind] = [h, -h].map((step) => {
        const dx = new Float64Array(problem.cols);
        dx[j] = step;
        return residual(problem, problem.retract(x, dx, exact));
      });
      expectClose(
        column,
        ahead.map((r, i) => (r - behind[i]) / (2 * h)),
        1e4 * h * h,
      );
    });
    const padding = problem.jacobian(x, exact).padding!;
    expect(padding.reduce((sum, one) => sum + one, 0)).toBe((l - 1) * (dof - world.dimension));
    dense(problem, x).forEach((column, j) => {
      expect(column.every((y) => y === 0)).toBe(padding[j] === 1);
    });
  });

  test.each([fp32, fp16])("the Jacobian in $name is fp64's, rounded, also in memory used before", (P: AnyPrecision) => {
    const arenas = new ArenaPool();
    const once = new PoseGraphProblem(world, [2], { arenas });
    const before = dense(once, x, P);
    arenas.recycle();

    const again = dense(new PoseGraphProblem(world, [2], { arenas }), x, P);

    expect(again).toEqual(before);
    dense(new PoseGraphProblem(world, [2]), x).forEach((column, j) => {
      expectClose(again[j], column, tolerance(P, 128));
    });
  });

  test("a step moves landmarks in the world, and nothing for the padding", () => {
    const dx = new Float64Array(problem.cols).fill(0.25);

    const moved = problem.retract(x, dx, exact);

    const positions = moved.subarray(world.poses.length);
    positions.forEach((p, at) => {
      const held = Math.floor(at / world.dimension) === 1;
      expect(p).toBe(world.landmarks.positions[at] + (held ? 0 : 0.25));
    });
  });
});
