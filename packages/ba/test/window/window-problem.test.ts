import { type Bundle, pointOf } from "@slam/ba";
import { pinhole, stereo } from "@slam/camera";
import { fp64, operationFormat, type Vec } from "@slam/float";
import { se3 } from "@slam/lie";
import { newCounters } from "@slam/nlls";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { DenseSchur } from "../../src/window/dense-schur.ts";
import { marginalizePoints } from "../../src/window/marginalize.ts";
import { Prior } from "../../src/window/prior.ts";
import { WindowProblem } from "../../src/window/window-problem.ts";
import { orbit } from "../orbit.ts";

const exact = operationFormat(fp64);

/** Five cameras and six points, and a prior of three points that the first four cameras saw. */
function scene(model = stereo, lens = [700, 700, 600, 180, 0.5]): { readonly bundle: Bundle; readonly prior: Prior } {
  const { bundle } = orbit({ model, lens, isShared: true, cameras: 5, points: 9, away: 0.02 });
  const rows = model.measurement.length;
  const split = (from: number, to: number, isIn: (c: number) => boolean): Bundle => {
    const kept = [...bundle.camera.keys()].filter((i) => bundle.point[i] >= from && bundle.point[i] < to && isIn(bundle.camera[i]));
    return {
      ...bundle,
      points: bundle.points.slice(3 * from, 3 * to),
      camera: Int32Array.from(kept, (i) => bundle.camera[i]),
      point: Int32Array.from(kept, (i) => bundle.point[i] - from),
      measurements: Float64Array.from(kept.flatMap((i) => [...bundle.measurements.subarray(i * rows, (i + 1) * rows)])),
    };
  };
  const prior = new Prior(5);
  marginalizePoints(
    split(0, 3, (c) => c < 4),
    prior,
    undefined,
  );
  return { bundle: split(3, 9, () => true), prior };
}

/** J, by columns. */
function dense(problem: WindowProblem, x: Float64Array): Float64Array[] {
  const J = problem.jacobian(x, exact);
  return Array.from({ length: problem.cols }, (_, j) => {
    const e = new Float64Array(problem.cols);
    const column = new Float64Array(problem.rows);
    e[j] = 1;
    J.multiply(e, column);
    return column;
  });
}

describe.each([
  [stereo, [700, 700, 600, 180, 0.5], false],
  [pinhole, [700, 710, 320, 240], true],
] as const)("%o", (model, lens, isScaleFree) => {
  test("derivatives are difference quotients where the poses have their first estimates", () => {
    const { bundle, prior } = scene(model, [...lens]);
    const problem = new WindowProblem(bundle, prior, newCounters(), isScaleFree);
    const x = pointOf(bundle);
    const h = 1e-6;

    expect(problem.cols).toBe(6 * 4 + 3 * 6);
    for (const [j, column] of dense(problem, x).entries()) {
      const [above, below] = [h, -h].map((step) => {
        const dx = new Float64Array(problem.cols);
        const r = new Float64Array(problem.rows);
        dx[j] = step;
        problem.residual(problem.retract(x, dx, exact), exact, r);
        return r;
      });
      expectClose(
        column.map((v) => v / 1e3),
        above.map((v, i) => (v - below[i]) / (2 * h) / 1e3),
        1e-6,
      );
    }
  });
});

test("derivatives stay those of the first estimates as poses move, residuals do not", () => {
  const { bundle, prior } = scene();
  const problem = new WindowProblem(bundle, prior, newCounters(), false);
  const x = pointOf(bundle);
  const dx = new Float64Array(problem.cols);
  // Poses 1 ... 3, which the prior touches.
  dx.fill(0.05, 0, 18);
  const moved = problem.retract(x, dx, exact);
  const [before, after] = [x, moved].map((at) => {
    const r = new Float64Array(problem.rows);
    problem.residual(at, exact, r);
    return r;
  });

  expect(dense(problem, moved)).toEqual(dense(problem, x));
  expect(after).not.toEqual(before);
  dx.fill(0).fill(0.05, 18, 24);
  expect(dense(problem, problem.retract(x, dx, exact))).not.toEqual(dense(problem, x));
  dx.fill(0).fill(0.05, 24);
  expect(dense(problem, problem.retract(x, dx, exact))).not.toEqual(dense(problem, x));
});

test("pose 0 is held, and a pose that nothing is about", () => {
  const { bundle, prior } = scene();
  const poses = new Float64Array(7 * 6);
  poses.set(bundle.poses);
  se3.identity(poses, 35);
  const larger = { ...bundle, poses, intrinsicsOf: new Int32Array(6) };
  const problem = new WindowProblem(larger, prior, newCounters(), false);
  const moved = problem.retract(pointOf(larger), new Float64Array(problem.cols).fill(0.01), exact);

  expect(problem.cols).toBe(6 * 4 + 3 * 6);
  expect(moved.subarray(0, 7)).toEqual(poses.subarray(0, 7));
  expect(moved.subarray(35, 42)).toEqual(poses.subarray(35, 42));
});

test("a pose that only the prior is about moves", () => {
  const { bundle, prior } = scene();
  const kept = [...bundle.camera.keys()].filter((i) => bundle.camera[i] !== 2);
  const fewer = {
    ...bundle,
    camera: Int32Array.from(kept, (i) => bundle.camera[i]),
    point: Int32Array.from(kept, (i) => bundle.point[i]),
    measurements: Float64Array.from(kept.flatMap((i) => [...bundle.measurements.subarray(3 * i, 3 * i + 3)])),
  };

  expect(new WindowProblem(fewer, prior, newCounters(), false).cols).toBe(6 * 4 + 3 * 6);
});

describe("DenseSchur", () => {
  test.each([undefined, 0.3])("solves (J'J + D) dx = -g, and its norm is that of the inverse; damping %s", (lambda) => {
    const { bundle, prior } = scene();
    const problem = new WindowProblem(bundle, prior, newCounters(), false);
    const x = pointOf(bundle);
    const J = problem.jacobian(x, exact);
    const r = new Float64Array(problem.rows);
    const g = new Float64Array(problem.cols);
    problem.residual(x, exact, r);
    J.gradient(r, fp64, g);
    const d = lambda === undefined ? undefined : J.columnSquares().map((square) => lambda * square);
    const dx = new Float64Array(problem.cols);
    for (const constantFrom of [undefined, problem.constantFrom]) {
      const solver = new DenseSchur({ constantFrom });
      solver.analyze(J);

      expect(solver.factor(J, d)).toBe(undefined);
      expect(solver.solve(g, dx)).toMatchObject({ termination: "tolerance-met", iterations: 0 });
      const row = new Float64Array(problem.rows);
      const left = new Float64Array(problem.cols);
      J.multiply(dx, row);
      J.gradient(row, fp64, left);
      const scale = Math.max(...g.map(Math.abs));
      expectClose(
        left.map((v, j) => (v + (d?.[j] ?? 0) * dx[j]) / scale),
        g.map((v) => -v / scale),
        1e-9,
      );
      const square = -dx.reduce((sum, v, j) => sum + v * g[j], 0);
      expectClose([solver.norm(g) ** 2 / square], [1], 1e-9);
    }
  });

  test("says which pivot is missing, of a point and of a pose", () => {
    const { bundle, prior } = scene();
    const problem = new WindowProblem(bundle, prior, newCounters(), false);
    const J = problem.jacobian(pointOf(bundle), exact);
    const solver = new DenseSchur();
    solver.analyze(J);
    const cleared = (part: number): typeof J => {
      const other = problem.jacobian(pointOf(bundle), exact);
      (other.parts[part].values as Vec<typeof fp64>).fill(0);
      return other;
    };

    expect(solver.factor(cleared(1), undefined)).toMatchObject({ termination: "breakdown", message: expect.stringMatching(/point/) });
    expect(solver.factor(cleared(0), undefined)).toMatchObject({
      termination: "breakdown",
      message: expect.stringMatching(/camera system/),
    });
  });
});
