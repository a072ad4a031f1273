import { type Bundle, type BundleOptions, BundleProblem, type BundleReport, type Held, pointOf, start } from "@slam/ba";
import { type CameraModel, newProjection, pinhole, snavely, stereo } from "@slam/camera";
import { OptionError } from "@slam/errors";
import { fp32, fp64, operationFormat, tolerance } from "@slam/float";
import { se3 } from "@slam/lie";
import { newCounters, presetPolicy } from "@slam/nlls";
import { expectClose, expectSameBits } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import { describe, expect, test } from "vitest";
import { Anchors } from "../src/anchors.ts";
import { eliminateReference } from "../src/eliminate.reference.ts";
import { newEliminator } from "../src/eliminator.ts";
import { reducedStructure } from "../src/reduced-structure.ts";
import { ReducedSystem } from "../src/reduced-system.ts";
import { orbit } from "./orbit.ts";

const wide = operationFormat(fp64);
const LENS = [700, 710, 320, 240];

interface Case {
  readonly name: string;
  readonly model: CameraModel;
  readonly lens: readonly number[];
  readonly isShared: boolean;
  readonly held: Held;
}

const CASES: readonly Case[] = [
  { name: "a lens for each camera that looks along -z", model: snavely, lens: [800, -0.1, 0.02], isShared: false, held: {} },
  { name: "one lens", model: pinhole, lens: LENS, isShared: true, held: {} },
  {
    name: "an anchor held, and another camera, and points",
    model: pinhole,
    lens: LENS,
    isShared: true,
    held: { cameras: [0, 2], points: [3], intrinsics: true },
  },
];

/** Camera 0 does not see every other point, so that camera 1 anchors those; nor does any but camera 3 point 5. */
function bundleOf({ model, lens, isShared }: Omit<Case, "held" | "name">): Bundle {
  const { bundle } = orbit({ model, lens, isShared, cameras: 4, points: 9 });
  const kept = [...bundle.camera.keys()].filter(
    (i) => (bundle.camera[i] !== 0 || bundle.point[i] % 2 === 0) && (bundle.point[i] !== 5 || bundle.camera[i] === 3),
  );
  return {
    ...bundle,
    camera: Int32Array.from(kept, (i) => bundle.camera[i]),
    point: Int32Array.from(kept, (i) => bundle.point[i]),
    measurements: Float64Array.from(kept.flatMap((i) => [bundle.measurements[2 * i], bundle.measurements[2 * i + 1]])),
  };
}

function problemOf(bundle: Bundle, held: Held = {}): BundleProblem {
  return new BundleProblem(bundle, held, undefined, undefined, {}, "inverse-depth");
}

describe("anchors, by hand", () => {
  // The second camera is 2 m ahead of the first and turned by 90 degrees about z; the point is 4 m ahead of the first.
  const half = Math.SQRT1_2;
  const bundle: Bundle = {
    model: pinhole,
    poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, half, half),
    intrinsics: Float64Array.of(100, 100, 0, 0),
    intrinsicsOf: Int32Array.of(0, 0),
    points: Float64Array.of(1, 2, 4, 0, 0, 3),
    camera: Int32Array.of(1, 0, 0),
    point: Int32Array.of(0, 0, 1),
    measurements: new Float64Array(6),
  };

  test("are the first camera that measured a point, of those that two measured", () => {
    const anchors = new Anchors(bundle, () => false);

    expect([...anchors.camera]).toEqual([1, -1]);
    // In the frame of the second camera the point is (2, -1, 2).
    expectClose(anchors.encode(pointOf(bundle)).subarray(18, 21), [1, -0.5, 0.5], tolerance(fp64, 4));
    expectClose(anchors.decode(anchors.encode(pointOf(bundle))), pointOf(bundle), tolerance(fp64, 8));
    expect([...new Anchors(bundle, (p) => p === 0).camera]).toEqual([-1, -1]);
  });

  test("a point at infinity is measured, and put far away", () => {
    const x = problemOf(bundle).encode(pointOf(bundle));
    x[20] = 0;
    const r = new Float64Array(6);
    problemOf(bundle).residual(x, wide, r);

    // Its direction is (1, -0.5, 1) in the second camera's frame, (0.5, 1, 1) in the first one's.
    expectClose(r.subarray(0, 4), [100, -50, 50, 100], tolerance(fp64, 64));
    const far = problemOf(bundle).decode(x).subarray(18, 21);
    expectClose([far[0] / far[2], far[1] / far[2]], [0.5, 1], 1e-8);
    expect(far[2]).toBeGreaterThan(1e8);
    expect(problemOf(bundle).unseen(x)).toBe(0);
    x[20] = -0.1;
    expect(problemOf(bundle).unseen(x)).toBe(2);
  });

  test("cameras that measure depth have no use for them, and are refused", () => {
    const { bundle: pairs } = orbit({ model: stereo, lens: [700, 700, 600, 180, 0.5], isShared: true });

    expect(() => start(pairs, { landmarks: "inverse-depth" })).toThrow(OptionError);
    expect(() => start(bundle, { landmarks: "depth" as "position" })).toThrow(OptionError);
  });
});

describe.each(CASES)("$name", ({ held, ...of }) => {
  const bundle = bundleOf(of);
  const x = problemOf(bundle, held).encode(pointOf(bundle));

  test("residuals are those of the positions", () => {
    const [a, b] = [problemOf(bundle, held), new BundleProblem(bundle, held)];
    const [r, q] = [new Float64Array(a.rows), new Float64Array(a.rows)];
    a.residual(x, wide, r);
    b.residual(pointOf(bundle), wide, q);

    expectClose(r, q, tolerance(fp64, 1e4));
    expect(a.cols).toBe(b.cols);
  });

  test("derivatives are those of difference quotients", () => {
    const problem = problemOf(bundle, held);
    const J = problem.jacobian(x, wide);
    const sizes = Array.from(J.columnSquares(), Math.sqrt);
    const at = (dx: Float64Array): Float64Array => {
      const r = new Float64Array(problem.rows);
      problem.residual(problem.retract(x, dx, wide), wide, r);
      return r;
    };
    for (let j = 0; j < problem.cols; j++) {
      const h = 1e-3 / sizes[j];
      const step = new Float64Array(problem.cols);
      step[j] = h;
      const ahead = at(step);
      step[j] = -h;
      const behind = at(step);
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

  test("derivatives have the same bits by a kernel and without", () => {
    const { formulas: _, ...plain } = of.model;
    const priors = { points: [{ point: 1, position: [0, 0, 0], information: [1, 0, 0, 1, 0, 1] }] };
    const [a, b] = [of.model, plain].map(
      (model) => new BundleProblem({ ...bundle, model }, held, undefined, undefined, priors, "inverse-depth"),
    );
    // Away from where rotations are those of the orbit; some points at infinity and beyond.
    const dx = Float64Array.from({ length: a.cols }, (_, j) => 0.3 * Math.cos(3 * j));
    for (const at of [a.encode(pointOf(bundle)), a.retract(a.encode(pointOf(bundle)), dx, wide)]) {
      for (const format of [wide, operationFormat(fp32)]) {
        const [byKernel, without] = [a, b].map((problem) => problem.jacobian(at, format));

        for (const [k, part] of byKernel.parts.entries()) expectSameBits(part.values, without.parts[k].values);
      }
    }
  });

  test("information weighs all derivatives", () => {
    const information = Float64Array.from([...bundle.camera].flatMap(() => [4, 0, 4]));
    const [plain, weighed] = [bundle, { ...bundle, information }].map((each) => problemOf(each, held).jacobian(x, wide));

    for (const [k, part] of weighed.parts.entries()) {
      expectClose(
        part.values as unknown as Float64Array,
        Array.from(plain.parts[k].values as unknown as Float64Array, (v) => 2 * v),
        1e-12,
      );
    }
  });

  test("S is U - W V^-1 W' of the dense J'J, and has the same bits in the engine and the reference", () => {
    const problem = problemOf(bundle, held);
    const { cols: n } = problem;
    const J = problem.jacobian(x, wide);
    const d = J.columnSquares().map((square, j) => (square || 1) * (1e-3 + 1e-4 * (j % 5)));
    const points = n - 3 * problem.patterns.at(-1)!.blockCols;
    const reduced = new ReducedSystem(problem.patterns, {
      part: "lower",
      jacobian: fp64,
      counters: newCounters(),
      arenas: new ArenaPool(),
    });
    expect(reduced.assemble(J, d)).toBe(-1);
    // S x by the products of J alone: U x - W V^-1 W'x.
    const v = Float64Array.from({ length: points }, (_, j) => Math.cos(j + 1) / Math.sqrt(d[j]));
    const last = J.parts.length - 1;
    const [row, other, point] = [new Float64Array(problem.rows), new Float64Array(problem.rows), new Float64Array(n - points)];
    J.multiplyParts(0, last, v, row);
    J.multiplyTransposedParts(last, last + 1, row, point);
    reduced.solvePoints(point);
    J.multiplyParts(last, last + 1, point, other);
    const expected = new Float64Array(points);
    J.multiplyTransposedParts(
      0,
      last,
      row.map((value, i) => value - other[i]),
      expected,
    );
    const [padded, product] = [new Float64Array(reduced.size), new Float64Array(reduced.size)];
    for (let j = 0; j < points; j++) padded[reduced.place[j]] = v[j];
    reduced.multiply(padded, product);

    expectClose(
      Array.from(expected, (_, j) => product[reduced.place[j]] / Math.sqrt(d[j])),
      Array.from(expected, (e, j) => (e + d[j] * v[j]) / Math.sqrt(d[j])),
      1e-10,
    );
    for (const part of ["lower", "diagonal"] as const) {
      for (const format of [fp64, fp32]) {
        const each = problem.jacobian(x, operationFormat(format));
        const structure = reducedStructure(problem.patterns);
        const engine = newEliminator(structure, problem.patterns, part, format, new ArenaPool());
        engine.damping.fill(0.5);
        const plain = {
          damping: engine.damping.slice(),
          S: new Float64Array(engine.S.length),
          factors: new Float64Array(engine.factors.length),
        };
        engine.S.fill(0);
        const parts = each.parts.map(({ values }) => values as unknown as Float64Array);

        expect(engine.eliminate(each)).toBe(eliminateReference(structure, part, { ...plain, parts }));
        expect(engine.S).toEqual(plain.S);
      }
    }
  });

  test("all solvers find the optimum of the positions", () => {
    // Cameras on one circle say little of the middle of a picture that they share.
    const options: BundleOptions = {
      held: { ...held, intrinsics: of.isShared },
      ftol: 1e-10,
      maxIterations: 300,
      policy: presetPolicy("fp64"),
    };
    // More than the bundle above, whose noise would leave several optima.
    const { bundle: larger } = orbit({ ...of, cameras: 6, points: 24 });
    const noisy = { ...larger, measurements: larger.measurements.map((z, k) => z + 0.5 * Math.cos(7 * k)) };
    const least = solved(noisy, options).report.finalCost;

    for (const linear of ["cgnr", "schur-cg", "schur-direct"] as const) {
      for (const policy of [presetPolicy("fp64"), presetPolicy("mixed", ["matvec"])]) {
        const { report, bundle: found } = solved(noisy, { ...options, linear, policy, landmarks: "inverse-depth" });
        expectClose([report.finalCost / least], [1], 1e-6);
        expectClose([solved(found, { ...options, maxIterations: 0 }).report.finalCost / least], [1], 1e-6);
      }
    }
  });
});

test("points far away, started near, are found in fewer steps than as positions", () => {
  const { bundle, truth } = far();
  const options: BundleOptions = {
    held: { cameras: [0, 1], intrinsics: true },
    policy: presetPolicy("fp64"),
    ftol: 1e-9,
    maxIterations: 200,
  };

  const positions = solved(bundle, options).report;
  const inverse = solved(bundle, { ...options, landmarks: "inverse-depth" });

  expect(inverse.report.termination).toBe("converged");
  expect(inverse.report.iterations.length).toBeLessThan(0.5 * positions.iterations.length);
  expect(inverse.report.finalCost).toBeLessThanOrEqual(positions.finalCost * (1 + 1e-6));
  expectClose(inverse.bundle.poses, truth.poses, 0.05);
});

function solved(bundle: Bundle, options: BundleOptions): { readonly bundle: Bundle; readonly report: BundleReport } {
  const run = start(bundle, options);
  while (!run.done) run.step();
  return { bundle: run.bundle, report: run.report };
}

/** Five cameras, 5 cm from each to the next, that look at points 5 m to 5 km away and have measured them to a tenth of a pixel; all points are given 4 m away in their directions. */
function far(): { readonly bundle: Bundle; readonly truth: Bundle } {
  const cameras = 5;
  const points = Array.from({ length: 40 }, (_, p) => {
    const z = 5 * 1000 ** (p / 39);
    return [0.6 * z * Math.cos(3 * p), 0.4 * z * Math.cos(5 * p + 1), z];
  });
  const poses = Float64Array.from({ length: cameras }, (_, c) => c).reduce(
    (all, c) => {
      all.set([0.05 * c, 0, 0, 0, 0, 0, 1], 7 * c);
      return all;
    },
    new Float64Array(7 * cameras),
  );
  const out = newProjection(pinhole);
  const measurements = new Float64Array(2 * cameras * points.length);
  for (let i = 0; i < cameras * points.length; i++) {
    const [x, y, z] = points[Math.floor(i / cameras)];
    pinhole.project(LENS, [x - 0.05 * (i % cameras), y, z], out, false);
    measurements.set(
      out.value.map((value, a) => value + 0.1 * Math.cos(11 * i + 5 * a)),
      2 * i,
    );
  }
  const truth: Bundle = {
    model: pinhole,
    poses,
    intrinsics: Float64Array.from(LENS),
    intrinsicsOf: new Int32Array(cameras),
    points: Float64Array.from(points.flat()),
    camera: Int32Array.from({ length: cameras * points.length }, (_, i) => i % cameras),
    point: Int32Array.from({ length: cameras * points.length }, (_, i) => Math.floor(i / cameras)),
    measurements,
  };
  const moved = poses.slice();
  for (let c = 2; c < cameras; c++) se3.retract(poses, 7 * c, Float64Array.of(0.01, -0.01, 0.01, 0.002, -0.002, 0.002), 0, moved, 7 * c);
  return {
    truth,
    bundle: { ...truth, poses: moved, points: Float64Array.from(points.flatMap(([x, y, z]) => [(4 * x) / z, (4 * y) / z, 4])) },
  };
}
