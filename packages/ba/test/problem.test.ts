import { BundleProblem, type Held, pointOf } from "@slam/ba";
import { type CameraModel, pinhole, radialTangential, snavely, stereo } from "@slam/camera";
import { fp32, fp64, operationFormat } from "@slam/float";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { orbit } from "./orbit.ts";

const wide = operationFormat(fp64);

const CASES: readonly { readonly model: CameraModel; readonly lens: readonly number[]; readonly isShared: boolean; readonly held: Held }[] =
  [
    { model: snavely, lens: [800, -0.1, 0.02], isShared: false, held: {} },
    { model: snavely, lens: [800, -0.1, 0.02], isShared: false, held: { cameras: [0, 2], points: [3] } },
    { model: pinhole, lens: [700, 710, 320, 240], isShared: true, held: {} },
    {
      model: radialTangential,
      lens: [458, 457, 367, 248, -0.28, 0.07, 0.0002, 0.00002, 0.001],
      isShared: true,
      held: { intrinsics: true },
    },
    { model: stereo, lens: [700, 700, 600, 180, 0.5], isShared: true, held: { cameras: [1] } },
  ];

describe("the linearisation", () => {
  test.each(CASES)("of $model.name, shared: $isShared, held: $held, is that of difference quotients", ({ model, lens, isShared, held }) => {
    const { bundle } = orbit({ model, lens, isShared, cameras: 3, points: 4 });
    const information = Float64Array.from(
      { length: (bundle.camera.length * model.measurement.length * (model.measurement.length + 1)) / 2 },
      (_, i) => [2, 0.3, 0.1, 1.5, 0.2, 1][i % ((model.measurement.length * (model.measurement.length + 1)) / 2)],
    );
    const problem = new BundleProblem({ ...bundle, information: spd(information, model.measurement.length) }, held);
    const x = pointOf(bundle);
    const J = problem.jacobian(x, wide);
    const sizes = Array.from(J.columnSquares(), Math.sqrt);
    for (let j = 0; j < problem.cols; j++) {
      const h = 1e-3 / sizes[j];
      const step = new Float64Array(problem.cols);
      step[j] = h;
      const ahead = residualAt(problem, problem.retract(x, step, wide));
      step[j] = -h;
      const behind = residualAt(problem, problem.retract(x, step, wide));
      step[j] = 1;
      const column = new Float64Array(problem.rows);
      J.multiply(step, column);

      expectClose(
        column.map((v) => v / sizes[j]),
        ahead.map((v, i) => (v - behind[i]) / (2 * h * sizes[j])),
        1e-5,
      );
    }
  });

  test.each(CASES)(
    "of $model.name, shared: $isShared, held: $held, has the same bits by a kernel and without",
    ({ model, lens, isShared, held }) => {
      const { bundle } = orbit({ model, lens, isShared, cameras: 3, points: 4 });
      const { formulas: _, ...plain } = model;
      const x = pointOf(bundle);
      for (const format of [operationFormat(fp64), operationFormat(fp32)]) {
        const [a, b] = [model, plain].map((of) => new BundleProblem({ ...bundle, model: of }, held).jacobian(x, format));

        for (const [k, part] of a.parts.entries()) expect(part.values).toEqual(b.parts[k].values);
      }
    },
  );

  test("at a point that was changed in place is that of the change", () => {
    const { bundle } = orbit({ model: snavely, lens: [800, -0.1, 0.02], cameras: 2, points: 3 });
    const problem = new BundleProblem(bundle);
    const x = pointOf(bundle);
    const before = residualAt(problem, x);
    x[x.length - 1] += 0.25;

    expect(residualAt(problem, x)).not.toEqual(before);
    expect(residualAt(problem, x)).toEqual(residualAt(new BundleProblem(bundle), x));
  });

  test("weighs residuals by the square root of the information", () => {
    const { bundle } = orbit({ model: pinhole, lens: [700, 710, 320, 240], isShared: true, cameras: 2, points: 3 });
    const plain = residualAt(new BundleProblem(bundle), pointOf(bundle));
    const information = Float64Array.from({ length: 3 * bundle.camera.length }, (_, i) => [4, 1, 2][i % 3]);
    const weighed = residualAt(new BundleProblem({ ...bundle, information }), pointOf(bundle));
    const cost = (i: number): number => weighed[2 * i] ** 2 + weighed[2 * i + 1] ** 2;

    for (let i = 0; i < bundle.camera.length; i++) {
      const [u, v] = [plain[2 * i], plain[2 * i + 1]];
      expectClose([cost(i)], [4 * u * u + 2 * u * v + 2 * v * v], 1e-12);
    }
  });

  test("is rounded once to the storage", () => {
    const { bundle } = orbit({ model: snavely, lens: [800, -0.1, 0.02], cameras: 2, points: 3 });
    const problem = new BundleProblem(bundle);
    const x = pointOf(bundle);
    const [wideJ, narrowJ] = [problem.jacobian(x, wide), problem.jacobian(x, operationFormat(fp32))];

    for (const [k, part] of narrowJ.parts.entries()) expect(part.values).toEqual(Float32Array.from(wideJ.parts[k].values as Float64Array));
  });

  test("a matrix that is not positive definite is refused with its observation", () => {
    const { bundle } = orbit({ model: pinhole, lens: [700, 710, 320, 240], isShared: true, cameras: 2, points: 3 });
    const information = Float64Array.from({ length: 3 * bundle.camera.length }, (_, i) => (i === 6 ? -1 : [1, 0, 1][i % 3]));

    expect(() => new BundleProblem({ ...bundle, information })).toThrow(/observation 2/);
  });
});

describe("points at the camera's back", () => {
  test("are counted", () => {
    const { bundle } = orbit({ model: pinhole, lens: [700, 710, 320, 240], isShared: true, cameras: 2, points: 3 });
    const problem = new BundleProblem(bundle);
    const x = pointOf(bundle);
    x.set([1000, 0, 0], x.length - 3);

    expect(problem.unseen(pointOf(bundle))).toBe(0);
    expect(problem.unseen(x)).toBe(1);
  });
});

function residualAt(problem: BundleProblem, x: Float64Array): Float64Array {
  const r = new Float64Array(problem.rows);
  problem.residual(x, wide, r);
  return r;
}

/** Upper triangles with a diagonal that dominates. */
function spd(information: Float64Array, rows: number): Float64Array {
  const size = (rows * (rows + 1)) / 2;
  const diagonal = Array.from({ length: rows }, (_, a) => a * rows - (a * (a - 1)) / 2);
  return information.map((x, i) => (diagonal.includes(i % size) ? 2 + Math.abs(x) : x / 4));
}
