import {
  type Bundle,
  BundleProblem,
  type Held,
  isMarginals,
  type Marginals,
  type MarginalsOptions,
  pointOf,
  readBal,
  recoverMarginals,
  start,
  type Variable,
} from "@slam/ba";
import { type CameraModel, pinhole, rgbd, snavely } from "@slam/camera";
import { DimensionError, OptionError } from "@slam/errors";
import { fp64, operationFormat, tolerance } from "@slam/float";
import { se3, symmetricEigen } from "@slam/lie";
import { presetPolicy } from "@slam/nlls";
import { expectClose, identityMatrix, inverse, product } from "@slam/testing";
import { ArenaPool } from "@slam/wasm";
import { describe, expect, test } from "vitest";
import { orbit } from "./orbit.ts";
import { hasPublicData, publicData } from "./public-data.ts";

const wide = operationFormat(fp64);

function marginalsOf(bundle: Bundle, options?: MarginalsOptions): Marginals {
  const marginals = recoverMarginals(bundle, options);
  if (!isMarginals(marginals)) throw new Error(`rank-deficient at ${marginals.kind} ${marginals.index}: ${marginals.pivot}`);
  return marginals;
}

const camera = (index: number): Variable => ({ kind: "camera", index });
const intrinsics = (index: number): Variable => ({ kind: "intrinsics", index });
const point = (index: number): Variable => ({ kind: "point", index });

/** Relative to the largest entry: covariances are small. */
function expectNear(actual: Float64Array, expected: Float64Array, within: number): void {
  const size = Math.max(...expected.map(Math.abs));
  expectClose(
    actual.map((x) => x / size),
    expected.map((x) => x / size),
    within,
  );
}

test("of points alone it is the inverse of their own blocks, by hand", () => {
  // A camera of focal length 8 sees one point 4 m straight ahead: du = 8 dx / 4, dv likewise, and the depth itself.
  const bundle: Bundle = {
    model: rgbd,
    poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1),
    intrinsics: Float64Array.of(8, 8, 0, 0),
    intrinsicsOf: Int32Array.of(0),
    points: Float64Array.of(0, 0, 4),
    camera: Int32Array.of(0),
    point: Int32Array.of(0),
    measurements: Float64Array.of(0, 0, 4),
    information: Float64Array.of(1, 0, 0, 4, 0, 16),
  };

  const marginals = marginalsOf(bundle, { held: { cameras: [0], intrinsics: true } });

  expectClose(marginals.block(point(0), point(0)), [1 / 4, 0, 0, 0, 1 / 16, 0, 0, 0, 1 / 16], tolerance(fp64, 4));
  expect(marginals.block(camera(0), point(0))).toEqual(new Float64Array(18));
  expect(marginals.block(intrinsics(0), intrinsics(0))).toEqual(new Float64Array(16));
});

interface Case {
  readonly name: string;
  readonly model: CameraModel;
  readonly lens: readonly number[];
  readonly isShared?: boolean;
  readonly held: Held;
}

const CASES: readonly Case[] = [
  { name: "a lens for each camera, three points held", model: snavely, lens: [800, -0.1, 0.02], held: { points: [0, 3, 5] } },
  {
    name: "one lens, blocks of two widths",
    model: pinhole,
    lens: [700, 710, 320, 240],
    isShared: true,
    held: { cameras: [1], points: [2] },
  },
  { name: "three rows, poses alone", model: rgbd, lens: [525, 525, 320, 240], isShared: true, held: { cameras: [3], intrinsics: true } },
];

/** Every other point is not seen by camera 2; camera 0 measures point 1 twice. */
function bundleOf({ model, lens, isShared = false }: Omit<Case, "held" | "name">): Bundle {
  const { bundle } = orbit({ model, lens, isShared, cameras: 4, points: 9 });
  const kept = [...bundle.camera.keys()].filter((i) => bundle.camera[i] !== 2 || bundle.point[i] % 2 === 0);
  const all = [...kept, kept.find((i) => bundle.camera[i] === 0 && bundle.point[i] === 1)!];
  const rows = model.measurement.length;
  return {
    ...bundle,
    camera: Int32Array.from(all, (i) => bundle.camera[i]),
    point: Int32Array.from(all, (i) => bundle.point[i]),
    measurements: Float64Array.from(
      { length: rows * all.length },
      (_, k) => bundle.measurements[rows * all[Math.floor(k / rows)] + (k % rows)],
    ),
  };
}

/** (J'J)^-1, and the columns of each variable in it. */
function denseCovariance(bundle: Bundle, held: Held): { readonly sigma: Float64Array; columnsOf(variable: Variable): readonly number[] } {
  const problem = new BundleProblem(bundle, held);
  const { cols: n, rows, unknowns } = problem;
  const J = problem.jacobian(pointOf(bundle), wide);
  const [H, e, row] = [new Float64Array(n * n), new Float64Array(n), new Float64Array(rows)];
  for (let j = 0; j < n; j++) {
    e.fill(0);
    e[j] = 1;
    J.multiply(e, row);
    J.gradient(row, fp64, e);
    H.set(e, j * n);
  }
  return {
    sigma: inverse(H, n),
    columnsOf({ kind, index }) {
      const lens = bundle.model.intrinsics.length;
      const size = kind === "camera" ? 6 : kind === "point" ? 3 : lens;
      const names = kind === "point" ? ["point"] : [kind === "camera" ? "pose" : "intrinsics", "camera"];
      const k = unknowns.groups.findIndex(({ name }) => names.includes(name));
      const column = k < 0 ? -1 : unknowns.groups[k].column[index];
      const first =
        k < 0
          ? 0
          : unknowns.starts[k] + column * unknowns.groups[k].dof + (kind === "intrinsics" && unknowns.groups[k].name === "camera" ? 6 : 0);
      return Array.from({ length: size }, (_, a) => (column < 0 ? -1 : first + a));
    },
  };
}

describe.each(CASES)("$name", (of) => {
  const bundle = bundleOf(of);
  const { held } = of;
  const { sigma, columnsOf } = denseCovariance(bundle, held);
  const n = Math.sqrt(sigma.length);
  const variables = [
    ...Array.from({ length: 9 }, (_, k) => point(8 - k)),
    ...Array.from({ length: 4 }, (_, k) => camera(k)),
    ...Array.from({ length: of.isShared ? 1 : 4 }, (_, k) => intrinsics(k)),
  ];
  const entries = (rows: readonly Variable[], columns: readonly Variable[]): Float64Array => {
    const across = columns.flatMap((variable) => [...columnsOf(variable)]);
    return Float64Array.from(
      rows.flatMap((variable) => columnsOf(variable).flatMap((i) => across.map((j) => (i < 0 || j < 0 ? 0 : sigma[i * n + j])))),
    );
  };

  test("all blocks are those of the dense inverse, and zero where something is held", () => {
    const marginals = marginalsOf(bundle, { held });

    // Conditions of some millions.
    expectNear(marginals.joint(variables), entries(variables, variables), tolerance(fp64, 1e8));
    expect(marginals.joint([point(8)], [camera(0), point(1)])).toHaveLength(27);
    expectNear(marginals.joint([point(8)], [camera(0), point(1)]), entries([point(8)], [camera(0), point(1)]), tolerance(fp64, 1e8));
  });

  test("what is joint is symmetric to the bit and positive definite", () => {
    const free = [camera(0), point(8), point(7), camera(2)];
    const joint = marginalsOf(bundle, { held }).joint(free);
    const size = 18;

    expect(joint.map((_, k) => joint[(k % size) * size + Math.floor(k / size)])).toEqual(joint);
    expect(Math.min(...symmetricEigen(size, joint).values)).toBeGreaterThan(0);
  });

  test("relative poses and linear functions are propagated from it", () => {
    const marginals = marginalsOf(bundle, { held });
    const T = new Float64Array(7);
    const adjoint = new Float64Array(36);
    se3.relative(bundle.poses, 14, bundle.poses, 0, T, 0);
    se3.adjoint(T, 0, adjoint, 0);
    const J = Float64Array.from({ length: 72 }, (_, k) => {
      const [row, column] = [Math.floor(k / 12), k % 12];
      return column < 6 ? -adjoint[6 * row + column] : identityMatrix(6)[6 * row + column - 6];
    });
    const propagated = (A: Float64Array, S: Float64Array, inner: number): Float64Array => {
      const rows = A.length / inner;
      return product(
        product(A, S, inner),
        Float64Array.from(A, (_, k) => A[(k % rows) * inner + Math.floor(k / rows)]),
        inner,
      );
    };
    const between = Float64Array.of(1, -2, 3, -1, 2, -3);

    expectNear(marginals.relative(0, 2), propagated(J, marginals.joint([camera(0), camera(2)]), 12), tolerance(fp64, 1e8));
    expectNear(
      marginals.linear(
        [
          { ...point(8), jacobian: between.subarray(0, 3) },
          { ...point(7), jacobian: between.subarray(3) },
        ],
        1,
      ),
      propagated(between, marginals.joint([point(8), point(7)]), 6),
      tolerance(fp64, 1e8),
    );
  });

  test("twice the deviations are four times the covariance, to the bit", () => {
    const rows = of.model.measurement.length;
    const triangle = Array.from({ length: rows }, (_, a) => Array.from({ length: rows - a }, (__, b) => (b === 0 ? 1 : 0))).flat();
    const weighed = (w: number): Bundle => ({
      ...bundle,
      information: Float64Array.from([...bundle.camera].flatMap(() => triangle.map((x) => w * x))),
    });

    expect(marginalsOf(weighed(1 / 4), { held }).joint(variables)).toEqual(
      marginalsOf(weighed(1), { held })
        .joint(variables)
        .map((x) => 4 * x),
    );
  });
});

describe("what the measurements leave open", () => {
  const lens = [700, 710, 320, 240];
  const { truth } = orbit({ model: pinhole, lens, isShared: true, cameras: 4, points: 9 });

  test("is said with its place: the gauge, the size alone, and both held by two cameras", () => {
    const open = recoverMarginals(truth, { held: { intrinsics: true } });
    const size = recoverMarginals(truth, { held: { intrinsics: true, cameras: [0] } });

    for (const result of [open, size]) {
      expect(result).toMatchObject({ kind: "camera", index: expect.any(Number) });
      expect(Math.abs((result as { pivot: number }).pivot)).toBeLessThan(tolerance(fp64, 51, 16));
    }
    expect(isMarginals(recoverMarginals(truth, { held: { intrinsics: true, cameras: [0, 1] } }))).toBe(true);
  });

  test("is a depth where a point has one measurement", () => {
    const once = [...truth.camera.keys()].filter((i) => truth.point[i] !== 6 || truth.camera[i] === 2);
    const bundle = {
      ...truth,
      camera: Int32Array.from(once, (i) => truth.camera[i]),
      point: Int32Array.from(once, (i) => truth.point[i]),
      measurements: Float64Array.from(once.flatMap((i) => [truth.measurements[2 * i], truth.measurements[2 * i + 1]])),
    };

    const result = recoverMarginals(bundle, { held: { cameras: [0, 1] } });

    expect(result).toMatchObject({ kind: "point", index: 6, coordinate: 2 });
    expect(Math.abs((result as { pivot: number }).pivot)).toBeLessThan(2 ** -47);
  });

  test("is an intrinsic that nothing determines", () => {
    // Points in the middle of the picture alone say nothing of distortion.
    const bundle: Bundle = {
      model: snavely,
      poses: Float64Array.of(0, 0, 0, 0, 0, 0, 1),
      intrinsics: Float64Array.of(500, 0, 0),
      intrinsicsOf: Int32Array.of(0),
      points: Float64Array.of(0, 0, -2, 0, 0, -3),
      camera: Int32Array.of(0, 0),
      point: Int32Array.of(0, 1),
      measurements: new Float64Array(4),
    };

    expect(recoverMarginals(bundle, { held: { cameras: [0], points: [0, 1] } })).toMatchObject({ kind: "intrinsics", index: 0, pivot: 0 });
  });
});

test("errors of solved bundles are as large as their covariance says", () => {
  const lens = [525, 525, 320, 240];
  const held = { cameras: [0], intrinsics: true };
  const free = [camera(2), point(4)];
  let sum = 0;
  const arenas = new ArenaPool();
  for (let seed = 1; seed <= 40; seed++) {
    const { bundle, truth } = orbit({ model: rgbd, lens, isShared: true, cameras: 4, points: 8, seed, away: 0.003 });
    const random = normals(seed);
    const noise = [1, 1, 0.02];
    const measurements = truth.measurements.map((z, k) => z + noise[k % 3] * random());
    const information = Float64Array.from([...bundle.camera].flatMap(() => [1, 0, 0, 1, 0, 2500]));
    const poses = bundle.poses.slice();
    poses.set(truth.poses.subarray(0, 7));
    const run = start({ ...bundle, poses, measurements, information }, { held, policy: presetPolicy("fp64"), ftol: 1e-12, arenas });
    while (!run.done) run.step();
    const error = new Float64Array(9);
    se3.local(run.bundle.poses, 14, truth.poses, 14, error, 0);
    for (let a = 0; a < 3; a++) error[6 + a] = truth.points[12 + a] - run.bundle.points[12 + a];
    const W = inverse(marginalsOf(run.bundle, { held, arenas }).joint(free), 9);
    sum += product(error, product(W, error, 9), 9)[0];
    arenas.recycle();
  }

  // Chi-square with 9 x 40 degrees of freedom: within 3.3 deviations but for one draw in a thousand.
  expect(Math.abs(sum - 360)).toBeLessThan(3.3 * Math.sqrt(720));
});

test("with a loss observations weigh what they weigh in the solve", () => {
  const { truth } = orbit({ model: rgbd, lens: [525, 525, 320, 240], isShared: true, cameras: 4, points: 8 });
  // All whitened norms are 2: weights of Huber's with C = 1 are 1/2.
  const measurements = truth.measurements.map((z, k) => (k % 3 === 0 ? z + 2 : z));
  const bundle = { ...truth, measurements };
  const held = { cameras: [0], intrinsics: true };

  const marginals = marginalsOf(bundle, { held, loss: { loss: "huber", C: 1 } });

  const all = [camera(1), point(3)];
  expectNear(
    marginals.joint(all),
    marginalsOf(bundle, { held })
      .joint(all)
      .map((x) => 2 * x),
    tolerance(fp64, 1e5),
  );
});

test("misuse throws", () => {
  const { truth } = orbit({ model: rgbd, lens: [525, 525, 320, 240], isShared: true, cameras: 4, points: 8 });
  const bundle = { ...truth, points: Float64Array.of(...truth.points, 1, 2, 3) };
  const marginals = marginalsOf(bundle, { held: { cameras: [0], intrinsics: true } });

  expect(() => recoverMarginals(bundle, { held: { cameras: [4] } })).toThrow(OptionError);
  expect(() => recoverMarginals({ ...bundle, point: new Int32Array(2) })).toThrow(DimensionError);
  expect(() => marginals.block(camera(0), camera(4))).toThrow(OptionError);
  expect(() => marginals.joint([{ kind: "lens" as "point", index: 0 }])).toThrow(OptionError);
  expect(() => marginals.joint([point(8)])).toThrow("covariance: point is 8, expected one that something measures or a prior is about");
  expect(() => marginals.relative(-1, 0)).toThrow(OptionError);
  expect(() => marginals.linear([{ ...point(1), jacobian: new Float64Array(3) }], 0)).toThrow(OptionError);
  expect(() => marginals.linear([{ ...point(1), jacobian: new Float64Array(4) }], 1)).toThrow(DimensionError);
});

describe.skipIf(!hasPublicData)("dubrovnik-16", () => {
  test("is known with two cameras held, and not with one: its size is open", () => {
    const bundle = readBal(publicData("bal/dubrovnik-16-22106-pre.txt"), "dubrovnik");

    expect(isMarginals(recoverMarginals(bundle, { held: { cameras: [0] } }))).toBe(false);
    const marginals = marginalsOf(bundle, { held: { cameras: [0, 1] } });
    const far = marginals.joint([camera(15), point(22105), camera(3)]);
    expect(far.every(Number.isFinite)).toBe(true);
    expect(Math.min(...symmetricEigen(15, far).values)).toBeGreaterThan(0);
    expect(marginals.leastPivot).toBeGreaterThan(1e-4);
  });
});

/** Of deviation 1, by Box and Muller. */
function normals(seed: number): () => number {
  let state = seed * 2654435761;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
