import { type Bundle, BundleProblem, pointOf } from "@slam/ba";
import { type CameraModel, pinhole, rgbd, stereo } from "@slam/camera";
import { fp64, operationFormat } from "@slam/float";
import { se3 } from "@slam/lie";
import { huber } from "@slam/nlls";
import { expectClose } from "@slam/testing";
import { describe, expect, test } from "vitest";
import { marginalizePoints } from "../../src/window/marginalize.ts";
import { eliminateColumns } from "../../src/window/orthogonal.ts";
import { Prior } from "../../src/window/prior.ts";
import { orbit } from "../orbit.ts";
import { schurComplement } from "./dense.ts";

const MODELS: [CameraModel, number[], number][] = [
  [stereo, [700, 700, 600, 180, 0.5], 6],
  [rgbd, [525, 525, 320, 240], 6],
  [pinhole, [700, 710, 320, 240], 7],
];

/** Four cameras and eight points with noisy measurements, observations sorted by point. */
function scene(model: CameraModel, lens: number[]): Bundle {
  const { bundle } = orbit({ model, lens, isShared: true, cameras: 4, points: 8, away: 0.02 });
  return { ...bundle, measurements: bundle.measurements.map((z, i) => z + ((i * 7919) % 11) / 50 - 0.1) };
}

/** J'J and J'r of a bundle at its point, by variables: poses, then points. */
function normalEquations(bundle: Bundle, weights?: (square: number) => number): { readonly H: number[][]; readonly g: number[] } {
  const problem = new BundleProblem(bundle, { intrinsics: true });
  const exact = operationFormat(fp64);
  const J = problem.jacobian(pointOf(bundle), exact);
  const r = new Float64Array(problem.rows);
  problem.residual(pointOf(bundle), exact, r);
  if (weights !== undefined) {
    const rows = bundle.model.measurement.length;
    const roots = new Float64Array(r.length);
    for (let i = 0; i < r.length; i += rows)
      roots.fill(Math.sqrt(weights(r.subarray(i, i + rows).reduce((sum, x) => sum + x * x, 0))), i, i + rows);
    J.scaleRows(roots);
    for (let i = 0; i < r.length; i++) r[i] *= roots[i];
  }
  const g = new Float64Array(problem.cols);
  J.gradient(r, fp64, g);
  const H = Array.from({ length: problem.cols }, (_, k) => {
    const e = new Float64Array(problem.cols);
    const row = new Float64Array(problem.rows);
    e[k] = 1;
    J.multiply(e, row);
    J.gradient(row, fp64, e);
    return [...e];
  });
  return { H, g: [...g] };
}

/** R'R and R'r0. */
function squared({ R, r0, stride, width }: Prior): { readonly H: number[][]; readonly g: number[] } {
  const dot = (a: number, b: (i: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += R[i * stride + a] * b(i);
    return sum;
  };
  const columns = Array.from({ length: width }, (_, a) => a);
  return { H: columns.map((a) => columns.map((b) => dot(a, (i) => R[i * stride + b]))), g: columns.map((a) => dot(a, (i) => r0[i])) };
}

describe.each(MODELS)("%o", (model, lens, gauge) => {
  test("the prior of points is their dense Schur complement, and so is that without the first pose", () => {
    const bundle = scene(model, lens);
    const prior = new Prior(4);
    const { H, g } = normalEquations(bundle);

    expect(marginalizePoints(bundle, prior, undefined)).toBe(0);
    const points = schurComplement(H, g, 24);
    const scale = Math.max(...points.H.map((row, k) => row[k]));
    expectClose(
      squared(prior)
        .H.flat()
        .map((x) => x / scale),
      points.H.flat().map((x) => x / scale),
      1e-12,
    );
    expectClose(
      squared(prior).g.map((x) => x / scale),
      points.g.map((x) => x / scale),
      1e-12,
    );
    prior.dropFirst();
    const rest = schurComplement(H, g, 24, 6);
    expectClose(
      squared(prior)
        .H.flat()
        .map((x) => x / scale),
      rest.H.flat().map((x) => x / scale),
      1e-11,
    );
    expectClose(
      squared(prior).g.map((x) => x / scale),
      rest.g.map((x) => x / scale),
      1e-11,
    );
  });

  test("what is marginalised later adds to what was, however far either reaches", () => {
    const bundle = scene(model, lens);
    const kept = (at: (point: number, camera: number) => boolean): Bundle => {
      const indices = [...bundle.camera.keys()].filter((i) => at(bundle.point[i], bundle.camera[i]));
      const rows = model.measurement.length;
      return {
        ...bundle,
        camera: Int32Array.from(indices, (i) => bundle.camera[i]),
        point: Int32Array.from(indices, (i) => bundle.point[i] % 4),
        points: bundle.points.slice(bundle.point[indices[0]] < 4 ? 0 : 12, bundle.point[indices[0]] < 4 ? 12 : 24),
        measurements: Float64Array.from(indices.flatMap((i) => [...bundle.measurements.subarray(i * rows, (i + 1) * rows)])),
      };
    };
    const far = kept((point) => point < 4);
    const near = kept((point, camera) => point >= 4 && camera < 2 + (point % 2));
    const prior = new Prior(4);
    marginalizePoints(far, prior, undefined);
    const before = squared(prior);
    const alone = new Prior(4);
    marginalizePoints(near, alone, undefined);
    marginalizePoints(near, prior, undefined);
    const more = squared(alone);
    const both = squared(prior);
    const scale = Math.max(...both.H.flat());

    expect(alone.width).toBe(18);
    expectClose(
      both.H.flat().map((x) => x / scale),
      before.H.flatMap((row, a) => row.map((x, b) => (x + (more.H[a]?.[b] ?? 0)) / scale)),
      1e-13,
    );
    expectClose(
      both.g.map((x) => x / scale),
      before.g.map((x, a) => (x + (more.g[a] ?? 0)) / scale),
      1e-13,
    );
  });

  test(`its null space is the gauge, of ${gauge} dimensions`, () => {
    const bundle = scene(model, lens);
    const prior = new Prior(4);
    marginalizePoints(bundle, prior, undefined);
    prior.dropFirst();
    const { R, stride, width } = prior;
    const byColumns = Float64Array.from({ length: width * width }, (_, k) => R[(k % width) * stride + Math.floor(k / width)]);
    const scale = Math.sqrt(byColumns.reduce((sum, x) => sum + x * x, 0));

    expect(eliminateColumns(byColumns.slice(), width, width, width)).toBe(width - gauge);
    for (const direction of gaugeDirections(prior, gauge)) {
      const size = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0));
      for (let i = 0; i < width; i++) {
        let sum = 0;
        for (let j = 0; j < width; j++) sum += R[i * stride + j] * direction[j];
        expect(Math.abs(sum)).toBeLessThan(1e-12 * scale * size);
      }
    }
  });
});

test("a robust loss weighs what is marginalised as it does at the point", () => {
  const [model, lens] = MODELS[0];
  const bundle = scene(model, lens);
  const prior = new Prior(4);
  const loss = huber(0.1);
  marginalizePoints(bundle, prior, loss);
  const { H, g } = normalEquations(bundle, loss.weight);
  const expected = schurComplement(H, g, 24);

  expect(squared(prior).g.map((x) => x / 1e6)).not.toEqual(expected.g);
  expectClose(
    squared(prior)
      .H.flat()
      .map((x) => x / 1e6),
    expected.H.flat().map((x) => x / 1e6),
    1e-12,
  );
  expectClose(
    squared(prior).g.map((x) => x / 1e6),
    expected.g.map((x) => x / 1e6),
    1e-12,
  );
});

test("residuals are those at the point, carried to the first estimates by the Jacobian there", () => {
  const [model, lens] = MODELS[0];
  const bundle = scene(model, lens);
  const prior = new Prior(4);
  const x0 = pointOf(bundle);
  for (let c = 0; c < 4; c++) se3.retract(bundle.poses, 7 * c, Float64Array.of(0.01, -0.02, 0.015, 0.001 * c, -0.002, 0.001), 0, x0, 7 * c);
  for (let c = 0; c < 4; c++) prior.touch(c, x0, 7 * c);
  marginalizePoints(bundle, prior, undefined);
  const there = { ...bundle, poses: x0.slice(0, 28) };
  const exact = operationFormat(fp64);
  const problem = new BundleProblem(there, { intrinsics: true });
  const J = problem.jacobian(pointOf(there), exact);
  const d = new Float64Array(problem.cols);
  d.set(prior.displacement(bundle.poses));
  const r = new Float64Array(problem.rows);
  const moved = new Float64Array(problem.rows);
  new BundleProblem(bundle, { intrinsics: true }).residual(pointOf(bundle), exact, r);
  J.multiply(d, moved);
  const g = new Float64Array(problem.cols);
  J.gradient(
    r.map((v, i) => v - moved[i]),
    fp64,
    g,
  );
  const expected = schurComplement(normalEquations(there).H, [...g], 24);

  expectClose(
    squared(prior).g.map((x) => x / 1e6),
    expected.g.map((x) => x / 1e6),
    1e-11,
  );
});

test("points that are not seen, and single views of a single camera, say nothing", () => {
  const [model, lens] = MODELS[2];
  const bundle = scene(model, lens);
  const prior = new Prior(4);
  const one = {
    ...bundle,
    camera: bundle.camera.slice(0, 1),
    point: bundle.point.slice(0, 1),
    measurements: bundle.measurements.slice(0, 2),
  };
  const behind = { ...bundle, points: bundle.points.map((x) => 100 * x) };

  expect(marginalizePoints(one, prior, undefined)).toBe(0);
  expect(prior.R.every((x) => x === 0)).toBe(true);
  expect(marginalizePoints(behind, new Prior(4), undefined)).toBeGreaterThan(0);
});

/** How poses move with the whole world: Ad(X^-1) of its 6 motions; and, of a camera without a scale, away from the origin. */
function gaugeDirections({ firstEstimates, width }: Prior, count: number): number[][] {
  const poses = width / 6;
  const directions = Array.from({ length: count }, () => new Array<number>(width).fill(0));
  const inverse = new Float64Array(7);
  const adjoint = new Float64Array(36);
  for (let c = 0; c < poses; c++) {
    se3.inverse(firstEstimates, 7 * c, inverse, 0);
    se3.adjoint(inverse, 0, adjoint, 0);
    for (let k = 0; k < 6; k++) for (let j = 0; j < 6; j++) directions[k][6 * c + j] = adjoint[6 * j + k];
    // R't, which the inverse has with a minus sign.
    if (count === 7) for (let j = 0; j < 3; j++) directions[6][6 * c + j] = -inverse[j];
  }
  return directions;
}
