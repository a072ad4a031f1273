import {
  type Bundle,
  type BundleOptions,
  BundleProblem,
  type BundleReport,
  isMarginals,
  type PosePrior,
  type Priors,
  pointOf,
  recoverMarginals,
  start,
  type Variable,
} from "@slam/ba";
import { type CameraModel, pinhole, rgbd, snavely } from "@slam/camera";
import { DimensionError, OptionError } from "@slam/errors";
import { fp32, fp64, operationFormat, tolerance } from "@slam/float";
import { se3 } from "@slam/lie";
import { presetPolicy } from "@slam/nlls";
import { expectClose, inverse } from "@slam/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { semidefiniteRoot } from "../src/semidefinite-root.ts";
import { orbit } from "./orbit.ts";

const wide = operationFormat(fp64);
const LENS = [700, 710, 320, 240];

function solved(bundle: Bundle, options: BundleOptions): { readonly bundle: Bundle; readonly report: BundleReport } {
  const run = start(bundle, { policy: presetPolicy("fp64"), ftol: 1e-12, ...options });
  while (!run.done) run.step();
  return { bundle: run.bundle, report: run.report };
}

/** The upper triangle of diag(values). */
function diagonal(...values: readonly number[]): number[] {
  return values.flatMap((value, i) => [value, ...new Array<number>(values.length - 1 - i).fill(0)]);
}

const poseOf = ({ poses }: Bundle, c: number): Float64Array => poses.slice(7 * c, 7 * c + 7);

describe("by hand", () => {
  // A camera at the origin measures a depth of 5, of deviation 1/2, of a point straight ahead.
  const bundle: Bundle = {
    model: rgbd,
    poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1),
    intrinsics: Float64Array.of(8, 8, 0, 0),
    intrinsicsOf: Int32Array.of(0),
    points: Float64Array.of(0, 0, 4.8),
    camera: Int32Array.of(0),
    point: Int32Array.of(0),
    measurements: Float64Array.of(0, 0, 5),
    information: Float64Array.of(1, 0, 0, 1, 0, 4),
  };
  const options: BundleOptions = { held: { cameras: [0], intrinsics: true } };

  test.each(["cgnr", "schur-cg", "schur-direct"] as const)(
    "a point is at the mean of prior and measurement by their information: %s",
    (linear) => {
      const priors = { points: [{ point: 0, position: [0, 0, 4], information: diagonal(3, 3, 12) }] };

      const { bundle: found, report } = solved(bundle, { ...options, linear, priors });

      expect(report.termination).toBe("converged");
      expectClose(found.points, [0, 0, (4 * 5 + 12 * 4) / 16], 1e-6);
      // 1/2 (4 (1/3 + ...)^2 + ...): 3/4 of a metre from the measurement, 1/4 from the prior.
      expectClose([report.finalCost], [0.5 * (4 * 0.75 ** 2 + 12 * 0.25 ** 2)], 1e-6);
    },
  );

  test("a point that nothing measures is where its priors say, known as they say", () => {
    const alone = { ...bundle, points: Float64Array.of(0, 0, 4.8, 9, 9, 9) };
    const priors = {
      points: [
        { point: 1, position: [1, 2, 3], information: diagonal(1, 1, 1) },
        { point: 1, position: [2, 2, 3], information: diagonal(3, 1, 1) },
      ],
    };

    const { bundle: found } = solved(alone, { ...options, priors });
    const marginals = recoverMarginals(found, { ...options, priors });

    expectClose(found.points.subarray(3), [1.75, 2, 3], 1e-9);
    const variable: Variable = { kind: "point", index: 1 };
    expectClose(
      isMarginals(marginals) ? marginals.block(variable, variable) : [],
      [1 / 4, 0, 0, 0, 1 / 2, 0, 0, 0, 1 / 2],
      tolerance(fp64, 4),
    );
  });

  test("a camera that nothing measures is where its prior says, and known as it says", () => {
    const pose = [0.1, -0.3, 0.2, 0.18, -0.24, 0.36, Math.sqrt(1 - 0.18 ** 2 - 0.24 ** 2 - 0.36 ** 2)];
    const two = { ...bundle, poses: Float64Array.of(...bundle.poses, 0, 0, 0, 0, 0, 0, 1), intrinsicsOf: Int32Array.of(0, 0) };
    const priors = { poses: [{ camera: 1, pose, information: diagonal(1, 2, 4, 8, 16, 32) }] };

    const { bundle: found, report } = solved(two, { ...options, priors });
    const marginals = recoverMarginals(found, { ...options, priors });

    expect(report.termination).toBe("converged");
    expectClose(poseOf(found, 1), pose, 1e-9);
    const variable: Variable = { kind: "camera", index: 1 };
    const expected = Float64Array.from({ length: 36 }, (_, k) => (k % 7 === 0 ? 1 / 2 ** (k / 7) : 0));
    expectClose(isMarginals(marginals) ? marginals.block(variable, variable) : [], expected, 1e-9);
  });
});

interface Case {
  readonly model: CameraModel;
  readonly lens: readonly number[];
  readonly isShared: boolean;
}

const CASES: readonly Case[] = [
  { model: snavely, lens: [800, -0.1, 0.02], isShared: false },
  { model: pinhole, lens: LENS, isShared: true },
  { model: rgbd, lens: [525, 525, 320, 240], isShared: true },
];

/** Of the first two cameras and a point, so far from where they are, with information that is not diagonal. */
function priorsOf(bundle: Bundle, farness = 1): Priors {
  const far = (c: number, xi: readonly number[]): Float64Array => {
    const pose = new Float64Array(7);
    se3.retract(
      bundle.poses,
      7 * c,
      Float64Array.from(xi, (v) => farness * v),
      0,
      pose,
      0,
    );
    return pose;
  };
  const information = [9, 1, 0.5, 0, 0.2, 1, 8, 1, 2, 0, 0.3, 7, 0, 1, 1, 20, 3, 1, 15, 2, 12];
  return {
    poses: [
      { camera: 0, pose: far(0, [0.2, -0.1, 0.3, 0.4, -0.9, 0.5]), information },
      { camera: 1, pose: far(1, [-0.1, 0.2, 0.1, 0.1, 0.2, -1.5]), information: information.map((w) => 3 * w) },
    ],
    points: [
      { point: 2, position: bundle.points.slice(6, 9).map((p, a) => p + farness * [1, -2, 0.5][a]), information: [4, 1, 0.5, 3, 0.2, 2] },
    ],
  };
}

describe.each(CASES)("of $model.name, shared: $isShared", (of) => {
  const { bundle } = orbit({ ...of, cameras: 4, points: 7 });
  const priors = priorsOf(bundle);

  test("derivatives are those of difference quotients", () => {
    const problem = new BundleProblem(bundle, {}, undefined, undefined, priors);
    const x = pointOf(bundle);
    const J = problem.jacobian(x, wide);
    const from = 4 * 7 * of.model.measurement.length;
    const behindObservations = (dx: Float64Array): Float64Array => {
      const r = new Float64Array(problem.rows);
      problem.residual(problem.retract(x, dx, wide), wide, r);
      return r.subarray(from);
    };
    const h = 2 ** -17;
    for (let j = 0; j < problem.cols; j++) {
      const step = new Float64Array(problem.cols);
      step[j] = h;
      const ahead = behindObservations(step);
      step[j] = -h;
      const behind = behindObservations(step);
      step[j] = 1;
      const column = new Float64Array(problem.rows);
      J.multiply(step, column);

      // A third derivative of order 10 leaves h^2 of it.
      expectClose(
        column.subarray(from),
        ahead.map((r, i) => (r - behind[i]) / (2 * h)),
        1e-8,
      );
    }
  });

  test("rows have the same bits with a kernel's Jacobian and without, in fp32 rounded once", () => {
    const { formulas: _, ...plain } = of.model;
    const jacobianOf = (model: CameraModel, format: typeof fp64 | typeof fp32) =>
      new BundleProblem({ ...bundle, model }, {}, undefined, undefined, priors).jacobian(pointOf(bundle), operationFormat(format)).parts;
    const exact = jacobianOf(of.model, fp64);

    for (const [k, part] of jacobianOf(plain, fp64).entries()) expect(part.values).toEqual(exact[k].values);
    for (const [k, part] of jacobianOf(of.model, fp32).entries()) {
      expect(part.values).toEqual(Float32Array.from(exact[k].values as unknown as Float64Array));
    }
  });

  test("all solvers in fp64 and mixed find the same optimum", () => {
    // Measurements that contradict each other by radians have several.
    const priors = priorsOf(bundle, 0.05);
    const least = solved(bundle, { priors, linear: "schur-direct" }).report.finalCost;

    for (const linear of ["cgnr", "schur-cg", "schur-direct"] as const) {
      for (const policy of [presetPolicy("fp64"), presetPolicy("mixed", ["matvec"])]) {
        const { report } = solved(bundle, { priors, linear, policy, ftol: 1e-9, maxIterations: 300 });
        expectClose([report.finalCost / least], [1], 1e-6);
      }
    }
  });

  test("one of huge information is a pose held", () => {
    const certain: PosePrior[] = [0, 1].map((camera) => ({
      camera,
      pose: poseOf(bundle, camera),
      information: diagonal(...new Array<number>(6).fill(1e14)),
    }));
    const [soft, hard] = [
      solved(bundle, { priors: { poses: certain }, held: { intrinsics: true } }),
      solved(bundle, { held: { cameras: [0, 1], intrinsics: true } }),
    ];

    expect(soft.report.finalCost / hard.report.finalCost - 1).toBeLessThan(1e-5);
    expectClose(soft.bundle.poses, hard.bundle.poses, 1e-5);
    expectClose(soft.bundle.points, hard.bundle.points, 1e-5);
  });

  test("they hold the gauge, and covariances are those of the dense inverse", () => {
    const held = { intrinsics: true };
    const problem = new BundleProblem(bundle, held, undefined, undefined, priors);
    const n = problem.cols;
    const J = problem.jacobian(pointOf(bundle), wide);
    const [H, e, row] = [new Float64Array(n * n), new Float64Array(n), new Float64Array(problem.rows)];
    for (let j = 0; j < n; j++) {
      e.fill(0);
      e[j] = 1;
      J.multiply(e, row);
      J.gradient(row, fp64, e);
      H.set(e, j * n);
    }
    const all = Array.from({ length: 4 }, (_, index): Variable => ({ kind: "camera", index })).concat(
      Array.from({ length: 7 }, (_, index): Variable => ({ kind: "point", index })),
    );

    const marginals = recoverMarginals(bundle, { held, priors });

    expectClose(isMarginals(marginals) ? marginals.joint(all) : [], inverse(H, n), 1e-9);
    expect(isMarginals(recoverMarginals(bundle, { held }))).toBe(false);
  });
});

test("places alone, as a satellite gives them, hold the gauge of a single camera's bundle", () => {
  const { bundle, truth } = orbit({ model: pinhole, lens: LENS, isShared: true, cameras: 5, points: 12, away: 0.02 });
  const poses = [0, 2, 3].map((camera) => {
    // Its direction is anything.
    const pose = [...poseOf(truth, camera).subarray(0, 3), 0.5, 0.5, 0.5, 0.5];
    return { camera, pose, information: diagonal(100, 100, 100, 0, 0, 0) };
  });
  const held = { intrinsics: true };

  const { bundle: found, report } = solved(bundle, { held, priors: { poses } });

  expect(report.finalCost).toBeLessThan(1e-12);
  expectClose(found.points, truth.points, 1e-6);
  expect(isMarginals(recoverMarginals(found, { held, priors: { poses } }))).toBe(true);
  expect(isMarginals(recoverMarginals(found, { held, priors: { poses: poses.slice(1) } }))).toBe(false);
});

test("a loss is on observations alone", () => {
  const { bundle } = orbit({ model: pinhole, lens: LENS, isShared: true, cameras: 4, points: 7 });
  const far = { point: 2, position: [3, 3, 3], information: diagonal(1, 1, 1) };
  const options: BundleOptions = { held: { points: [2] }, loss: { loss: "huber", C: 0.1 }, maxIterations: 0 };
  const [p, without] = [bundle.points, solved(bundle, options).report.initialCost];

  const { initialCost } = solved(bundle, { ...options, priors: { points: [far] } }).report;

  expectClose([initialCost - without], [0.5 * ((p[6] - 3) ** 2 + (p[7] - 3) ** 2 + (p[8] - 3) ** 2)], 1e-9);
});

describe("the root of an information", () => {
  test("gives it back, of any rank and in any units", () => {
    const entries = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 6, maxLength: 18 });
    const units = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(entries, units, (values, exponents) => {
        // A'A of as many rows as there are, columns in units of their own.
        const A = values.slice(0, 3 * Math.floor(values.length / 6)).map((v, k) => v * 2 ** exponents[k % 3]);
        const entry = (i: number, j: number): number => A.reduce((sum, _, k) => (k % 3 === i ? sum + A[k] * A[k - i + j] : sum), 0);
        const upper = [0, 1, 2].flatMap((i) => [0, 1, 2].slice(i).map((j) => entry(i, j)));

        const R = semidefiniteRoot("W", upper, 3);

        const product = [0, 1, 2].flatMap((i) =>
          [0, 1, 2].slice(i).map((j) => [0, 1, 2].reduce((sum, k) => sum + R[3 * k + i] * R[3 * k + j], 0)),
        );
        const scaled = (of: readonly number[]): number[] => {
          const place = [0, 1, 2].flatMap((i) => [0, 1, 2].slice(i).map((j) => [i, j]));
          return of.map((w, k) => w / 2 ** (exponents[place[k][0]] + exponents[place[k][1]]));
        };
        expectClose(scaled(product), scaled(upper), tolerance(fp64, 3, 32));
      }),
    );
  });

  test("is refused to what is indefinite", () => {
    expect(() => semidefiniteRoot("W", [1, 2, 1], 2)).toThrow('W is "indefinite", expected a positive semidefinite matrix');
    expect(() => semidefiniteRoot("W", [0, 1, 5], 2)).toThrow(OptionError);
    expect(() => semidefiniteRoot("W", [-1, 0, 1], 2)).toThrow(OptionError);
    expect(semidefiniteRoot("W", [0, 0, 4], 2)).toEqual(Float64Array.of(0, 2, 0, 0));
    expect(semidefiniteRoot("W", [1e-320, 0, 1e300], 2).every(Number.isFinite)).toBe(true);
  });
});

test("misuse throws", () => {
  const { bundle } = orbit({ model: pinhole, lens: LENS, isShared: true, cameras: 3, points: 4 });
  const pose = { camera: 0, pose: poseOf(bundle, 0), information: diagonal(1, 1, 1, 1, 1, 1) };
  const point = { point: 0, position: [0, 0, 0], information: diagonal(1, 1, 1) };
  const wrong = (priors: Priors) => () => start(bundle, { priors });

  expect(wrong({ poses: [{ ...pose, camera: 3 }] })).toThrow(OptionError);
  expect(wrong({ poses: [{ ...pose, pose: [0, 0, 0] }] })).toThrow(DimensionError);
  expect(wrong({ poses: [{ ...pose, pose: [0, 0, 0, 0, 0, 0, 2] }] })).toThrow(OptionError);
  expect(wrong({ poses: [pose, { ...pose, information: diagonal(1, 1, 1, 1, 1, -1) }] })).toThrow("priors.poses[1].information");
  expect(wrong({ points: [{ ...point, point: -1 }] })).toThrow(OptionError);
  expect(wrong({ points: [{ ...point, position: [0, Number.NaN, 0] }] })).toThrow(OptionError);
  expect(wrong({ points: [{ ...point, information: [1] }] })).toThrow(DimensionError);
});
